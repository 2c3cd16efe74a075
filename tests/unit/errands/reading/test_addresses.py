import pytest

from countersign.errands.reading.addresses import parse_address

PARTS = ("line1", "line2", "city", "region", "postcode", "country")
LANE = ("12 Long Lane", "", "Springfield", "IL", "62701", "")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("12 Long Lane, Springfield, IL 62701", LANE),
        ("12 Long Lane, Springfield IL, 62701.", LANE),
        ("12 Long Lane, Springfield, il 62701", LANE),
        ("12 Long Lane\nSpringfield\nIL 62701", LANE),
        ("12 Long Lane, Springfield, IL 62701-1234", (*LANE[:4], "62701-1234", "")),
        ("12 Long Lane, Springfield, IL 62701, USA", (*LANE[:5], "USA")),
        ("12 Long Lane, Springfield, IL 62701, united states", (*LANE[:5], "united states")),
        ("12 Long Lane, Springfield, 62701", (*LANE[:3], "", "62701", "")),
        ("12 Long Lane, Springfield, Illinois 62701", (*LANE[:3], "Illinois", "62701", "")),
        ("12 Long Lane, Springfield, Illinois, 62701", (*LANE[:3], "Illinois", "62701", "")),
        ("5 Elm Street, New York, NY 10108", ("5 Elm Street", "", "New York", "NY", "10108", "")),
        ("5 Elm Street, New York 10108", ("5 Elm Street", "", "New York", "", "10108", "")),
        ("5 Elm St, Santa Fe, New Mexico 87501", ("5 Elm St", "", "Santa Fe", "New Mexico", "87501", "")),
        ("10116 Elm Street, Austin, TX 78701", ("10116 Elm Street", "", "Austin", "TX", "78701", "")),
        ("PO Box 12, Springfield, IL 62701", ("PO Box 12", *LANE[1:])),
        ("Hauptstr. 5, 10115 Berlin, Germany", ("Hauptstr. 5", "", "Berlin", "", "10115", "Germany")),
        ("4 Mill Lane, Leeds, LS1 4AB", ("4 Mill Lane", "", "Leeds", "", "LS1 4AB", "")),
        ("4 Mill Lane, Leeds ls1 4ab, UK", ("4 Mill Lane", "", "Leeds", "", "LS1 4AB", "UK")),
        ("221B Baker Street, London NW16XE", ("221B Baker Street", "", "London", "", "NW16XE", "")),
    ],
)
def test_is_read_part_by_part(text: str, parts: tuple[str, ...]) -> None:
    assert parse_address(text) == dict(zip(PARTS, parts, strict=True))


@pytest.mark.parametrize("lead", ["Please use", "use", "no, sorry, take", "I'd like it sent to", "make that"])
def test_what_leads_to_it_is_no_part_of_it(lead: str) -> None:
    assert parse_address(f"{lead} 12 Long Lane, Springfield, IL 62701") == dict(zip(PARTS, LANE, strict=True))


@pytest.mark.parametrize(
    ("text", "street", "unit", "city"),
    [
        ("12 Long Lane, Apt 4, Springfield, IL 62701", "12 Long Lane", "Apt 4", "Springfield"),
        ("12 Long Lane Apt. 4, Springfield, IL 62701", "12 Long Lane", "Apt. 4", "Springfield"),
        ("12 Long Lane #4, Springfield, IL 62701", "12 Long Lane", "#4", "Springfield"),
        ("Flat 2, 7 Quay Road, Whitby, YO21 1QL", "7 Quay Road", "Flat 2", "Whitby"),
        ("7 Quay Road, Flat 2, Whitby YO21 1QL", "7 Quay Road", "Flat 2", "Whitby"),
        ("7 Quay Road, Old Mill, Whitby YO21 1QL", "7 Quay Road", "Old Mill", "Whitby"),
    ],
)
def test_a_flat_is_the_second_line(text: str, street: str, unit: str, city: str) -> None:
    found = parse_address(text)
    assert found is not None
    assert (found["line1"], found["line2"], found["city"]) == (street, unit, city)


@pytest.mark.parametrize(
    ("text", "street", "unit", "city"),
    [
        ("12 Long Lane Springfield IL 62701", "12 Long Lane", "", "Springfield"),
        ("12 Long Lane Apt 4 Springfield IL 62701", "12 Long Lane", "Apt 4", "Springfield"),
        ("5 Oak St St Louis MO 63101", "5 Oak St", "", "St Louis"),
        ("12 St James Street London SW1A 1AA", "12 St James Street", "", "London"),
    ],
)
def test_needs_no_commas_where_the_street_says_that_it_is_one(
    text: str, street: str, unit: str, city: str
) -> None:
    found = parse_address(text)
    assert found is not None
    assert (found["line1"], found["line2"], found["city"]) == (street, unit, city)


@pytest.mark.parametrize(
    "text",
    [
        "Please send order #W4860251 to 12 Long Lane, Springfield, IL 62701 instead.",
        "change it to 12 Long Lane, Springfield, IL 62701 please",
        "My new address is: 12 Long Lane, Springfield, IL 62701",
        "it's 12 Long Lane, Springfield, IL 62701, thanks",
        "I moved to New York: 12 Long Lane, Springfield, IL 62701",
        "Hi, please use my sister's place at 12 Long Lane, Springfield, IL 62701",
        "the zip is wrong, the address should be 12 Long Lane, Springfield, IL 62701",
        "street: 12 Long Lane, city: Springfield, state: IL, zip: 62701",
    ],
)
def test_is_found_among_other_words(text: str) -> None:
    assert parse_address(text) == dict(zip(PARTS, LANE, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no",
        "62701",
        "Springfield, IL 62701",
        "send it to Chicago, IL 60612",
        "12 Long Lane, Springfield",
        "12 Long Lane 62701",
        "12 Long Lane, 62701",
        "LS1 4AB",
        "order #W4860251",
        "send order #W4860251 to Long Lane",
        "12 Broadway Springfield 62701",
    ],
)
def test_is_not_guessed_when_street_city_or_postcode_is_missing(text: str) -> None:
    assert parse_address(text) is None
