"""«My security»: a person's second factors, listed, added and removed in their own browser.

Whatever is done is put down as a proposal first, agreed to by the press of its button, and passes the guard:
with a second factor shown for exactly that as soon as there is one that counts.
"""

import json
from dataclasses import asdict, dataclass
from typing import Literal

import segno
from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from countersign.checkpoints.grants import Grant
from countersign.checkpoints.guard import Guard, Reason
from countersign.checkpoints.table import Deed
from countersign.conversations.proposals import Held, Proposals, page_of
from countersign.identity.factors.models import SAID_OF_REFUSED, Enrolment, Refused, Target
from countersign.identity.factors.suite import SecondFactors
from countersign.identity.models import Level, Session
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal
from countersign.portal.forms import FormTokens
from countersign.portal.interfaces import Visitors
from countersign.portal.pages import Pages
from countersign.portal.step_up import Given, StepUpForm

HOME = "/portal/security"
SIGN_IN = f"{HOME}/sign-in"
What = Literal["codes", "passkey", "remove", "totp"]


@dataclass(frozen=True)
class Plan:
    """One change of factors; `factor` is what is removed, `name` what is added or removed."""

    what: What
    name: str = ""
    factor: str = ""

    def details(self) -> Personal:
        return Personal(json.dumps(asdict(self), sort_keys=True))

    @classmethod
    def of(cls, details: Personal) -> "Plan":
        return cls(**json.loads(details.reveal()))


class SecurityPages:
    def __init__(
        self,
        visitors: Visitors,
        guard: Guard,
        proposals: Proposals,
        factors: SecondFactors,
        tokens: FormTokens,
        pages: Pages,
        clock: Clock,
    ) -> None:
        self._visitors = visitors
        self._guard = guard
        self._proposals = proposals
        self._factors = factors
        self._tokens = tokens
        self._pages = pages
        self._clock = clock
        self._form = StepUpForm(factors)

    def home(self, request: Request) -> Response:
        session = self._own(request)
        if session is None or session.person is None:
            return _to(SIGN_IN)
        grant = self._guard.require(Deed.FACTOR_LIST, session)
        if not isinstance(grant, Grant) or grant.person is None:
            return _to(SIGN_IN)
        return self._pages.show(
            "security.html",
            factors=self._factors.all.of(grant.person),
            codes=self._factors.recovery.left(grant.person),
            counting=bool(self._factors.all.counting(grant.person)),
            now=self._clock.now(),
            csrf=self._tokens.of(session),
        )

    def plan(self, request: Request, csrf: str, what: What, name: str, factor: str) -> Response:
        """The press of a button: what it says is agreed to, and done if the guard lets it pass."""
        session = self._sent_by(request, csrf)
        if session is None or session.person is None:
            return self._late()
        if what == "remove":
            known = {one.id: one.name.reveal() for one in self._factors.all.of(session.person)}
            if factor not in known:
                return self._late()
            name = known[factor]
        counting = self._factors.all.counting(session.person)
        if what == "codes" and not counting:
            # Made by mail alone, they could one day remove what the true person has added since.
            return self._late()
        deed = Deed.FACTOR_CHANGE if counting else Deed.FACTOR_FIRST
        place, plan = page_of(session.conversation), Plan(what, name.strip(), factor)
        proposal = self._proposals.propose(place, deed, None, plan.details())
        self._proposals.drawn(place, proposal)
        self._proposals.seen(place)
        self._proposals.hear(place, proposal)
        return self._go_on(request, session, deed)

    def confirm(self, request: Request, csrf: str, given: Given) -> Response:
        """A second factor, shown for what waits."""
        session = self._sent_by(request, csrf)
        held = self._proposals.held(page_of(session.conversation)) if session else None
        if session is None or held is None:
            return self._late()
        target = Target(held.deed, held.subject, held.agreed.digest)
        passed = self._form.take(session, target, given, self._visitors.origin(request))
        if isinstance(passed, Refused):
            return self._ask(session, held, error=SAID_OF_REFUSED[passed.why])
        response = self._go_on(request, passed.session, Deed(held.deed))
        if passed.opened is not None:
            self._visitors.set_cookies(response, passed.opened)
        return response

    def finish_passkey(self, request: Request, csrf: str, credential: str) -> Response:
        session = self._sent_by(request, csrf)
        if session is None or session.person is None:
            return self._late()
        origin = self._visitors.origin(request)
        added = self._factors.passkeys.register(session, session.person, credential, origin)
        if isinstance(added, Refused):
            return self._pages.show("security_refused.html", 422, error=SAID_OF_REFUSED[added.why])
        return _to(HOME)

    def finish_app(self, request: Request, csrf: str, code: str) -> Response:
        session = self._sent_by(request, csrf)
        if session is None:
            return self._late()
        added = self._factors.totp.confirm(session, code)
        if not isinstance(added, Refused):
            return _to(HOME)
        enrolment = self._factors.totp.enrolling(session)
        if enrolment is None:
            return self._late()
        return self._app(session, enrolment, error=SAID_OF_REFUSED[added.why])

    def ask_not_me(self) -> Response:
        """Only a press of the button removes anything: mail scanners follow links, people press."""
        return self._pages.show("security_not_me.html")

    def not_me(self, request: Request, token: str) -> Response:
        self._visitors.refuse_other_sites(request)
        if self._factors.all.not_me(token):
            return self._pages.show("security_disowned.html")
        return self._pages.show("security_refused.html", 410, error="utter_factors_late")

    def _go_on(self, request: Request, session: Session, deed: Deed) -> Response:
        grant = self._guard.require(deed, session, None, self._visitors.origin(request))
        if isinstance(grant, Grant):
            return self._do(session, grant)
        held = self._proposals.held(page_of(session.conversation))
        if grant.reason is Reason.STEP_UP and held is not None:
            return self._ask(session, held)
        if grant.reason in (Reason.SIGN_IN, Reason.STALE) and grant.level <= Level.SIGNED_IN:
            return _to(SIGN_IN)
        return self._late()

    def _do(self, session: Session, grant: Grant) -> Response:
        if grant.person is None or grant.details is None:
            return self._late()
        plan, factors = Plan.of(grant.details), self._factors
        emails = factors.contacts.emails(grant.person)
        shown = emails[0] if emails else Personal(plan.name or grant.deed)
        csrf = self._tokens.of(session)
        if plan.what == "passkey":
            options = factors.passkeys.register_options(session, grant.person, plan.name, shown)
            return self._pages.show("security_passkey.html", options=options, name=plan.name, csrf=csrf)
        if plan.what == "totp":
            return self._app(session, factors.totp.enrol(session, plan.name, shown))
        if plan.what == "codes":
            codes = [code.reveal() for code in factors.recovery.make(session, grant.person)]
            return self._pages.show("security_codes.html", codes=codes)
        factors.all.remove(session, plan.factor)
        return _to(HOME)

    def _app(self, session: Session, enrolment: Enrolment, *, error: str = "") -> Response:
        secret = enrolment.secret.reveal()
        picture = segno.make(enrolment.address.reveal(), error="m").svg_inline(scale=5, light="#fff")
        return self._pages.show(
            "security_totp.html",
            422 if error else 200,
            picture=picture,
            secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            csrf=self._tokens.of(session),
            **({"error": error} if error else {}),
        )

    def _ask(self, session: Session, held: Held, *, error: str = "") -> Response:
        target = Target(held.deed, held.subject, held.agreed.digest)
        return self._pages.show(
            "step_up.html",
            422 if error else 200,
            action=f"{HOME}/confirm",
            plan=Plan.of(held.agreed.details),
            shown=None,
            csrf=self._tokens.of(session),
            own=True,
            **self._form.ways(session, target),
            **({"error": error} if error else {}),
        )

    def _own(self, request: Request) -> Session | None:
        session = self._visitors.own(request)
        return session if session is not None and session.transport == "cookie" else None

    def _sent_by(self, request: Request, csrf: str) -> Session | None:
        """Whose form it is, if it was made for this very session."""
        session = self._own(request)
        return session if session is not None and self._tokens.fits(session, csrf) else None

    def _late(self) -> Response:
        return self._pages.show("security_refused.html", 403, error="utter_factors_late")


def _to(place: str) -> Response:
    return RedirectResponse(place, 303)
