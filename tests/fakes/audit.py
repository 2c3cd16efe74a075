"""An audit log that remembers what it was told, and refuses what the real one refuses."""

from collections.abc import Mapping
from dataclasses import dataclass

from countersign.audit.service import check
from countersign.audit.tags import Tag


@dataclass(frozen=True)
class Recorded:
    tag: Tag
    actor: str
    subject: str | None
    outcome: str
    detail: Mapping[str, str]


class FakeAudit:
    def __init__(self) -> None:
        self.recorded: list[Recorded] = []

    def record(
        self,
        tag: Tag,
        *,
        actor: str,
        subject: str | None,
        outcome: str,
        detail: Mapping[str, str] | None = None,
    ) -> None:
        check(actor, subject, outcome, detail or {})
        self.recorded.append(Recorded(Tag(tag), actor, subject, outcome, dict(detail or {})))

    def tags(self) -> list[Tag]:
        return [event.tag for event in self.recorded]
