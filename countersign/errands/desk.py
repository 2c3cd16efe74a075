"""What lies on the desk of one conversation: the errand in hand, those that wait, wishes not yet looked at.

Kept sealed, and gone with the conversation.
"""

import json
from dataclasses import dataclass, field

import structlog

from countersign.conversations.repository import ConversationRepository
from countersign.errands.errors import DraftUnreadableError
from countersign.errands.models import Draft
from countersign.kit.hidden import Personal
from countersign.vault.models import Sealed
from countersign.vault.service import Vault

log = structlog.get_logger()
_PURPOSE = "conversation.desk"
MOST = 8
"""So many waiting things are kept; who wishes for more says it again."""


@dataclass
class Desk:
    """`drafts` wait with what is known of them; `wishes` are sealed words, as Rasa may read them; `sums` are
    what each errand came to that moved money, in minor units, by currency. `lost`: there was a draft more,
    which this version can't read. Kept anew, that is over."""

    draft: Draft | None = None
    drafts: list[Draft] = field(default_factory=list)
    wishes: list[str] = field(default_factory=list)
    sums: dict[str, list[int]] = field(default_factory=dict)
    lost: bool = False
    failed: int = 0
    """So often in a row what waits first could not be taken up."""

    @property
    def empty(self) -> bool:
        return self.draft is None and not self.drafts and not self.wishes


class Desks:
    def __init__(self, repository: ConversationRepository, vault: Vault) -> None:
        self._rows = repository
        self._vault = vault

    def of(self, conversation: str) -> Desk:
        raw = self._rows.desk(conversation)
        if raw is None:
            return Desk()
        content = json.loads(self._vault.open(Sealed(raw), purpose=_PURPOSE, subject=conversation).reveal())
        desk = Desk(wishes=content["wishes"], sums=content.get("sums", {}), failed=content.get("failed", 0))
        desk.draft = _read(desk, content["draft"]) if content["draft"] else None
        desk.drafts = [draft for text in content["drafts"] if (draft := _read(desk, text))]
        return desk

    def keep(self, conversation: str, desk: Desk) -> None:
        if desk.empty and not desk.sums:
            self._rows.set_desk(conversation, None)
            return
        content = {
            "draft": desk.draft.text() if desk.draft else None,
            "drafts": [draft.text() for draft in desk.drafts[:MOST]],
            "wishes": desk.wishes[:MOST],
            "sums": desk.sums,
            "failed": desk.failed,
        }
        sealed = self._vault.seal(Personal(json.dumps(content)), purpose=_PURPOSE, subject=conversation)
        self._rows.set_desk(conversation, sealed.raw)


def _read(desk: Desk, text: str) -> Draft | None:
    try:
        return Draft.of(text)
    except DraftUnreadableError:
        log.warning("errands.draft_unreadable")
        desk.lost = True
        return None
