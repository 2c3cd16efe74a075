"""Which spellings are one value to a look-up, and which must never be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.kit.personal_forms import INDEX_FORMS
from countersign.vault.blind_index import canonical


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("email", "Mei.Kowalski@Example.COM", " mei.kowalski@example.com\n"),
        ("name", "Zoë  KOWALSKI", "zoë kowalski"),
        ("street", "12 Long  Road", "12 long rd."),
        ("postcode", "sw1a 1aa", "SW1A-1AA"),
        ("phone", "+1 (555) 010-0199", "5550100199"),
    ],
)
def test_spellings_of_one_value(kind: str, one: str, other: str) -> None:
    assert canonical(kind, one) == canonical(kind, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("strasse@example.com", "straße@example.com"),
        ("mike@example.com", "mıke@example.com"),
        ("mike@example.com", "ｍike@example.com"),
        ("\u212aelly@example.com", "kelly@example.com"),
        ("fi@example.com", "\ufb01@example.com"),
        ("mei+shop@example.com", "mei@example.com"),
        ("m.ei@example.com", "mei@example.com"),
    ],
)
def test_a_look_alike_mailbox_is_another_mailbox(one: str, other: str) -> None:
    assert canonical("email", one) != canonical("email", other)


@given(st.text())
def test_an_id_is_kept_as_it_is(value: str) -> None:
    assert canonical("person", value) == value


@pytest.mark.parametrize("kind", sorted(INDEX_FORMS))
@given(value=st.text(st.characters(codec="latin-1")))
def test_a_form_that_is_handed_in_again_stays(kind: str, value: str) -> None:
    """Callers may have brought the value into its form already."""
    form = canonical(kind, value)
    assert canonical(kind, form) == form
