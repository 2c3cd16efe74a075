"""Routes of «My security»."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from countersign.checkpoints.guard import Guard
from countersign.conversations.proposals import Proposals
from countersign.identity.factors.suite import SecondFactors
from countersign.identity.sign_in import SignIn
from countersign.kit.clock import Clock
from countersign.portal.forms import FormTokens
from countersign.portal.interfaces import Continues, Visitors
from countersign.portal.own_sign_in import OwnSignIn
from countersign.portal.pages import Pages
from countersign.portal.security import HOME, SecurityPages, What
from countersign.portal.step_up import Given

Token = Annotated[str, Form(max_length=128)]
CodeField = Annotated[str, Form(max_length=64)]
CredentialField = Annotated[str, Form(max_length=16_384)]
EmailField = Annotated[str, Form(max_length=254)]
NameField = Annotated[str, Form(max_length=200)]


def security_routes(
    visitors: Visitors,
    continues: Continues,
    guard: Guard,
    proposals: Proposals,
    factors: SecondFactors,
    by_mail: SignIn,
    tokens: FormTokens,
    show: Pages,
    clock: Clock,
    post: Callable[[], object],
) -> APIRouter:
    """`post` is called once a mail waits."""
    pages = SecurityPages(visitors, guard, proposals, factors, tokens, show, clock)
    sign_in = OwnSignIn(visitors, continues, by_mail, factors.passkeys, tokens, show, post)
    router = APIRouter(prefix=HOME, include_in_schema=False)

    @router.get("")
    def home(request: Request) -> Response:
        return pages.home(request)

    @router.post("")
    def plan(
        request: Request,
        what: Annotated[What, Form()],
        csrf: Token = "",
        name: NameField = "",
        factor: CodeField = "",
    ) -> Response:
        return pages.plan(request, csrf, what, name, factor)

    @router.post("/confirm")
    def confirm(
        request: Request,
        csrf: Token = "",
        credential: CredentialField = "",
        code: CodeField = "",
        recovery: CodeField = "",
    ) -> Response:
        return pages.confirm(request, csrf, Given(credential, code, recovery))

    @router.post("/passkey")
    def passkey(request: Request, csrf: Token = "", credential: CredentialField = "") -> Response:
        return pages.finish_passkey(request, csrf, credential)

    @router.post("/app")
    def app(request: Request, csrf: Token = "", code: CodeField = "") -> Response:
        return pages.finish_app(request, csrf, code)

    @router.get("/not-me")
    def ask_not_me() -> Response:
        return pages.ask_not_me()

    @router.post("/not-me")
    def not_me(request: Request, token: Token = "") -> Response:
        return pages.not_me(request, token)

    @router.get("/sign-in")
    def ask_sign_in(request: Request) -> Response:
        return sign_in.ask(request)

    @router.post("/sign-in")
    async def take_sign_in(
        request: Request,
        csrf: Token = "",
        email: EmailField = "",
        code: CodeField = "",
        credential: CredentialField = "",
    ) -> Response:
        return await sign_in.take(request, csrf, email, Given(credential, code))

    return router
