"""One turn, one way: limits ▸ inward steps ▸ Rasa ▸ render, under the conversation's lock."""

import asyncio
from collections.abc import Sequence
from typing import Literal

import structlog

from countersign.conversations.errands import Errands as WaitingErrands
from countersign.conversations.models import Entry, Message
from countersign.conversations.proposals import Proposals
from countersign.conversations.service import Conversations
from countersign.conversations.turns import Turns
from countersign.errands.service import Errands
from countersign.gateway.errors import RasaUnavailableError, SessionRequiredError, SlowDownError
from countersign.gateway.hub import Hub, Send
from countersign.gateway.inward import Inward
from countersign.gateway.limits import MessageLimits
from countersign.gateway.models import Incoming, Prepared, Reply
from countersign.gateway.phrases import Phrases
from countersign.gateway.rasa_client import Item, Kind, RasaClient
from countersign.gateway.render import Renderer
from countersign.identity.models import Session
from countersign.identity.service import Sessions

log = structlog.get_logger()
MOST_IN_A_ROW = 5
"""So many waiting wishes are taken up in one reply; the others come with the next."""


class Gateway:
    """The only way between a shopper and Rasa."""

    def __init__(
        self,
        sessions: Sessions,
        conversations: Conversations,
        turns: Turns,
        waiting: WaitingErrands,
        errands: Errands,
        proposals: Proposals,
        limits: MessageLimits,
        inward: Inward,
        renderer: Renderer,
        rasa: RasaClient,
        phrases: Phrases,
        hub: Hub,
    ) -> None:
        self._sessions = sessions
        self._conversations = conversations
        self._turns = turns
        self._waiting = waiting
        self._errands = errands
        self._proposals = proposals
        self._limits = limits
        self._inward = inward
        self._renderer = renderer
        self._rasa = rasa
        self._phrases = phrases
        self.hub = hub

    async def receive(
        self, session: Session, incoming: Incoming, origin: str, *, asker: Send | None = None
    ) -> Reply:
        """Answers one message; the same key again gives the same answer and does nothing twice.

        Raises SlowDownError, MessageError (nothing has changed), SessionRequiredError, RasaUnavailableError
        (the message is kept; send it again with the same key) and UnavailableError.
        """
        wait = await asyncio.to_thread(self._limits.hit, session, origin, len(incoming.value))
        if wait is not None:
            raise SlowDownError(wait.seconds)
        # Asked before the message waits its turn: what is read back meanwhile, it cannot have answered.
        standing = await asyncio.to_thread(self._proposals.waiting, session.conversation)
        async with self.hub.lock(session.conversation):
            living = await asyncio.to_thread(self._sessions.current, session.id)
            if living is None:
                raise SessionRequiredError("over, or risen, while the message waited its turn")
            if living.conversation == session.conversation:
                reply = await self._turn(living, incoming, origin, standing)
                await self._tell_others(living, reply, asker)
                return reply
        return await self.receive(living, incoming, origin, asker=asker)

    async def resume(self, session: Session, origin: str = "") -> Reply:
        """The interrupted errand goes on, after its checkpoint was passed elsewhere."""
        async with self.hub.lock(session.conversation):
            entries = await self._resume(session, origin, key=None, delivered=False)
            entries += await self._go_on(session, origin, key=None, delivered=False)
            return Reply(entries)

    def seen(self, conversation: str) -> None:
        """The shopper is shown the history as it stands: what was read back there can be agreed to."""
        self._proposals.seen(conversation)

    async def _turn(self, session: Session, incoming: Incoming, origin: str, standing: str | None) -> Reply:
        earlier = await asyncio.to_thread(self._conversations.of_key, session.conversation, incoming.key)
        answers = [entry for entry in earlier if entry.sender != "shopper"]
        if answers:
            return Reply(answers)
        if await asyncio.to_thread(self._passed, session):
            resumed = await self._ask(session, "event", "resume", origin)
            await asyncio.to_thread(self._keep, session, [], resumed, None, delivered=False)
        prepared = await asyncio.to_thread(self._take, session, incoming, origin, standing, bool(earlier))
        reply = Reply(asked=prepared.asked, opened=prepared.opened)
        if prepared.opened is not None:
            session = prepared.opened.session
        items = None
        if prepared.send is not None:
            items = await self._ask(session, *prepared.send, origin, own=True)
        reply.entries = await asyncio.to_thread(self._keep, session, prepared.said, items, incoming.key)
        if prepared.opened is not None:
            reply.entries += await self._resume(session, origin, key=incoming.key)
        reply.entries += await self._go_on(session, origin, key=incoming.key)
        living = await asyncio.to_thread(self._sessions.of_conversation, session.conversation)
        reply.ended = living is None
        return reply

    def _take(
        self, session: Session, incoming: Incoming, origin: str, standing: str | None, kept: bool
    ) -> Prepared:
        prepared = self._inward.prepare(session, incoming, origin, standing)
        if not kept and prepared.shown:
            prepared.asked = self._conversations.append(
                session.conversation, "shopper", {"text": prepared.shown}, key=incoming.key
            )
        return prepared

    def _passed(self, session: Session) -> bool:
        errand = self._waiting.waiting(session.conversation)
        return errand is not None and errand.passed

    async def _resume(
        self, session: Session, origin: str, *, key: str | None, delivered: bool = True
    ) -> list[Entry]:
        if not await asyncio.to_thread(self._passed, session):
            return []
        said, items = list[Message](), None
        try:
            items = await self._ask(session, "event", "resume", origin)
        except RasaUnavailableError:
            # Who they are is settled; the errand stays passed and goes on with the next message.
            log.error("alert.resume_failed", conversation=session.conversation)
            said = [await asyncio.to_thread(self._renderer.trouble, session.conversation)]
        return await asyncio.to_thread(self._keep, session, said, items, key, delivered=delivered)

    async def _go_on(
        self, session: Session, origin: str, *, key: str | None, delivered: bool = True
    ) -> list[Entry]:
        """What waits behind an errand that is done goes on by itself, one thing after the other."""
        entries = list[Entry]()
        for _ in range(MOST_IN_A_ROW):
            wish = await asyncio.to_thread(self._next, session)
            if wish is None:
                break
            try:
                items = await self._ask(session, *wish, origin)
            except RasaUnavailableError:
                log.error("alert.wish_failed", conversation=session.conversation)
                if not await asyncio.to_thread(self._errands.failed, session.conversation):
                    # It stays first in line, and goes on after the next message.
                    break
                said = [{"text": self._phrases.say("utter_errands_wish_failed")}]
                entries += await asyncio.to_thread(self._keep, session, said, None, key, delivered=delivered)
                continue
            entries += await asyncio.to_thread(
                self._keep, session, [], items, key, delivered=delivered, wish=wish
            )
        return entries

    def _next(self, session: Session) -> tuple[Kind, str] | None:
        """The turn that takes up what waits, unless a checkpoint or the session's end stands before it."""
        conversation = session.conversation
        if self._sessions.of_conversation(conversation) is None or self._waiting.waiting(conversation):
            return None
        if not self._errands.waits(conversation):
            return None
        wish = self._errands.next_wish(conversation)
        return ("event", "resume") if wish is None else ("text", wish)

    async def _ask(
        self, session: Session, kind: Kind, value: str, origin: str, *, own: bool = False
    ) -> list[Item]:
        """Only in a turn of the shopper's `own` message can anything be agreed to."""
        if not own:
            await asyncio.to_thread(self._proposals.end_turn, session.conversation)
        ticket = await asyncio.to_thread(self._turns.begin, session.conversation, session.id, origin)
        try:
            return await self._rasa.send(session.conversation, kind, value, ticket)
        finally:
            await asyncio.to_thread(self._turns.end, ticket)
            await asyncio.to_thread(self._proposals.end_turn, session.conversation)

    def _keep(
        self,
        session: Session,
        said: Sequence[Message],
        items: list[Item] | None,
        key: str | None,
        *,
        delivered: bool = True,
        wish: tuple[Kind, str] | None = None,
    ) -> list[Entry]:
        """What waited to be told, the core's own words, Rasa's: all of it or nothing.

        `wish` is the one that is answered now, and waits no longer.
        """
        conversation = session.conversation
        with self._conversations.together():
            if wish is not None and wish[0] == "text":
                self._errands.wish_taken(conversation, wish[1])
            waited = self._conversations.take_undelivered(conversation, key) if delivered else []
            drawn = list[Message]()
            if items is not None:
                self._conversations.answered(conversation)
                drawn = self._renderer.draw(conversation, items)
                if delivered:
                    self._proposals.seen(conversation)
            return waited + [
                self._conversations.append(conversation, "assistant", body, key=key, delivered=delivered)
                for body in (*said, *drawn)
            ]

    async def _tell_others(self, session: Session, reply: Reply, asker: Send | None) -> None:
        entries = [reply.asked, *reply.entries] if reply.asked else reply.entries
        frame = {"type": "push", "reason": "elsewhere", "messages": [shown(e) for e in entries]}
        await self.hub.push(session.conversation, frame, but=asker)


def shown(entry: Entry) -> Message:
    """An entry as the chat API gives it."""
    sender: Literal["shopper", "assistant", "agent"] = entry.sender
    extra = {"key": entry.key} if entry.key and sender == "shopper" else {}
    return {"id": f"{entry.number:08d}", "at": entry.at.isoformat(), "from": sender, **extra, **entry.body}
