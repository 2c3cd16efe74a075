"""Sign-in in the chat: the e-mail and the code stop here and never reach Rasa."""

from collections.abc import Callable

from countersign.conversations.errands import Errands
from countersign.conversations.models import Expectation
from countersign.conversations.service import Conversations
from countersign.gateway.models import Prepared
from countersign.gateway.phrases import Phrases
from countersign.gateway.seal import SealedText
from countersign.identity.models import SAID_OF_DEAD, Redeemed, Session, WhyDead, Wrong
from countersign.identity.sign_in import SignIn
from countersign.notify.errors import AddressRefusedError
from countersign.risk.models import Wait


class SignInStep:
    """Takes an e-mail address or a code out of a message while one is awaited."""

    def __init__(
        self,
        conversations: Conversations,
        errands: Errands,
        sign_in: SignIn,
        phrases: Phrases,
        post: Callable[[], object],
    ) -> None:
        """`post` is called once a mail waits, after the transaction that wrote it."""
        self._conversations = conversations
        self._errands = errands
        self._sign_in = sign_in
        self._phrases = phrases
        self._post = post

    def awaits(self, session: Session, expectation: Expectation) -> frozenset[str]:
        """What of a sign-in the next message may hold: a code as long as one could still be typed.

        Not only when it was asked for last: after «send it again» or «stop» it must not reach Rasa either.
        """
        kinds: set[str] = {expectation.sign_in} if expectation.sign_in else set()
        if expectation.answer in (None, "email", "code") and self._sign_in.pending(session):
            kinds.add("code")
        return frozenset(kinds)

    def take(
        self, session: Session, sealed: SealedText, expectation: Expectation, origin: str
    ) -> Prepared | None:
        """What to say, or None when the message has nothing for a sign-in and goes on to Rasa."""
        if expectation.sign_in is None:
            return None
        if sealed.codes:
            return self._redeem(session, sealed, origin)
        if sealed.emails:
            return self._start(session, sealed, origin)
        return None

    def _start(self, session: Session, sealed: SealedText, origin: str) -> Prepared:
        try:
            started = self._sign_in.start(session, sealed.emails[0], origin)
        except AddressRefusedError:
            return self._say(sealed, "utter_sign_in_ask_email", sensitive="email")
        if isinstance(started, Wait):
            return self._say(sealed, "utter_sign_in_too_many")
        self._post()
        self._conversations.expect_sign_in(session.conversation, "code")
        return self._say(sealed, "utter_sign_in_code_sent", sensitive="code")

    def _redeem(self, session: Session, sealed: SealedText, origin: str) -> Prepared:
        result = self._sign_in.redeem_code(session, sealed.codes[0].reveal(), origin)
        if isinstance(result, Redeemed):
            self._conversations.expect_sign_in(session.conversation, None)
            self._errands.passed(session.conversation)
            done = self._say(sealed, "utter_sign_in_done")
            done.opened = result.opened
            return done
        if isinstance(result, Wrong):
            return self._say(sealed, "utter_sign_in_wrong_code", sensitive="code", tries=result.tries_left)
        if result.why is WhyDead.NONE_LIVING or result.why is WhyDead.USED_UP:
            self._conversations.expect_sign_in(session.conversation, "email")
            return self._say(sealed, SAID_OF_DEAD[result.why], sensitive="email")
        return self._say(sealed, SAID_OF_DEAD[result.why])

    def _say(
        self, sealed: SealedText, name: str, *, sensitive: str | None = None, **values: object
    ) -> Prepared:
        message: dict[str, object] = {"text": self._phrases.say(name, **values)}
        if sensitive:
            message["sensitive"] = {"kind": sensitive}
        return Prepared(shown=sealed.shown, said=[message])
