"""Every deed, everyone who may ask, every subject: what the table promises is what the guard does."""

import re
import sys
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

import pytest

from countersign.checkpoints.grants import Grant
from countersign.checkpoints.guard import Reason, Refusal
from countersign.checkpoints.interfaces import digest_of
from countersign.checkpoints.table import CHECKPOINTS, About, Checkpoint, Deed, Who
from countersign.identity.models import Level, Session
from tests.unit.checkpoints.conftest import AGREED, RIGHT, Gate

OWN, OTHERS, UNKNOWN = "W1", "W2", "W3"
PASS, PROVE, SIGN_IN, STALE, NOT_YOURS = "pass", "prove_order", "sign_in", "stale", "not_yours"
CONFIRM, STEP_UP = "confirm", "step_up"

# Written by hand from the issue, not from the table: who asks, and what they get for an order of
# their own, for another person's, and for one that is not there.
TRACK: dict[str, tuple[str, ...]] = {
    "anyone": (PROVE, PROVE, PROVE),
    "knows the order": (PASS, PASS, PROVE),
    "signed in, fresh": (PASS, NOT_YOURS, NOT_YOURS),
    "signed in, stale": (STALE, STALE, STALE),
    "signed in and knows the order": (PASS, PASS, NOT_YOURS),
    "signed in, stale, knows the order": (PASS, PASS, STALE),
}
ITEMS: dict[str, tuple[str, ...]] = {
    "anyone": (SIGN_IN, SIGN_IN, SIGN_IN),
    "knows the order": (SIGN_IN, SIGN_IN, SIGN_IN),
    "signed in, fresh": (PASS, NOT_YOURS, NOT_YOURS),
    "signed in, stale": (STALE, STALE, STALE),
    "signed in and knows the order": (PASS, NOT_YOURS, NOT_YOURS),
    "signed in, stale, knows the order": (STALE, STALE, STALE),
}
# A change: the same for each of them, and «agreed» means to this very deed on this very order.
WRITE: dict[str, tuple[str, ...]] = {
    "anyone": (SIGN_IN, SIGN_IN, SIGN_IN),
    "anyone, agreed": (SIGN_IN, SIGN_IN, SIGN_IN),
    "knows the order": (SIGN_IN, SIGN_IN, SIGN_IN),
    "knows the order, agreed": (SIGN_IN, SIGN_IN, SIGN_IN),
    "signed in, fresh": (CONFIRM, NOT_YOURS, NOT_YOURS),
    "signed in, fresh, agreed": (PASS, NOT_YOURS, NOT_YOURS),
    "signed in, fresh, agreed to another order": (CONFIRM, NOT_YOURS, NOT_YOURS),
    "signed in, fresh, agreed to another deed": (CONFIRM, NOT_YOURS, NOT_YOURS),
    "signed in, fresh, agreed in another conversation": (CONFIRM, NOT_YOURS, NOT_YOURS),
    "signed in 16 minutes ago, agreed": (STALE, STALE, STALE),
    "signed in, stale, agreed": (STALE, STALE, STALE),
    "signed in and knows the order, agreed": (PASS, NOT_YOURS, NOT_YOURS),
    "signed in, stale, knows the order, agreed": (STALE, STALE, STALE),
}
# Without a subject, and sooner stale.
WRITE_OWN: dict[str, tuple[str, ...]] = {
    **{asker: answers[:1] for asker, answers in WRITE.items()},
    "signed in 6 minutes ago, agreed": (STALE,),
}
# A change of factors: the sign-in may be older, but a factor is shown for exactly what was agreed to.
STEPPED: dict[str, tuple[str, ...]] = {
    "anyone": (SIGN_IN,),
    "anyone, agreed, stepped up": (SIGN_IN,),
    "knows the order, agreed, stepped up": (SIGN_IN,),
    "signed in, fresh": (CONFIRM,),
    "signed in, fresh, stepped up": (CONFIRM,),
    "signed in, fresh, agreed": (STEP_UP,),
    "signed in, fresh, agreed, stepped up": (PASS,),
    "signed in, fresh, agreed, stepped up to another amount": (STEP_UP,),
    "signed in, fresh, agreed, stepped up for another deed": (STEP_UP,),
    "signed in, fresh, agreed, stepped up for another subject": (STEP_UP,),
    "signed in, fresh, agreed, stepped up elsewhere": (STEP_UP,),
    "signed in, stale, agreed": (STEP_UP,),
    "signed in, stale, agreed, stepped up": (PASS,),
}
# Deeds without a subject: one answer for each who asks, in the same order as above.
ASKERS = list(TRACK)
OWN_THINGS = dict(zip(ASKERS, [(SIGN_IN,)] * 2 + [(PASS,), (STALE,)] * 2, strict=True))
PROMISED: dict[Deed, dict[str, tuple[str, ...]]] = {
    Deed.ADDRESS_CHANGE: WRITE_OWN,
    Deed.ADDRESS_READ: OWN_THINGS,
    Deed.CATALOG_BROWSE: dict.fromkeys(ASKERS, (PASS,)),
    Deed.ERRAND_PREPARE: OWN_THINGS,
    Deed.EXCHANGE_OPEN: WRITE,
    Deed.FACTOR_CHANGE: STEPPED,
    Deed.FACTOR_FIRST: WRITE_OWN,
    Deed.FACTOR_LIST: OWN_THINGS,
    Deed.ORDER_CANCEL: WRITE,
    Deed.ORDER_CHANGE: WRITE,
    Deed.ORDER_LIST: OWN_THINGS,
    Deed.ORDER_READ_ADDRESS: ITEMS,
    Deed.ORDER_READ_DETAILS: ITEMS,
    Deed.ORDER_READ_ITEMS: ITEMS,
    Deed.ORDER_TRACK: TRACK,
    Deed.PAYMENT_LIST: OWN_THINGS,
    Deed.PROFILE_READ: OWN_THINGS,
    Deed.REFUND_READ: OWN_THINGS,
    Deed.RETURN_OPEN: WRITE,
    Deed.SESSION_END: dict(zip(ASKERS, [(SIGN_IN,)] * 2 + [(PASS,)] * 4, strict=True)),
    Deed.SESSION_END_ALL: dict(zip(ASKERS, [(SIGN_IN,)] * 2 + [(PASS,)] * 4, strict=True)),
    Deed.SESSION_LIST: dict(zip(ASKERS, [(SIGN_IN,)] * 2 + [(PASS,)] * 4, strict=True)),
}
CELLS = [
    (deed, asker, subject, promised)
    for deed, askers in PROMISED.items()
    for asker, answers in askers.items()
    for subject, promised in zip(
        (OWN, OTHERS, UNKNOWN) if len(answers) == 3 else (None,), answers, strict=True
    )
]


def asking(gate: Gate, asker: str) -> Session:
    if asker.startswith("signed in"):
        ago = re.match(r"signed in (\d+) minutes", asker)
        session = gate.ada(minutes_ago=int(ago[1]) if ago else 31 if "stale" in asker else 1)
    else:
        session = gate.guest()
    if "knows the order" in asker:
        assert [gate.guard.prove_order(session, n, RIGHT) for n in (OWN, OTHERS, UNKNOWN)] == [
            True,
            True,
            False,
        ]
    return session


def agree(
    gate: Gate, how: str, session: Session, deed: str, subject: str | None
) -> tuple[str, str, str | None]:
    """What is agreed to, and in which conversation."""
    agreed = {
        "this": (session.conversation, deed, subject),
        "another subject": (session.conversation, deed, "W9"),
        "another deed": (session.conversation, "test:another", subject),
        "another conversation": ("cnv_another", deed, subject),
    }[how]
    gate.agreements.agree(*agreed, AGREED)
    return agreed


def step_up(
    gate: Gate, how: str, session: Session, deed: str, subject: str | None, *, confirm: bool = True
) -> None:
    right, wrong = (AGREED.digest, digest_of(None)) if confirm else (digest_of(None), AGREED.digest)
    gate.step_ups.step(
        *{
            "this": (session, deed, subject, right),
            "to another amount": (session, deed, subject, wrong),
            "for another deed": (session, "test:another", subject, right),
            "for another subject": (session, deed, "W9", right),
            "elsewhere": (gate.ada(), deed, subject, right),
        }[how]
    )


@pytest.mark.parametrize(("deed", "asker", "subject", "promised"), CELLS)
def test_what_was_promised(gate: Gate, deed: Deed, asker: str, subject: str | None, promised: str) -> None:
    session = asking(gate, asker)
    if "stepped up" in asker:
        step_up(gate, asker.partition("stepped up")[2].strip() or "this", session, deed, subject)
    if "agreed" in asker:
        wrong = re.search(r"agreed (?:to|in) (another \w+)$", asker)
        agree(gate, wrong[1].replace("order", "subject") if wrong else "this", session, deed, subject)
    answer = gate.guard.require(deed, session, subject)
    assert (PASS if isinstance(answer, Grant) else answer.reason.value) == promised


def test_no_deed_is_without_a_promise(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(PROMISED) == set(CHECKPOINTS) == set(Deed)
    assert len(CELLS) == 6 * 11 + 4 * 6 * 3 + 4 * 13 * 3 + 2 * 14 + 13
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(CELLS)} promised cells, {COMBINATIONS} generated combinations of the matrix\n"
        )


@dataclass(frozen=True)
class Asker:
    level: Level
    minutes_ago: int | None
    proof: str
    bar: Level | None


PROOFS = ("none", "living", "old", "other session's")
STANDINGS = [
    Asker(level, minutes, proof, bar)
    for (level, minutes), proof, bar in product(
        [
            (Level.ANYONE, None),
            (Level.SIGNED_IN, 1),
            (Level.SIGNED_IN, 31),
            (Level.STEPPED_UP, 1),
            (Level.STEPPED_UP, 31),
        ],
        PROOFS,
        (None, Level.ANYONE, Level.SIGNED_IN, Level.STEPPED_UP),
    )
]
AGREEMENTS = ("none", "this", "another subject", "another deed", "another conversation")
OTHER_LINES = {
    f"test:{who.name.lower()}_{about}_{'fresh' if fresh else 'any'}_{'own' if owner else 'all'}"
    f"{'_yes' if confirm else ''}": Checkpoint(
        who=who,
        about=about,
        fresh=timedelta(minutes=30) if fresh else None,
        owner=owner,
        confirm=confirm,
        fields=frozenset({"a", "b"}),
        fields_by_proof=frozenset({"a"}),
    )
    for who, about, fresh, owner, confirm in product(Who, About, *[(True, False)] * 3)
    if not (who is Who.KNOWS_ORDER and about is About.NOTHING)
}
LINES: dict[str, Checkpoint] = {**{deed.value: line for deed, line in CHECKPOINTS.items()}, **OTHER_LINES}
STEPS = ("this", "to another amount", "for another deed", "for another subject", "elsewhere")
# Every way to be wrong for the deeds that there are; for lines that there might be, yes or no.
EVERY = [
    (deed, line, how, step)
    for deed, line in LINES.items()
    for how in (
        AGREEMENTS
        if line.confirm and deed in CHECKPOINTS
        else AGREEMENTS[:2]
        if line.confirm
        else AGREEMENTS[:1]
    )
    for step in (("none", *STEPS) if line.who is Who.STEPPED_UP else ("none",))
]
COMBINATIONS = len(STANDINGS) * sum(3 if line.about is About.ORDER else 1 for _, line, _, _ in EVERY)


def ways_in(line: Checkpoint, asker: Asker, subject: str | None) -> list[frozenset[str]]:
    """The fields of every way in that is open, straight from the words of the table's docstrings."""
    bar = asker.bar or Level.ANYONE
    nobody_needed = line.who is Who.ANYONE and bar is Level.ANYONE
    knows = asker.proof == "living" and subject in (OWN, OTHERS)
    least = {Who.ANYONE: 0, Who.KNOWS_ORDER: 1, Who.SIGNED_IN: 1, Who.STEPPED_UP: 1}[line.who]
    known_well_enough = asker.level >= 1 and asker.level >= least and asker.level >= bar
    # A step-up has a freshness of its own.
    lately = asker.minutes_ago is not None and asker.minutes_ago <= 30
    lately_enough = line.fresh is None or line.who is Who.STEPPED_UP or lately
    theirs = not line.owner or subject in (None, OWN)
    ways = []
    if nobody_needed or (known_well_enough and lately_enough and theirs):
        ways.append(line.fields)
    if line.who is Who.KNOWS_ORDER and bar is Level.ANYONE and knows:
        ways.append(line.fields_by_proof)
    return ways


def arrive(gate: Gate, asker: Asker) -> Session:
    prover = gate.guest()
    session = gate.guest() if asker.minutes_ago is None else gate.ada(asker.minutes_ago, asker.level)
    if asker.proof != "none":
        by = prover if asker.proof == "other session's" else session
        for number in (OWN, OTHERS, UNKNOWN):
            gate.guard.prove_order(by, number, RIGHT)
    if asker.proof == "old":
        gate.clock.advance(minutes=31)
        moved = Session(**{**vars(session), "authenticated_at": _later(session)})
        gate.sessions.living[session.id] = moved
    gate.bar.level = asker.bar
    return session


def _later(session: Session) -> object:
    return session.authenticated_at and session.authenticated_at + timedelta(minutes=31)


@pytest.mark.parametrize("asker", STANDINGS, ids=str)
@pytest.mark.parametrize("gate", [LINES], indirect=True, ids=["all lines"])
def test_every_line_for_everyone_who_may_ask(gate: Gate, asker: Asker) -> None:
    session = arrive(gate, asker)
    for deed, line, how, step in EVERY:
        subjects = (OWN, OTHERS, UNKNOWN) if line.about is About.ORDER else (None,)
        reasons = {}
        for subject in subjects:
            gate.agreements.clear()
            gate.step_ups.clear()
            if step != "none":
                step_up(gate, step, session, deed, subject, confirm=line.confirm)
            agreed = agree(gate, how, session, deed, subject) if how != "none" else None
            answer = gate.guard.require(deed, session, subject)  # type: ignore[arg-type]
            ways = ways_in(line, asker, subject)
            if isinstance(answer, Refusal):
                no_yes = line.confirm and how != "this"
                no_factor = line.who is Who.STEPPED_UP and step != "this" and not no_yes
                assert (answer.reason is Reason.CONFIRM) is (bool(ways) and no_yes), (deed, subject)
                assert (answer.reason is Reason.STEP_UP) is (bool(ways) and no_factor), (deed, subject)
                assert ways == [] or no_yes or no_factor, (deed, subject)
                assert gate.step_ups.stands() is (step != "none"), (deed, subject)
                assert agreed is None or gate.agreements.stands(*agreed), (deed, subject)
                if not ways:
                    reasons[subject] = answer
            else:
                assert line.who is not Who.STEPPED_UP or step == "this", (deed, subject)
                assert not line.confirm or (how, answer.details) == ("this", AGREED.details), (deed, subject)
                assert answer.fields in ways, (deed, subject)
                assert answer.person in (None, session.person)
        # Not there and not yours read alike, whoever asks, unless the other one was proved.
        if OTHERS in reasons and UNKNOWN in reasons:
            assert reasons[OTHERS] == reasons[UNKNOWN], deed
        assert not {r.reason for r in reasons.values()} & {Reason.UNLISTED, Reason.TOO_MANY}
