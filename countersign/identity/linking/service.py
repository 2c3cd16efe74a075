"""Whose account a messenger's chat belongs to.

The last step is always a code that somebody who is signed in was shown, typed in the messenger:

- *from the web chat*: the signed-in shopper asks, gets a code, types it in the messenger;
- *from the messenger*: the chat gets a one-time link; behind it the shopper signs in and is shown a code that
  works in that very chat and in no other. The link alone links nothing: whoever sends theirs to
  somebody who is signed in gains nothing by the click.

Codes work once, for ten minutes; tries are counted per chat and overall. What a messenger says about a
person, a name or a phone number, is never asked.
"""

import json
from datetime import datetime

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.db.engine import Database
from countersign.identity import codes
from countersign.identity.errors import SessionUnknownError
from countersign.identity.linking.models import (
    CODE_LIFE,
    MOST_LINKS,
    Chat,
    Link,
    LinkCode,
    Linked,
    NotLinked,
)
from countersign.identity.linking.repository import CodeRow, LinkRepository, LinkRow
from countersign.identity.models import Level, Session
from countersign.identity.pseudonyms import person_index, pseudonym
from countersign.identity.service import Sessions
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal, Secret
from countersign.kit.ids import new_id, new_token
from countersign.risk.interfaces import Limiter
from countersign.risk.models import Wait
from countersign.risk.table import Bucket
from countersign.vault.models import Sealed
from countersign.vault.service import Vault

_CODE_PERSON = "channel.code.person"
_LINK_PERSON = "channel.link.person"


class Linking:
    def __init__(
        self, db: Database, sessions: Sessions, limits: Limiter, vault: Vault, audit: Audit, clock: Clock
    ) -> None:
        self._db = db
        self._rows = LinkRepository(db)
        self._sessions = sessions
        self._limits = limits
        self._vault = vault
        self._audit = audit
        self._clock = clock

    def start(self, session: Session) -> LinkCode | Wait:
        """A code for the messenger of whoever is signed in here; an earlier one is dead.

        Whether they are so freshly enough is the checkpoint's to say. Raises SessionUnknownError when the
        session is over or nobody is signed in, and UnavailableError.
        """
        return self._code(session, None)

    def invite(self, chat: Chat) -> Secret | Wait:
        """The token of a one-time link for this chat; an earlier one is dead. Raises UnavailableError."""
        name = self._chat(chat)
        wait = self._limits.hit(Bucket.LINK_TRIES_PER_CHAT, name.hex())
        if wait is not None:
            return wait
        token = Secret(new_token())
        expires_at = self._clock.now() + CODE_LIFE
        self._rows.replace_invitation(name, token=self._token(token.reveal()), expires_at=expires_at)
        return token

    def follow(self, token: str, session: Session) -> LinkCode | NotLinked | Wait:
        """What whoever is signed in here sees behind the link: a code for the chat that it came from.

        The link is spent. Raises as `start` does; then it is not.
        """
        with self._db.begin():
            self._person(session)
            found = self._rows.take_invitation(self._token(token))
            if found is None or found[1] <= self._clock.now():
                return NotLinked()
            return self._code(session, found[0])

    def redeem(self, chat: Chat, typed: str) -> Linked | NotLinked | Wait:
        """Links the chat by what was typed in it. A code that fits is spent, whatever comes of it.

        Raises UnavailableError; then nothing is spent.
        """
        name = self._chat(chat)
        for bucket, key in ((Bucket.LINK_TRIES_PER_CHAT, name.hex()), (Bucket.LINK_TRIES_OVERALL, "all")):
            wait = self._limits.hit(bucket, key)
            if wait is not None:
                self._refused(name, chat.channel, bucket.value)
                return wait
        with self._db.begin():
            row = self._rows.take_code(self._hash(codes.normalise(typed) or ""))
            reason = self._fault(row, name)
            if row is None or reason:
                self._refused(name, chat.channel, reason)
                return NotLinked()
            return self._link(name, chat.channel, row)

    def person_of(self, chat: Chat) -> str | None:
        """Whose account this chat is linked to. Raises UnavailableError."""
        row = self._rows.of_chat(self._chat(chat))
        return None if row is None else self._owner(row)

    def links_of(self, person: str) -> list[Link]:
        """Oldest first."""
        return [_link(row) for row in self._rows.of_person(person_index(self._vault, person))]

    def unlink(self, person: str, id_: str) -> bool:
        """False when this person has no such link; somebody else's stays."""
        with self._db.begin():
            row = self._rows.remove(person_index(self._vault, person), id_)
            return self._removed(row, person, "account")

    def unlink_chat(self, chat: Chat) -> bool:
        """As said in the messenger itself. False when the chat was nobody's."""
        with self._db.begin():
            row = self._rows.remove_chat(self._chat(chat))
            return self._removed(row, "" if row is None else self._owner(row), "chat")

    def purge(self) -> int:
        """Deletes codes and links whose time is over; how many."""
        return self._rows.purge(self._clock.now())

    def _code(self, session: Session, chat: bytes | None) -> LinkCode | Wait:
        person = self._person(session)
        wait = self._limits.hit(Bucket.LINK_CODES_PER_SESSION, session.id)
        if wait is not None:
            return wait
        code, index, expires_at = codes.new_code(), person_index(self._vault, person), self._expiry()
        sealed = self._vault.seal(Personal(person), purpose=_CODE_PERSON, subject=index.hex())
        self._rows.replace_code(
            index, code=self._hash(code), person=sealed.raw, chat=chat, expires_at=expires_at
        )
        return LinkCode(Secret(codes.shown(code)), expires_at)

    def _person(self, session: Session) -> str:
        living = self._sessions.current(session.id)
        if living is None or living.person is None or living.level < Level.SIGNED_IN:
            raise SessionUnknownError("nobody is signed in here")
        return living.person

    def _fault(self, row: CodeRow | None, chat: bytes) -> str:
        """Why a code links nothing, for the log; "" when it does."""
        if row is None:
            return "code"
        if row.expires_at <= self._clock.now():
            return "too-old"
        if row.chat is not None and bytes(row.chat) != chat:
            return "another-chat"
        known = self._rows.of_chat(chat)
        if known is not None:
            return "" if bytes(known.person_index) == bytes(row.person_index) else "anothers-chat"
        return "too-many" if self._rows.count(row.person_index) >= MOST_LINKS else ""

    def _link(self, chat: bytes, channel: str, row: CodeRow) -> Linked | NotLinked:
        index = bytes(row.person_index)
        person = self._vault.open(Sealed(row.person), purpose=_CODE_PERSON, subject=index.hex()).reveal()
        known = self._rows.of_chat(chat)
        if known is not None:
            return Linked(_link(known), person)
        link = Link(new_id("lnk"), channel, self._clock.now())
        added = self._rows.add(
            chat=chat,
            id=link.id,
            channel=channel,
            person=self._vault.seal(Personal(person), purpose=_LINK_PERSON, subject=chat.hex()).raw,
            person_index=index,
            linked_at=link.linked_at,
        )
        if not added:
            self._refused(chat, channel, "anothers-chat")
            return NotLinked()
        self._audit.record(
            Tag.CHANNEL_LINKED,
            actor=_name(chat),
            subject=pseudonym(self._vault, person),
            outcome="done",
            detail={"channel": channel},
        )
        return Linked(link, person)

    def _removed(self, row: LinkRow | None, person: str, via: str) -> bool:
        if row is None:
            return False
        self._audit.record(
            Tag.CHANNEL_UNLINKED,
            actor=_name(bytes(row.chat)),
            subject=pseudonym(self._vault, person),
            outcome="done",
            detail={"channel": row.channel, "via": via},
        )
        return True

    def _owner(self, row: LinkRow) -> str:
        subject = bytes(row.chat).hex()
        return self._vault.open(Sealed(row.person), purpose=_LINK_PERSON, subject=subject).reveal()

    def _expiry(self) -> datetime:
        return self._clock.now() + CODE_LIFE

    def _chat(self, chat: Chat) -> bytes:
        return self._vault.mac(json.dumps([chat.channel, chat.id.reveal()]), purpose="channel.chat")

    def _hash(self, code: str) -> bytes:
        return self._vault.mac(code, purpose="channel.code")

    def _token(self, token: str) -> bytes:
        return self._vault.mac(json.dumps(token), purpose="channel.invitation")

    def _refused(self, chat: bytes, channel: str, reason: str) -> None:
        self._audit.record(
            Tag.CHANNEL_REFUSED,
            actor=_name(chat),
            subject=None,
            outcome="refused",
            detail={"channel": channel, "reason": reason},
        )


def _link(row: LinkRow) -> Link:
    return Link(row.id, row.channel, row.linked_at)


def _name(chat: bytes) -> str:
    return f"chat:{chat.hex()[:32]}"
