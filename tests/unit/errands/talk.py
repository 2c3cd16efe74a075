"""A conversation about one errand, with neither Rasa nor a database: what is said, and what comes of it."""

from dataclasses import dataclass, field

from countersign.errands.hearing import hear
from countersign.errands.models import Asked, Draft, Heard, Kind, Proposed, Question
from countersign.errands.steps import Step, Stuck, next_step
from countersign.errands.world import World
from countersign.store.changes import Change
from tests.fakes.small_world import world


@dataclass
class Talk:
    kind: Kind
    world: World = field(default_factory=world)
    draft: Draft = field(init=False)
    heard: Heard = field(default_factory=Heard)

    def __post_init__(self) -> None:
        self.draft = Draft(self.kind)

    def say(self, *texts: str) -> "Talk":
        for text in texts:
            self.draft.words = self.draft.words or text
            self.heard = hear(self.draft, text, self.world)
            step = self.step
            self.draft.asked = step.asked if isinstance(step, Question) else Asked.CONFIRM
        return self

    @property
    def step(self) -> Step:
        return next_step(self.draft, self.world)

    @property
    def question(self) -> Question:
        assert isinstance(self.step, Question), self.step
        return self.step

    @property
    def change(self) -> Change:
        assert isinstance(self.step, Proposed), self.step
        return self.step.change

    @property
    def stuck(self) -> Stuck:
        assert isinstance(self.step, Stuck), self.step
        return self.step


def said(kind: Kind, *texts: str) -> Talk:
    return Talk(kind).say(*texts)
