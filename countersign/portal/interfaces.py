"""What the pages need of the gateway, their neighbour; `bootstrap` passes it in."""

from typing import Any, Protocol

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from countersign.identity.models import Opened, Session


class Visitors(Protocol):
    """Who is at the other end of a request."""

    def own(self, request: HTTPConnection) -> Session | None:
        """The living session of this very browser, or None."""
        ...

    def open(self, request: HTTPConnection) -> Opened | None:
        """A new cookie session for this browser; None when its address has opened too many."""
        ...

    def origin(self, request: HTTPConnection) -> str:
        """A keyed hash of the network address, for limits."""
        ...

    def refuse_other_sites(self, request: HTTPConnection) -> None:
        """Raises RefusedError when a page of another site sent this."""
        ...

    def set_cookies(self, response: Response, opened: Opened) -> None: ...


class Checkpoints(Protocol):
    def session_of(self, request: Request, page: str) -> Session:
        """The living session that a checkpoint's page is for.

        Raises CheckpointGoneError, and RefusedError when another site's page sent the form.
        """
        ...

    def gone(self) -> Response: ...


class Continues(Protocol):
    async def passed(self, opened: Opened) -> None:
        """The checkpoint is passed: the interrupted errand goes on in the chat."""
        ...


class Words(Protocol):
    def say(self, name: str, **values: object) -> str:
        """The text of a response with its placeholders filled."""
        ...


class Outbox(Protocol):
    def messages(self, to: str | None = None) -> list[dict[str, Any]]:
        """`[{at, to, medium, subject, text, code?, link?}]`, newest last; of one address with `to`."""
        ...
