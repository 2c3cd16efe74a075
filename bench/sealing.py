"""How well sealing works: recall by kind, false alarms, time per message.

    bench/sealing.py [--seed N] [--messages N] [--store FILE] [--clean CSV …] [--show] [--json]

Planted messages are templates filled by Faker, or with the customers of a store file (names, streets,
postcodes and e-mails of real records). A value counts as found only when no word of it, and no run of
four digits of it, is left for Rasa. Clean sentences hold nothing personal; anything sealed in them is a
false alarm. `--clean` adds CSV files with a column `text`.
"""

import argparse
import csv
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faker import Faker

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from countersign.gateway.errors import EmptyError, TooLongError  # noqa: E402
from countersign.gateway.normalise import normalise  # noqa: E402
from countersign.gateway.recognisers.card import luhn  # noqa: E402
from countersign.gateway.seal import Sealer  # noqa: E402
from countersign.kit.hidden import Personal  # noqa: E402
from countersign.kit.personal_forms import fold  # noqa: E402

LOCALES = (
    "en_US",
    "en_US",
    "en_US",
    "en_GB",
    "en_CA",
    "de_DE",
    "fr_FR",
    "nl_NL",
    "es_ES",
    "it_IT",
    "pl_PL",
    "sv_SE",
)
PLACEHOLDER = re.compile(r"\{(\w+)\}")
PERSONAL = {
    "name",
    "first",
    "postcode",
    "street",
    "address",
    "email",
    "phone",
    "card",
    "cvv",
    "iban",
    "password",
}
ITEMS = (
    "jacket",
    "keyboard",
    "headphones",
    "desk lamp",
    "water bottle",
    "sneakers",
    "backpack",
    "coffee maker",
)
ISSUERS = (
    ("4", 16),
    ("51", 16),
    ("2221", 16),
    ("34", 15),
    ("37", 15),
    ("6011", 16),
    ("3530", 16),
    ("36", 14),
    ("4", 13),
    ("62", 19),
)


class Tokens:
    def issue(self, conversation: str, kind: str, value: Personal) -> str:
        return f"⟦{kind}:abcdefgh⟧"

    def open(self, conversation: str, token: str) -> Personal | None:
        return None


class Nobody:
    """A shop without customers: the bench's shoppers are not signed in."""

    def customer(self, customer: str) -> None:
        return None


class People:
    """Values to plant: made up, or of a store file's customers."""

    def __init__(self, rng: random.Random, store: Path | None) -> None:
        self._rng = rng
        self._customers = json.loads(store.read_text())["customers"] if store else []
        self._fakers = {}
        for locale in dict.fromkeys(LOCALES):
            self._fakers[locale] = Faker(locale)
            self._fakers[locale].seed_instance(rng.randrange(2**32))

    def one(self) -> dict[str, str]:
        rng = self._rng
        fake = self._fakers[rng.choice(LOCALES)]
        made = self._fakers[rng.choice(LOCALES)]
        customer = rng.choice(self._customers) if self._customers else None
        person = self._of_store(customer) if customer else self._made_up(fake)
        return person | {
            "phone": self._phone(made),
            "card": self._card(),
            "cvv": f"{rng.randrange(1000):03d}",
            "iban": self._iban(made),
            "password": rng.choice((fake.password(length=rng.randrange(8, 16)), fake.user_name() + "2024!")),
        }

    def _made_up(self, fake: Any) -> dict[str, str]:
        first, last = fake.first_name(), fake.last_name()
        street, postcode, city = fake.street_address().replace("\n", ", "), fake.postcode(), fake.city()
        joint, tail = self._rng.choice((".", "_", "")), self._rng.choice(("", "7", "1984"))
        local = f"{fold(first)}{joint}{fold(last)}{tail}"
        host = self._rng.choice(("example.com", "gmail.com", "example.co.uk", "web.de", "mail.example.org"))
        return {
            "first": first,
            "name": f"{first} {last}",
            "street": street,
            "postcode": postcode,
            "address": f"{street}, {city}, {postcode}",
            "email": re.sub(r"[^\w.@]", "", local) + "@" + host,
        }

    def _of_store(self, customer: dict[str, Any]) -> dict[str, str]:
        name, address = customer["name"], customer["address"]
        region = f"{address.get('region') or ''} {address['postcode']}"
        parts = (address["line1"], address.get("line2"), address["city"], region)
        return {
            "first": name["first"],
            "name": f"{name['first']} {name['last']}",
            "street": address["line1"],
            "postcode": address["postcode"],
            "address": ", ".join(part for part in parts if part),
            "email": customer["email"],
        }

    def _phone(self, fake: Any) -> str:
        rng = self._rng
        area, exchange, line = rng.randrange(201, 990), rng.randrange(200, 1000), rng.randrange(10_000)
        shapes = (
            f"({area}) {exchange}-{line:04d}",
            f"{area}-{exchange}-{line:04d}",
            f"+1 {area} {exchange} {line:04d}",
            f"{area}.{exchange}.{line:04d}",
            f"{area}{exchange}{line:04d}",
            f"+1{area}{exchange}{line:04d}",
        )
        return rng.choice(shapes) if rng.random() < 0.6 else fake.phone_number()

    def _card(self) -> str:
        prefix, length = self._rng.choice(ISSUERS)
        body = prefix + "".join(self._rng.choice("0123456789") for _ in range(length - len(prefix) - 1))
        digits = body + next(check for check in "0123456789" if luhn(body + check))
        separator = self._rng.choice(("", " ", "-", ".", "  ", " - "))
        return separator.join(re.findall(r"\d{1,4}", digits))

    def _iban(self, fake: Any) -> str:
        iban = fake.iban()
        return self._rng.choice((iban, " ".join(re.findall(".{1,4}", iban)), iban.lower()))


@dataclass
class Planted:
    text: str
    values: list[tuple[str, str]]
    frame: str
    person: dict[str, str]


def planted(rng: random.Random, people: People, count: int) -> Iterator[Planted]:
    templates = lines("sealing_planted.txt")
    for number in range(count):
        template, person = templates[number % len(templates)], people.one()
        change = rng.choice(
            (str, str, str, str.lower, str.lower, str.upper, lambda text: text.replace("'", "’"))
        )
        secret = "{password}" in template
        values = [(kind, person[kind]) for kind in PLACEHOLDER.findall(template) if kind in PERSONAL]
        frame = fill(rng, template)
        text = PLACEHOLDER.sub(lambda match, person=person: person[match[1]], frame)  # type: ignore[misc]
        yield Planted(text if secret else change(text), values, PLACEHOLDER.sub(" ", frame), person)


def fill(rng: random.Random, template: str) -> str:
    """Puts in what is not personal."""
    return PLACEHOLDER.sub(lambda match: match[0] if match[1] in PERSONAL else goods(rng, match[1]), template)


def goods(rng: random.Random, kind: str) -> str:
    year, month, day, hour = (
        rng.randrange(2019, 2027),
        rng.randrange(1, 13),
        rng.randrange(1, 29),
        rng.randrange(24),
    )
    amount = rng.choice((rng.randrange(3, 2000), rng.randrange(300, 99999) / 100))
    number = rng.randrange(10**11, 10**12)
    shapes: dict[str, tuple[str, ...]] = {
        "order": (f"W{number % 10**7:07d}", f"#W{number % 10**7:07d}", f"w{number % 10**7:07d}"),
        "tracking": (str(number),),
        "product": (f"{number % 10**10:010d}",),
        "price": (
            f"${amount}",
            f"{amount} dollars",
            f"€{amount}",
            f"{amount} EUR",
            f"USD {amount}",
            f"£{amount}",
        ),
        "size": ("S", "M", "XL", "10", "8.5", "42", "EU 38", "32/34", "12"),
        "date": (
            f"{month:02d}/{day:02d}/{year}",
            f"{year}-{month:02d}-{day:02d}",
            f"May {day}",
            f"{day}.{month}.{year}",
            f"{day} June {year}",
            f"{month}/{day}",
        ),
        "year": (str(year),),
        "qty": (str(day % 11 + 2),),
        "time": (f"{hour % 12 + 1}:30", f"{hour:02d}:15", f"{hour % 12 + 1} pm"),
        "item": ITEMS,
    }
    return rng.choice(shapes[kind])


def lines(name: str) -> list[str]:
    return [
        line for line in (HERE / name).read_text("utf-8").splitlines() if line and not line.startswith("#")
    ]


def left_over(kind: str, value: str, sealed: str, frame: str) -> bool:
    """Whether any of `value` can still be read in `sealed`."""
    bare = re.sub(r"⟦[^⟧]*⟧|\[\w+\]", " ", sealed)
    if kind in ("card", "phone", "iban"):
        gone = re.sub(r"\D", "", frame)
        return any(run in re.sub(r"[^0-9]", "", bare) and run not in gone for run in fours(value))
    if kind in ("cvv", "password"):
        return value in bare.split()
    words, ordinary = set(re.findall(r"\w+", fold(bare))), set(re.findall(r"\w+", fold(frame)))
    return any(word in words - ordinary for word in re.findall(r"\w+", fold(value)) if len(word) > 1)


def fours(value: str) -> Iterator[str]:
    digits = re.sub(r"\D", "", value)
    return (digits[at : at + 4] for at in range(len(digits) - 3))


@dataclass
class Recall:
    found: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def of(self, kind: str) -> float:
        return self.found[kind] / self.total[kind]


def recall(sealer: Sealer, messages: Iterable[Planted]) -> Recall:
    result = Recall()
    for message in messages:
        sealed = sealer.seal("bench", normalise(message.text)).text
        for kind, value in message.values:
            result.total[kind] += 1
            if left_over(kind, value, sealed, message.frame):
                result.misses.append(f"{kind}: {message.text!r} => {sealed!r}")
            else:
                result.found[kind] += 1
    return result


def alarms(sealer: Sealer, texts: Iterable[str]) -> tuple[int, list[str]]:
    count, wrong = 0, []
    for text in texts:
        try:
            plain = normalise(text)
        except (EmptyError, TooLongError):
            continue
        count += 1
        if (sealed := sealer.seal("bench", plain).text) != plain:
            wrong.append(f"{plain!r} => {sealed!r}")
    return count, wrong


def texts_of(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return [row["text"] for row in csv.DictReader(file)]


def main() -> int:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--messages", type=int, default=6000)
    arguments.add_argument("--store", type=Path)
    arguments.add_argument("--clean", type=Path, nargs="*", default=[])
    arguments.add_argument("--show", action="store_true", help="print what was missed and every false alarm")
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()

    rng = random.Random(options.seed)
    messages = list(planted(rng, People(rng, options.store), options.messages))
    sealer = Sealer(Tokens(), Nobody())
    started = time.process_time()
    reached = recall(sealer, messages)
    ended = time.process_time()
    own = [normalise(fill(rng, line)) for line in lines("sealing_clean.txt") for _ in range(10)]
    clean = {"own sentences": alarms(sealer, own)}
    clean |= {f"{path.parent.name}/{path.name}": alarms(sealer, texts_of(path)) for path in options.clean}
    report = {
        "recall": {kind: reached.of(kind) for kind in sorted(reached.total)},
        "false_alarms": {name: {"of": count, "wrong": len(wrong)} for name, (count, wrong) in clean.items()},
        "us_per_message": 1e6 * (ended - started) / len(messages),
    }
    if options.show:
        print("-- missed", *reached.misses, sep="\n")
        for name, (_, wrong) in clean.items():
            print(f"-- false alarms in {name}", *wrong, sep="\n")
    if options.json:
        print(json.dumps(report))
    else:
        table(report, reached)
    return 0


def table(report: dict[str, Any], reached: Recall) -> None:
    print(f"{'kind':<10}{'values':>8}{'recall':>10}")
    for kind, rate in report["recall"].items():
        print(f"{kind:<10}{reached.total[kind]:>8}{rate:>10.2%}")
    for name, counts in report["false_alarms"].items():
        rate = counts["wrong"] / counts["of"]
        print(f"false alarms, {name}: {counts['wrong']} of {counts['of']} = {rate:.3%}")
    print(f"{report['us_per_message']:.0f} µs per message")


if __name__ == "__main__":
    sys.exit(main())
