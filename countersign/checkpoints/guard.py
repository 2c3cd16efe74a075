"""The only enforcer of the table. It answers with a grant, or with a refusal that has a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.checkpoints.grants import _MINT, Grant
from countersign.checkpoints.interfaces import (
    Agreed,
    Agreements,
    Bar,
    LivingSessions,
    NullAgreements,
    NullBar,
    NullStepUps,
    OrderKeys,
    Owners,
    StepUps,
    digest_of,
)
from countersign.checkpoints.repository import ProofRepository
from countersign.checkpoints.table import CHECKPOINTS, About, Checkpoint, Deed, Who
from countersign.db.engine import Database
from countersign.identity.models import Level, Session
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal
from countersign.risk.interfaces import Limiter
from countersign.risk.table import Bucket
from countersign.vault.service import Vault

PROOF_LIFE = timedelta(minutes=30)
STEP_UP_LIFE = timedelta(minutes=5)

_LEVELS: Mapping[Who, Level] = {
    Who.ANYONE: Level.ANYONE,
    Who.KNOWS_ORDER: Level.SIGNED_IN,
    Who.SIGNED_IN: Level.SIGNED_IN,
    Who.STEPPED_UP: Level.STEPPED_UP,
}


class Reason(StrEnum):
    CONFIRM = "confirm"
    """All is well but the shopper's own yes to what was read back."""
    NOT_YOURS = "not_yours"
    """Not there, or somebody else's: which of the two, nothing tells."""
    PROVE_ORDER = "prove_order"
    """The order's postcode would do, and so would signing in."""
    SIGN_IN = "sign_in"
    """`Refusal.level` must be reached first."""
    STALE = "stale"
    """Signed in too long ago for this: once more, please."""
    STEP_UP = "step_up"
    """All is well but a second factor, shown for exactly what was agreed to."""
    TOO_MANY = "too_many"
    """Too many wrong postcodes; signing in still helps."""
    UNLISTED = "unlisted"
    """The table does not know the deed, or asks for something that nothing can show yet."""


@dataclass(frozen=True)
class Refusal:
    """`level` would be enough, if the subject is the person's own."""

    reason: Reason
    level: Level


@dataclass(frozen=True)
class _Standing:
    """All that a judgement depends on."""

    level: Level
    fresh: bool
    owns: bool
    proven: bool
    bar: Level


class Guard:
    def __init__(
        self,
        db: Database,
        sessions: LivingSessions,
        owners: Owners,
        order_keys: OrderKeys,
        limits: Limiter,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        *,
        bar: Bar | None = None,
        agreements: Agreements | None = None,
        step_ups: StepUps | None = None,
        table: Mapping[Deed, Checkpoint] = CHECKPOINTS,
    ) -> None:
        self._db = db
        self._proofs = ProofRepository(db)
        self._sessions = sessions
        self._owners = owners
        self._order_keys = order_keys
        self._limits = limits
        self._vault = vault
        self._audit = audit
        self._clock = clock
        self._bar: Bar = bar or NullBar()
        self._agreements: Agreements = agreements or NullAgreements()
        self._step_ups: StepUps = step_ups or NullStepUps()
        self._table = table
        # Limits are asked before a postcode is compared and charged after: one try at a time.
        self._trying = Lock()

    def require(
        self, deed: Deed, session: Session, subject: str | None = None, address: str = ""
    ) -> Grant | Refusal:
        """Whether this session may do `deed` on `subject` now; all but a pass for anyone is audited.

        An order that is not there and one that is not yours: same reason, same statements. Of `session`
        only the id counts: what it may do is read anew, so a session that ended meanwhile may
        nothing. A deed that must be confirmed spends the agreement, and the grant carries what was agreed
        to. Raises UnavailableError when anything needed for the answer cannot be read.
        """
        return self._require(deed, session, subject, address, agreed=True)

    def may_propose(
        self, deed: Deed, session: Session, subject: str | None = None, address: str = ""
    ) -> Refusal | None:
        """Why this session could not do `deed` even after a yes; None when only that is missing, or that
        and a step-up to it."""
        answer = self._require(deed, session, subject, address, agreed=False)
        passed = isinstance(answer, Grant) or answer.reason is Reason.CONFIRM
        return None if passed else answer  # type: ignore[return-value]

    def _require(
        self, deed: Deed, session: Session, subject: str | None, address: str, *, agreed: bool
    ) -> Grant | Refusal:
        now = self._clock.now()
        checkpoint = self._table.get(deed)
        living = self._sessions.current(session.id)
        if checkpoint is None or checkpoint.consent is not None:
            # Nothing shows a consent yet: such a line lets nobody through.
            answer: Grant | Refusal = Refusal(Reason.UNLISTED, Level.STEPPED_UP)
        elif living is None:
            answer = Refusal(Reason.SIGN_IN, max(Level.SIGNED_IN, _LEVELS[checkpoint.who]))
        elif (subject is None) is not (checkpoint.about is About.NOTHING):
            answer = Refusal(Reason.NOT_YOURS, _LEVELS[checkpoint.who])
        else:
            answer = self._answer(deed, checkpoint, living, subject, address, now, agreed=agreed)
        if checkpoint is None or checkpoint.who is not Who.ANYONE or isinstance(answer, Refusal):
            self._record(deed, session, subject, answer)
        return answer

    def prove_order(self, session: Session, number: str, postcode: Personal, address: str = "") -> bool:
        """Notes for 30 min that this session knows where the order goes, if it does.

        False for a wrong postcode, no such order, and too many wrong ones before (`require` then says
        TOO_MANY). Only wrong tries are counted: by session, order, network address (or a hash of
        it; "" is not counted) and overall. Raises UnavailableError when they cannot be.
        """
        order = self._order_hash(number)
        with self._trying:
            full = self._full(session, order, address)
            right = full is None and self._order_keys.matches(number, postcode)
            if full is None and not right:
                for bucket, key in _counted(session, order, address).items():
                    self._limits.hit(bucket, key)
        with self._db.begin():
            if right:
                self._proofs.add(session.id, order, self._clock.now())
            self._audit.record(
                Tag.LIMITS_REFUSED if full else Tag.ORDER_PROOF_DONE if right else Tag.ORDER_PROOF_WRONG,
                actor=session.id,
                subject=order_name(self._vault, number),
                outcome="done" if right else "refused",
                detail={"bucket": full.value} if full else {},
            )
        return right

    def purge(self) -> int:
        """Deletes proofs that are too old to count; how many."""
        return self._proofs.purge(self._clock.now() - PROOF_LIFE)

    def _answer(
        self,
        deed: Deed,
        checkpoint: Checkpoint,
        session: Session,
        subject: str | None,
        address: str,
        now: datetime,
        *,
        agreed: bool,
    ) -> Grant | Refusal:
        standing = self._standing(checkpoint, session, subject, now)
        way = _judge(checkpoint, standing)
        if isinstance(way, Who):
            yes = self._yes(deed, checkpoint, session, subject, agreed=agreed)
            if isinstance(yes, Refusal):
                return yes
            return Grant(
                deed=deed,
                session=session.id,
                conversation=session.conversation,
                person=session.person if way >= Who.SIGNED_IN else None,
                subject=subject,
                fields=checkpoint.fields_by_proof if way is Who.KNOWS_ORDER else checkpoint.fields,
                at=now,
                proposal=yes.proposal if yes else None,
                details=yes.details if yes else None,
                mint=_MINT,
            )
        if way is Reason.PROVE_ORDER and self._full(session, self._order_hash(subject or ""), address):
            way = Reason.TOO_MANY
        return Refusal(way, max(_LEVELS[checkpoint.who], standing.bar))

    def _yes(
        self, deed: Deed, checkpoint: Checkpoint, session: Session, subject: str | None, *, agreed: bool
    ) -> Agreed | Refusal | None:
        """What was agreed to, if the deed needs that, and stepped up for, if it needs that too.

        Last of all: what is refused for another reason leaves both as they are.
        """
        place = (session.conversation, deed, subject)
        no_yes = Refusal(Reason.CONFIRM, _LEVELS[checkpoint.who])
        yes = None
        if checkpoint.confirm:
            yes = self._agreements.standing(*place) if agreed else None
            if yes is None:
                return no_yes
        if checkpoint.who is not Who.STEPPED_UP:
            return self._agreements.spend(*place) or no_yes if checkpoint.confirm else None
        digest, within = digest_of(yes.details if yes else None), checkpoint.fresh or STEP_UP_LIFE
        with self._db.begin():
            if not agreed or not self._step_ups.stepped(session, deed, subject, digest, within):
                if yes is not None:
                    self._agreements.hold(session.conversation, yes.proposal)
                return Refusal(Reason.STEP_UP, Level.STEPPED_UP)
            return self._agreements.spend(*place) or no_yes if checkpoint.confirm else None

    def _standing(
        self, checkpoint: Checkpoint, session: Session, subject: str | None, now: datetime
    ) -> _Standing:
        owns, proven = subject is None, False
        if subject is not None:
            # Both are asked for every order and everyone, so that the work tells nothing.
            owner = self._owners.owner_of_order(subject)
            proved_at = self._proofs.proved_at(session.id, self._order_hash(subject))
            owns = owner is not None and owner == session.person
            proven = proved_at is not None and now - proved_at <= min(
                checkpoint.fresh or PROOF_LIFE, PROOF_LIFE
            )
        authenticated = session.authenticated_at
        return _Standing(
            level=session.level,
            fresh=authenticated is not None
            and (checkpoint.fresh is None or now - authenticated <= checkpoint.fresh),
            owns=owns,
            proven=proven,
            bar=self._bar.raise_for(session) or Level.ANYONE,
        )

    def _full(self, session: Session, order: bytes, address: str) -> Bucket | None:
        for bucket, key in _counted(session, order, address).items():
            if self._limits.peek(bucket, key) is not None:
                return bucket
        return None

    def _record(self, deed: Deed, session: Session, subject: str | None, answer: Grant | Refusal) -> None:
        passed = isinstance(answer, Grant)
        # Whose session it is stands in its signin:done and session:rise events.
        detail = {"deed": str(deed)} if deed in self._table else {}
        if isinstance(answer, Grant):
            detail["via"] = "order_proof" if answer.person is None else "session"
        else:
            detail["reason"] = answer.reason.value
        self._audit.record(
            Tag.CHECKPOINT_PASSED if passed else Tag.CHECKPOINT_REFUSED,
            actor=session.id,
            subject=order_name(self._vault, subject) if subject is not None else None,
            outcome="done" if passed else "refused",
            detail=detail,
        )

    def _order_hash(self, number: str) -> bytes:
        return _order_hash(self._vault, number)


def _judge(checkpoint: Checkpoint, standing: _Standing) -> Who | Reason:
    """How the checkpoint is passed, or why not. It looks at nothing but its two arguments."""
    needed = max(min(_LEVELS[checkpoint.who], Level.SIGNED_IN), standing.bar)
    if needed is Level.ANYONE:
        return Who.ANYONE
    owns = standing.owns or not checkpoint.owner
    # A step-up has a freshness of its own, and is asked for last: it is for what was read back.
    fresh = standing.fresh or checkpoint.who is Who.STEPPED_UP
    if standing.level >= needed and fresh and owns:
        return max(checkpoint.who, Who.SIGNED_IN)
    if checkpoint.who is Who.KNOWS_ORDER and standing.bar is Level.ANYONE:
        if standing.proven:
            return Who.KNOWS_ORDER
        if standing.level is Level.ANYONE:
            return Reason.PROVE_ORDER
    if standing.level < needed:
        return Reason.SIGN_IN
    # Before ownership: whether it is theirs is told to a fresh session only.
    return Reason.NOT_YOURS if standing.fresh else Reason.STALE


def _counted(session: Session, order: bytes, address: str) -> dict[Bucket, str]:
    keys = {
        Bucket.ORDER_PROOFS_PER_SESSION: session.id,
        Bucket.ORDER_PROOFS_PER_ORDER: order.hex(),
        Bucket.ORDER_PROOFS_PER_ADDRESS: address,
        Bucket.ORDER_PROOFS_OVERALL: "all",
    }
    return {bucket: key for bucket, key in keys.items() if key}


def order_name(vault: Vault, number: str) -> str:
    """What the audit log calls an order."""
    return f"order:{_order_hash(vault, number).hex()[:32]}"


def _order_hash(vault: Vault, number: str) -> bytes:
    return vault.mac(number, purpose="order.number")
