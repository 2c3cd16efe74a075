"""Una's conversation about errands, on a real database with a real guard; only the shop is played.

Of her orders 2 and 6 are pending, 4 is delivered, 5 processed, 7 changed before (shop_to_change.py).
"""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from countersign.checkpoints.grants import Grant
from countersign.checkpoints.table import Deed
from countersign.db.engine import Database
from countersign.errands.desk import Desk, Desks
from countersign.errands.models import Asked, Draft, Kind, Question
from countersign.errands.service import Errands, Utterance, Verdict
from countersign.errands.steps import Step, Stuck
from countersign.identity.models import Session
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock
from tests.fakes.gateway_parts import Stage
from tests.fakes.shop_to_change import shop_to_change
from tests.fakes.store import FakeStore

REASON = "no longer needed"
LEEDS = "4 Mill Lane, Leeds LS1 4AB"


@dataclass(repr=False)
class Chat:
    stage: Stage
    una: Session
    step: Step | None = field(default=None)

    @property
    def errands(self) -> Errands:
        return self.stage.errand_desk

    @property
    def grant(self) -> Grant:
        grant = self.stage.guard.require(Deed.ERRAND_PREPARE, self.una)
        assert isinstance(grant, Grant)
        return grant

    @property
    def desk(self) -> Desk:
        return Desks(self.stage.conversation_rows, self.stage.vault).of(self.una.conversation)

    @property
    def draft(self) -> Draft:
        assert self.desk.draft is not None
        return self.desk.draft

    def begin(self, kind: Kind, words: str) -> Step:
        return self._asked(self.errands.begin(self.una.conversation, self.grant, kind, words))

    def go_on(self) -> Step | None:
        step = self.errands.go_on(self.una.conversation, self.grant)
        return self._asked(step) if step else None

    def say(self, words: str = "", kind: Kind | None = None, *, sealed: str = "", **more: object) -> Verdict:
        """Listens, and asks what comes of it as the actions do."""
        said = Utterance(words, sealed or words, kind=kind, **more)  # type: ignore[arg-type]
        verdict = self.errands.listen(self.una.conversation, self.grant, said)
        if verdict is Verdict.ANSWERED:
            self.step = self.go_on()
        return verdict

    def press(self, choice: str) -> Verdict:
        return self.say(choice=choice)

    def _asked(self, step: Step) -> Step:
        asked = step.asked if isinstance(step, Question) else Asked.CONFIRM
        if not isinstance(step, Stuck):
            self.errands.asked(self.una.conversation, asked)
        self.step = step
        return step


@pytest.fixture
def chat(database: Database, vault: Vault, clock: FakeClock, tmp_path: Path) -> Chat:
    stage = Stage(database, vault, clock, tmp_path)
    stage.store = FakeStore(vault, shop_to_change())
    return Chat(stage, stage.signed_in())


def asked(step: Step | None) -> Asked:
    assert isinstance(step, Question), step
    return step.asked
