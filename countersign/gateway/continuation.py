"""A checkpoint passed outside the chat: the errand goes on, wherever the shopper looks."""

import asyncio

from countersign.conversations.errands import Errands
from countersign.conversations.service import Conversations
from countersign.gateway.hub import Frame
from countersign.gateway.turn import Gateway, shown
from countersign.identity.models import Opened


class Continuation:
    def __init__(self, gateway: Gateway, conversations: Conversations, errands: Errands) -> None:
        self._gateway = gateway
        self._conversations = conversations
        self._errands = errands

    async def passed(self, opened: Opened) -> None:
        """What is said goes to the open sockets; with none open it comes with the next reply."""
        session = opened.session
        await asyncio.to_thread(self._mark, session.conversation)
        reply = await self._gateway.resume(session)
        frame: Frame = {"type": "push", "reason": "checkpoint-passed"}
        frame["messages"] = [shown(entry) for entry in reply.entries]
        if session.transport == "bearer":
            frame["token"] = opened.token.reveal()
        if await self._gateway.hub.push(session.conversation, frame):
            await asyncio.to_thread(self._gateway.seen, session.conversation)
            await asyncio.to_thread(self._conversations.take_undelivered, session.conversation)

    def _mark(self, conversation: str) -> None:
        self._conversations.expect_sign_in(conversation, None)
        self._errands.passed(conversation)
