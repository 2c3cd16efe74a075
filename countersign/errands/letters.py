"""A mail for each change that was made, to the address that the shop has for its customer. Once.

Shop and core are two databases. So that a change is to be told of is noted before it is made; when it is,
the mail is written and the note closed in one transaction. What a crash leaves open in between is looked
up in the shop once no turn can be at it any more: what was done is told then, what was not is dropped.

No trouble with a letter is its change's: it is logged, and the letter tried again.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import structlog

from countersign.db.engine import Database
from countersign.errands.interfaces import Drawer
from countersign.errands.repository import LetterRepository
from countersign.errands.telling import CARDS, rows, without_balances
from countersign.identity.interfaces import Words
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal
from countersign.notify.errors import AddressRefusedError, SubjectRefusedError
from countersign.notify.service import Notify
from countersign.store.changes import subject_of
from countersign.store.interfaces import Shop
from countersign.store.outcomes import Done, Outcome

log = structlog.get_logger()
KEPT = timedelta(days=1)
"""So long a letter is tried, and known to be written."""
TURN_IS_OVER = timedelta(minutes=2)
"""No change takes so long: a turn has 30 s."""
NAMES: Mapping[str, str] = {
    "CancelOrder": "cancel",
    "ChangeAddress": "order_address",
    "ChangeDefaultAddress": "default_address",
    "ChangeItems": "items",
    "ChangePayment": "payment",
    "OpenExchange": "exchange",
    "OpenReturn": "return",
}
"""In the names of a letter's words, `mail_<name>_subject` and `mail_<name>_text`; by the kind of change."""


class Letters:
    """`post` is called when a letter was written, and may deliver it at once."""

    def __init__(
        self,
        db: Database,
        shop: Shop,
        notify: Notify,
        words: Words,
        drawer: Drawer,
        clock: Clock,
        *,
        shop_name: str,
        post: Callable[[], object],
    ) -> None:
        self._db = db
        self._rows = LetterRepository(db)
        self._shop = shop
        self._notify = notify
        self._words = words
        self._drawer = drawer
        self._clock = clock
        self._name = shop_name
        self._post = post

    def expect(self, proposal: str) -> None:
        """Notes that the proposal's change is about to be made."""
        with _apart(proposal):
            self._rows.expect(proposal, self._clock.now())

    def settle(self, proposal: str) -> None:
        """Writes the letter if the change was made, unless that was done before."""
        with _apart(proposal):
            done = self._shop.done(proposal)
            with self._db.begin():
                if self._rows.close(proposal) and done is not None:
                    self._write(done)
            self._post()

    def settle_waiting(self) -> None:
        """Settles what a crash or an outage left open."""
        for proposal in self._rows.open_before(self._clock.now() - TURN_IS_OVER):
            self.settle(proposal)

    def purge(self) -> int:
        """Forgets what is older than a day; how many."""
        return self._rows.remove_before(self._clock.now() - KEPT)

    def _write(self, done: Done) -> None:
        customer = self._shop.customer(done.customer)
        if customer is None:
            return
        subject, text = self._worded(done.outcome)
        try:
            self._notify.mail(customer.email, subject, text.reveal())
        except (AddressRefusedError, SubjectRefusedError) as error:
            # It will be no better another time.
            log.error("alert.letter_refused", error=type(error).__name__)

    def _worded(self, outcome: Outcome) -> tuple[str, Personal]:
        kind, number = type(outcome.change).__name__, subject_of(outcome.change) or ""
        card = {"kind": CARDS[kind], "title": "", "fields": rows(without_balances(outcome))}
        told = [f"{row['label']}: {row['value']}" for row in self._drawer.draw(card)["rows"]]
        values = {"number": number, "shop": self._name}
        text = self._words.say(
            f"mail_{NAMES[kind]}_text",
            **values,
            details="\n".join(told),
            how_to_send_back=self._words.say("mail_how_to_send_back", **values),
            not_you=self._words.say("mail_not_you", **values),
        )
        return self._words.say(f"mail_{NAMES[kind]}_subject", **values), Personal(text)


@contextmanager
def _apart(proposal: str) -> Iterator[None]:
    """Whatever goes wrong inside is logged and goes no further."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the change stands, or is about to be made, without its letter
        log.error("alert.letter_failed", proposal=proposal, error=type(error).__name__)
