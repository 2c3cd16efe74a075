"""A signed identity from the shop's own page, with a new session or for one that is open."""

import asyncio

from fastapi import APIRouter, Request, Response

from countersign.gateway.access import Access
from countersign.gateway.continuation import Continuation
from countersign.gateway.errors import SlowDownError
from countersign.gateway.limits import MessageLimits
from countersign.gateway.routes import hand_over
from countersign.gateway.schemas import GiveIdentity, Renewed
from countersign.identity.assertions.service import Assertions
from countersign.kit.hidden import Secret


def identity_routes(
    access: Access, assertions: Assertions, continuation: Continuation, limits: MessageLimits
) -> APIRouter:
    router = APIRouter(prefix="/api/chat", tags=["chat"])

    @router.post("/identity", response_model_exclude_none=True, responses={401: {}, 429: {}, 503: {}})
    async def identify(request: Request, response: Response, body: GiveIdentity) -> Renewed:
        """The shop's page says who is signed in there: the session goes on as theirs under a new token."""
        session = await asyncio.to_thread(access.session, request)
        wait = await asyncio.to_thread(limits.hit_opening, access.origin(request))
        if wait is not None:
            raise SlowDownError(wait.seconds)
        opened = await asyncio.to_thread(assertions.accept, session, Secret(body.identity))
        await continuation.passed(opened)
        answer = Renewed(expires_at=opened.session.expires_at.isoformat())
        answer.token = hand_over(response, opened)
        return answer

    return router
