"""The table as a page that an auditor reads: docs/security/checkpoints.md."""

from collections.abc import Mapping

from countersign.checkpoints.guard import PROOF_LIFE, Reason
from countersign.checkpoints.table import CHECKPOINTS, Checkpoint, Deed, Who
from countersign.identity.models import CODE_LIFE, CODE_TRIES, MAX_SESSIONS_PER_PERSON, TIME_OUTS
from countersign.kit.pages import joined, span
from countersign.kit.pages import table as table_of
from countersign.risk.models import Rate
from countersign.risk.table import RATES, Bucket

_WHO = {
    Who.ANYONE: "anyone",
    Who.KNOWS_ORDER: "knows the order, or signed in",
    Who.SIGNED_IN: "signed in",
    Who.STEPPED_UP: "stepped up",
}
_TOP = """# Checkpoints

Rendered from the code by `countersign.checkpoints.page.render`; a test keeps it current. Do not edit.

A deed that is not in this table is refused to everyone. «Owner»: only what belongs to the signed-in
person. «Fields»: all that may be read of the subject; in brackets, what is read when an order's number
and postcode are the only proof.
"""


def render(
    table: Mapping[Deed, Checkpoint] = CHECKPOINTS, rates: Mapping[Bucket, tuple[Rate, ...]] = RATES
) -> str:
    """The whole page, Markdown."""
    levels = [(level.name, span(t.idle), span(t.absolute)) for level, t in TIME_OUTS.items()]
    parts = [
        _TOP,
        table_of(
            ("deed", "who", "fresh", "owner", "confirm", "consent", "fields"),
            (_line(deed, checkpoint) for deed, checkpoint in sorted(table.items())),
        ),
        f"\nKnowing an order counts for {span(PROOF_LIFE)}, in the session that proved it.\n",
        "## Reasons of a refusal\n",
        "\n".join(f"- `{reason}`" for reason in Reason) + "\n",
        "## Sessions\n",
        table_of(("level", "idle", "absolute"), levels),
        f"\nAt most {MAX_SESSIONS_PER_PERSON} sessions of one person live at once; one more ends the one\n"
        f"that was unused for longest. A mailed code lives for {span(CODE_LIFE)} and takes\n"
        f"{CODE_TRIES} tries.\n",
        "## Limits\n",
        table_of(
            ("counted", "at most"),
            ((f"`{b}`", joined(each)) for b, each in sorted(rates.items())),
        ),
        "\nMoving windows, counted per process. Of code tries and order proofs only the wrong ones count.\n"
        "What is counted per mailbox withholds mail and never refuses a shopper.\n",
    ]
    return "\n".join(parts)


def _line(deed: Deed, point: Checkpoint) -> tuple[str, ...]:
    fields = ", ".join(sorted(point.fields)) or "–"
    by_proof = f" ({', '.join(sorted(point.fields_by_proof))})" if point.fields_by_proof else ""
    return (
        f"`{deed}`",
        _WHO[point.who],
        span(point.fresh) if point.fresh is not None else "–",
        "✓" if point.owner else "–",
        "✓" if point.confirm else "–",
        point.consent or "–",
        fields + by_proof,
    )
