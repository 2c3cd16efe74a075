"""The demo shop's customers. Every one is invented; phones are from ranges kept free for stories."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from countersign.kit.personal_forms import fold
from countersign.store.demo.chance import Chance, Source, source
from countersign.store.shopfile.document import AddressRecord, NameRecord, PaymentMethodRecord

# Names under .example belong to nobody (RFC 2606).
_MAILBOXES = ("mail.example", "post.example", "inbox.example")
_HAVE_PHONE = 0.8
_HAVE_SECOND_LINE = 0.3


@dataclass(frozen=True)
class Person:
    id: str
    name: NameRecord
    email: str
    phone: str | None
    address: AddressRecord
    payment_methods: list[PaymentMethodRecord]


ALEX = Person(
    id="10001",
    name=NameRecord(first="Alex", last="Rivers"),
    email="alex@demo.example",
    phone="+1 503 555 0142",
    address=AddressRecord(
        line1="12 Harbor Lane",
        line2="Apt 3",
        city="Portland",
        region="OR",
        postcode="97205",
        country="United States",
    ),
    payment_methods=[
        PaymentMethodRecord(id="card_10001", kind="credit_card", brand="visa", last4="4242"),
        PaymentMethodRecord(id="gift_10001", kind="gift_card", balance=5000),
    ],
)


def demo_people() -> list[Person]:
    """Alex first, then 240 others of three countries; no two with the same name."""
    countries = (
        _Country(source("en_US", 1), 150, _american),
        _Country(source("en_GB", 2), 45, _british),
        _Country(source("de_DE", 3), 45, _german),
    )
    people, taken = [ALEX], {"Alex Rivers"}
    for country in countries:
        for name in country.names(taken):
            people.append(_person(country, name, 10001 + len(people)))
    return people


@dataclass(frozen=True)
class _Country:
    source: Source
    people: int
    home: Callable[[Source], tuple[AddressRecord, str]]

    def names(self, taken: set[str]) -> Iterator[NameRecord]:
        fake = self.source.fake
        for _ in range(self.people):
            first, last = fake.first_name(), fake.last_name()
            while f"{first} {last}" in taken:
                first, last = fake.first_name(), fake.last_name()
            taken.add(f"{first} {last}")
            yield NameRecord(first=first, last=last)


def _person(country: _Country, name: NameRecord, number: int) -> Person:
    chance = country.source.chance
    address, phone = country.home(country.source)
    mailbox = fold(f"{name.first}.{name.last}").replace(" ", "").replace("'", "")
    return Person(
        id=str(number),
        name=name,
        email=f"{mailbox}{chance.randint(10, 99)}@{chance.choice(_MAILBOXES)}",
        phone=phone if chance.random() < _HAVE_PHONE else None,
        address=address,
        payment_methods=_methods(chance, number),
    )


def _methods(chance: Chance, number: int) -> list[PaymentMethodRecord]:
    last4 = f"{chance.randint(0, 9999):04d}"
    brand = chance.choice(("visa", "mastercard", "amex"))
    every = [
        PaymentMethodRecord(id=f"card_{number}", kind="credit_card", brand=brand, last4=last4),
        PaymentMethodRecord(id=f"paypal_{number}", kind="paypal"),
        PaymentMethodRecord(id=f"gift_{number}", kind="gift_card", balance=100 * chance.randint(5, 150)),
    ]
    return chance.sample(every, chance.choices((1, 2, 3), (5, 4, 1), k=1)[0])


def _american(source: Source) -> tuple[AddressRecord, str]:
    fake, chance = source.fake, source.chance
    state = fake.state_abbr(include_territories=False, include_freely_associated_states=False)
    address = AddressRecord(
        line1=f"{chance.randint(1, 2999)} {fake.street_name()}",
        line2=fake.secondary_address() if chance.random() < _HAVE_SECOND_LINE else None,
        city=fake.city(),
        region=state,
        postcode=fake.postcode_in_state(state),
        country="United States",
    )
    return address, f"+1 {chance.randint(201, 989)} 555 01{chance.randint(0, 99):02d}"


def _british(source: Source) -> tuple[AddressRecord, str]:
    fake, chance = source.fake, source.chance
    address = AddressRecord(
        line1=f"{chance.randint(1, 199)} {fake.street_name()}",
        line2=f"Flat {chance.randint(1, 40)}" if chance.random() < _HAVE_SECOND_LINE else None,
        city=fake.city(),
        postcode=fake.postcode(),
        country="United Kingdom",
    )
    return address, f"+44 20 7946 0{chance.randint(0, 999):03d}"


def _german(source: Source) -> tuple[AddressRecord, str]:
    fake, chance = source.fake, source.chance
    address = AddressRecord(
        line1=f"{fake.street_name()} {chance.randint(1, 149)}",
        city=fake.city(),
        postcode=fake.postcode(),
        country="Germany",
    )
    return address, f"+49 30 23125 {chance.randint(0, 999):03d}"
