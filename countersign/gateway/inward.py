"""The steps of a message on its way in, in this order: normalise ▸ screen ▸ seal ▸ sign-in."""

from collections.abc import Iterable

import structlog

from countersign.conversations.models import Message
from countersign.conversations.service import Conversations
from countersign.gateway.agreement import Agreement
from countersign.gateway.interfaces import Screen
from countersign.gateway.models import Incoming, Prepared
from countersign.gateway.normalise import inspect
from countersign.gateway.phrases import Phrases
from countersign.gateway.seal import Sealer
from countersign.gateway.sign_in import SignInStep
from countersign.identity.models import Session

log = structlog.get_logger()
_DROPPED = {
    "card": "utter_shared_dropped_card",
    "cvv": "utter_shared_dropped_secret",
    "password": "utter_shared_dropped_secret",
    "code": "utter_shared_dropped_code",
}


class Inward:
    def __init__(
        self,
        conversations: Conversations,
        screen: Screen,
        sealer: Sealer,
        sign_in: SignInStep,
        agreement: Agreement,
        phrases: Phrases,
    ) -> None:
        self._agreement = agreement
        self._conversations = conversations
        self._screen = screen
        self._sealer = sealer
        self._sign_in = sign_in
        self._phrases = phrases

    def prepare(
        self, session: Session, incoming: Incoming, origin: str, standing: str | None = None
    ) -> Prepared:
        """`standing`: the proposal that stood before the shopper when the message came.

        Raises EmptyError, TooLongError, NotTextError; nothing has changed then.
        """
        if incoming.kind == "payload":
            return self._press(session, incoming)
        found = inspect(incoming.value)
        signals = self._screen.score(found.text, hidden=found.hidden)
        if signals.classes:
            log.warning("screen.signals", conversation=session.conversation, classes=sorted(signals.classes))
        expectation = self._conversations.expectation(session.conversation)
        awaiting = self._sign_in.awaits(session, expectation)
        sealed = self._sealer.seal(
            session.conversation, found.text, expectation.answer, awaiting, session.person
        )
        # Of a message that something was taken out of, nobody knows what it said yes to.
        self._agreement.hear(session.conversation, "" if sealed.dropped else sealed.text, standing)
        taken = self._sign_in.take(session, sealed, expectation, origin)
        if taken is not None:
            taken.said = self._told(kind for kind in sealed.dropped if kind != "code") + taken.said
            return taken
        send = ("text", sealed.text) if sealed.text.strip() else None
        return Prepared(shown=sealed.shown, send=send, said=self._told(sealed.dropped))  # type: ignore[arg-type]

    def _press(self, session: Session, incoming: Incoming) -> Prepared:
        pressed = self._conversations.spend(session.conversation, incoming.value, incoming.key)
        if pressed is None:
            return Prepared(shown="", said=[{"text": self._phrases.say("utter_shared_choice_passed")}])
        title, payload = pressed
        self._agreement.press(session.conversation, payload)
        return Prepared(shown=title, send=("payload", payload))

    def _told(self, dropped: Iterable[str]) -> list[Message]:
        """What was taken out of the message, each said once."""
        names = dict.fromkeys(_DROPPED[kind] for kind in dropped if kind in _DROPPED)
        return [{"text": self._phrases.say(name)} for name in names]
