import pytest

from countersign.kit.personal_forms import (
    INDEX_FORMS,
    normal_email,
    normal_name,
    normal_phone,
    normal_postcode,
    normal_street,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Noah Brown", "brown, NOAH"),
        ("Jürgen Müller", "jurgen muller"),
        ("Conor O’Brien", "conor o'brien"),
        ("Anne-Marie Løvås", "anne marie lovas"),
        ("Ｎoah Brown", "Noah  Brown"),
    ],
)
def test_a_name_is_one_form_in_every_writing(one: str, other: str) -> None:
    assert normal_name(one) == normal_name(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("986 Sunset Drive", "986 sunset dr."),
        ("12 Baker Street", "12 baker st"),
        ("477 Park Avenue", "477 park ave."),
        ("Hauptstraße 5", "hauptstr. 5"),
        ("Lange Strasse 7", "lange Str. 7"),
        ("10 North Main Street, Suite 4", "10 N Main St Ste 4"),
    ],
)
def test_a_street_is_one_form_in_every_writing(one: str, other: str) -> None:
    assert normal_street(one) == normal_street(other) != ""


def test_another_house_number_is_another_street_line() -> None:
    assert normal_street("98 Sunset Drive") != normal_street("986 Sunset Drive")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("80279", "80279"),
        ("80279-1234", "80279"),
        (" sw1a 1aa ", "SW1A1AA"),
        ("k1a-0b1", "K1A0B1"),
        ("1234 AB", "1234AB"),
        ("00-950", "00950"),
        ("D-10115", "10115"),
        ("８０２７９", "80279"),
        ("--", ""),
    ],
)
def test_postcodes(text: str, form: str) -> None:
    assert normal_postcode(text) == form


@pytest.mark.parametrize(
    "text", ["+49 171 1234567", "0171/1234567", "0049 (171) 123-4567", "+٤٩ ١٧١ ١٢٣٤٥٦٧"]
)
def test_phones_agree_whatever_the_prefix(text: str) -> None:
    assert normal_phone(text) == "711234567"


def test_a_short_number_is_no_phone() -> None:
    assert normal_phone("12345") == ""


def test_an_email_keeps_its_dots() -> None:
    assert normal_email(" Jo.Doe+shop@Example.COM ") == "jo.doe+shop@example.com"


def test_two_mailboxes_never_become_one() -> None:
    assert normal_email("strasse@example.com") != normal_email("straße@example.com")


@pytest.mark.parametrize("kind", INDEX_FORMS)
@pytest.mark.parametrize(
    "text", ["Noah Brown", "12 Baker Street", "80279", "+1 (212) 555-0123", "a@b.example"]
)
def test_a_form_of_a_form_is_itself(kind: str, text: str) -> None:
    form = INDEX_FORMS[kind](text)
    assert INDEX_FORMS[kind](form) == form
