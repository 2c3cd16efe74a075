"""Passkeys (WebAuthn level 3, by py_webauthn): registered, signed in with, stepped up with.

Every challenge is of one session and one purpose, lives for five minutes and answers once, right or wrong.
The person must have been verified by their device (PIN, face, finger), so a passkey is two factors in one.
"""

import json
from collections.abc import Sequence

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.db.engine import Database
from countersign.identity.errors import PersonDiffersError, SessionUnknownError
from countersign.identity.factors.models import (
    CHALLENGE_LIFE,
    Factor,
    Kind,
    Proven,
    Refused,
    Risen,
    Site,
    Target,
    Way,
    WhyNot,
)
from countersign.identity.factors.repository import ChallengeRepository, ChallengeRow, FactorRow
from countersign.identity.factors.service import Factors
from countersign.identity.factors.step_up import StepUps
from countersign.identity.factors.tries import Tries
from countersign.identity.models import Level, Session
from countersign.identity.pseudonyms import person_index, pseudonym
from countersign.identity.repository import DeviceRepository
from countersign.identity.service import Sessions
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal
from countersign.kit.ids import new_id
from countersign.vault.service import Vault

REGISTER, SIGN_IN, STEP_UP = "register", "sign_in", "step_up"
_CONTENT = "factor.challenge"
_TIMEOUT_MS = int(CHALLENGE_LIFE.total_seconds() * 1000)


class Passkeys:
    """Options are JSON for the browser's parseCreationOptionsFromJSON and parseRequestOptionsFromJSON,
    answers what `toJSON()` of its credential gives."""

    def __init__(
        self,
        db: Database,
        factors: Factors,
        step_ups: StepUps,
        tries: Tries,
        sessions: Sessions,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        site: Site,
    ) -> None:
        self._db = db
        self._challenges = ChallengeRepository(db)
        self._known_devices = DeviceRepository(db)
        self._factors = factors
        self._step_ups = step_ups
        self._tries = tries
        self._sessions = sessions
        self._vault = vault
        self._audit = audit
        self._clock = clock
        self.site = site

    def register_options(self, session: Session, person: str, name: str, shown: Personal) -> str:
        """`name` is what the person calls it, `shown` what their device shows of the account."""
        options = generate_registration_options(
            rp_id=self.site.rp_id,
            rp_name=self.site.name,
            user_id=self._handle(person),
            user_name=shown.reveal(),
            timeout=_TIMEOUT_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=self._descriptors(person),
        )
        self._ask(session, REGISTER, options.challenge, name=name)
        return options_to_json(options)

    def register(self, session: Session, person: str, answer: str, address: str = "") -> Factor | Refused:
        """Adds the passkey to the person of the session. Raises UnavailableError: then it was not added."""
        asked = self._challenges.take(session.id, REGISTER, self._clock.now())
        if asked is None or session.person != person:
            return Refused(WhyNot.LATE)
        content = self._content(asked)
        made = self._made(answer, bytes.fromhex(content["challenge"]))
        if made is None:
            self._tries.wrong(session, None, address, Kind.PASSKEY.value, REGISTER)
            return Refused(WhyNot.WRONG)
        credential = self._credential_hash(made.credential_id)
        secret = json.dumps({"id": made.credential_id.hex(), "key": made.credential_public_key.hex()})
        with self._db.begin():
            if self._factors.rows.by_credential(credential) is not None:
                return Refused(WhyNot.KNOWN)
            return self._factors.add(
                session,
                Kind.PASSKEY,
                content["name"],
                secret.encode(),
                counter=made.sign_count,
                credential=credential,
            )

    def sign_in_options(self, session: Session) -> str:
        """For whoever it may be: the device offers the passkeys that it holds for this site."""
        options = generate_authentication_options(
            rp_id=self.site.rp_id,
            timeout=_TIMEOUT_MS,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        self._ask(session, SIGN_IN, options.challenge)
        return options_to_json(options)

    def sign_in(self, session: Session, answer: str, address: str = "") -> Risen | Refused:
        """Signs in the person whose passkey it is, and rotates the session; stepped up when it counts."""
        with self._db.begin():
            proven = self._proven(session, SIGN_IN, None, answer, address)
            if isinstance(proven, Refused):
                return proven
            counts = proven.factor.counts(self._clock.now())
            level = Level.STEPPED_UP if counts else Level.SIGNED_IN
            try:
                opened = self._sessions.rise(session, proven.person, level)
            except (PersonDiffersError, SessionUnknownError) as error:
                other = isinstance(error, PersonDiffersError)
                return Refused(WhyNot.OTHER_PERSON if other else WhyNot.LATE)
            index = person_index(self._vault, proven.person)
            device = self._sessions.device_of(opened.session)
            self._known_devices.remember(index, device, self._clock.now())
            self._audit.record(
                Tag.SIGNIN_DONE,
                actor=opened.session.id,
                subject=pseudonym(self._vault, proven.person),
                outcome="done",
                detail={"via": Kind.PASSKEY.value},
            )
            self._shown(opened.session, proven)
            return Risen(opened, proven.factor.id)

    def step_up_options(self, session: Session, person: str, target: Target) -> str:
        """For the person's own passkeys that count."""
        now = self._clock.now()
        counting = [row for row in self._factors.rows_of(person) if self._factors.factor(row).counts(now)]
        options = generate_authentication_options(
            rp_id=self.site.rp_id,
            timeout=_TIMEOUT_MS,
            allow_credentials=self._descriptors(person, counting),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        self._ask(session, STEP_UP, options.challenge, bound=self._step_ups.bound(target))
        return options_to_json(options)

    def step_up(self, session: Session, target: Target, answer: str, address: str = "") -> Risen | Refused:
        """Steps the session up for the target, with a passkey of its own person's."""
        if session.person is None:
            return Refused(WhyNot.LATE)
        with self._db.begin():
            proven = self._proven(session, STEP_UP, self._step_ups.bound(target), answer, address)
            if isinstance(proven, Refused):
                return proven
            if not proven.factor.counts(self._clock.now()):
                return Refused(WhyNot.WAITING)
            try:
                opened = self._step_ups.rise(session, proven.person, target, Way.PASSKEY)
            except (PersonDiffersError, SessionUnknownError):
                return Refused(WhyNot.LATE)
            self._shown(opened.session, proven)
            return Risen(opened, proven.factor.id)

    def purge(self) -> int:
        """Deletes challenges whose time is over, passkeys' and others; how many."""
        return self._challenges.purge(self._clock.now())

    def _shown(self, session: Session, proven: Proven) -> None:
        if proven.factor.counts(self._clock.now()):
            self._tries.right(session, proven.person)

    def _proven(
        self, session: Session, purpose: str, bound: bytes | None, answer: str, address: str
    ) -> Proven | Refused:
        """Whose passkey answered the challenge that this session was asked for this purpose.

        To step up it must be the session's own person's; to sign in it says who that is.
        """
        if self._tries.full(session, None, address):
            return Refused(WhyNot.TOO_MANY)
        asked = self._challenges.take(session.id, purpose, self._clock.now())
        if asked is None or asked.bound != bound:
            return Refused(WhyNot.LATE)
        challenge = bytes.fromhex(self._content(asked)["challenge"])
        found = self._verified(answer, challenge, session.person if purpose == STEP_UP else None)
        if isinstance(found, str):
            self._tries.wrong(session, None, address, Kind.PASSKEY.value, found)
            return Refused(WhyNot.WRONG)
        row, used = found
        now = self._clock.now()
        if not self._factors.rows.raise_counter(row.id, used.new_sign_count, now, may_stay_zero=True):
            self._tries.wrong(session, None, address, Kind.PASSKEY.value, WhyNot.COPIED.value)
            return Refused(WhyNot.COPIED)
        return Proven(self._factors.factor(row), self._factors.person(row))

    def _verified(
        self, answer: str, challenge: bytes, person: str | None
    ) -> tuple[FactorRow, VerifiedAuthentication] | str:
        """The passkey and what it said, or in one word what is wrong."""
        try:
            given = parse_authentication_credential_json(answer)
        except Exception:  # noqa: BLE001 - the answer is anybody's: whatever it breaks in the parser, it is wrong
            return "invalid"
        row = self._factors.rows.by_credential(self._credential_hash(given.raw_id))
        if row is None:
            return "unknown"
        owner, handle = self._factors.person(row), given.response.user_handle
        if owner != (person or owner) or (handle or self._handle(owner)) != self._handle(owner):
            return WhyNot.OTHER_PERSON.value
        key = bytes.fromhex(json.loads(self._factors.secret(row))["key"])
        try:
            used = verify_authentication_response(
                credential=given,
                expected_challenge=challenge,
                expected_rp_id=self.site.rp_id,
                expected_origin=self.site.origin,
                credential_public_key=key,
                # Compared by the database, in one statement and only once the signature is right.
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except Exception:  # noqa: BLE001 - as above
            return "invalid"
        return row, used

    def _made(self, answer: str, challenge: bytes) -> VerifiedRegistration | None:
        try:
            return verify_registration_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self.site.rp_id,
                expected_origin=self.site.origin,
                require_user_verification=True,
            )
        except Exception:  # noqa: BLE001 - as above
            return None

    def _ask(
        self, session: Session, purpose: str, challenge: bytes, *, name: str = "", bound: bytes | None = None
    ) -> None:
        content = json.dumps({"challenge": challenge.hex(), "name": name})
        self._challenges.replace(
            session.id,
            purpose,
            id=(id_ := new_id("chl")),
            content=self._vault.seal(Personal(content), purpose=_CONTENT, subject=id_),
            bound=bound,
            expires_at=self._clock.now() + CHALLENGE_LIFE,
        )

    def _content(self, row: ChallengeRow) -> dict[str, str]:
        opened = self._vault.open(row.content, purpose=_CONTENT, subject=row.id)
        content: dict[str, str] = json.loads(opened.reveal())
        return content

    def _descriptors(
        self, person: str, rows: Sequence[FactorRow] | None = None
    ) -> list[PublicKeyCredentialDescriptor]:
        known = self._factors.rows_of(person) if rows is None else rows
        secrets = [json.loads(self._factors.secret(row)) for row in known if row.kind == Kind.PASSKEY]
        return [PublicKeyCredentialDescriptor(id=bytes.fromhex(one["id"])) for one in secrets]

    def _handle(self, person: str) -> bytes:
        """WebAuthn's user handle: nothing personal, the same for all passkeys of a person."""
        return self._vault.mac(person, purpose="factor.handle")

    def _credential_hash(self, credential: bytes) -> bytes:
        return self._vault.mac(credential.hex(), purpose="factor.credential")
