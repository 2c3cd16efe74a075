from typing import Annotated

import pytest
from fastapi import Body, FastAPI
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from structlog.testing import capture_logs

from countersign.conversations.errors import CheckpointGoneError, TurnForgedError
from countersign.gateway import problems
from countersign.gateway.errors import (
    EmptyError,
    NotTextError,
    OriginRefusedError,
    RasaUnavailableError,
    SessionRequiredError,
    SlowDownError,
    TooLongError,
)
from countersign.identity.errors import PersonDiffersError, SessionExpiredError, SessionUnknownError
from countersign.kit.errors import CountersignError
from countersign.store.errors import StoreUnavailableError
from tests.fakes.gateway_parts import Stage
from tests.fakes.visitors import Visitor

SECRET = "una.lark@post.example"


class Given(BaseModel):
    text: Annotated[str, Field(max_length=5)]
    number: int


@pytest.fixture
def app(stage: Stage) -> FastAPI:
    app = FastAPI()
    problems.install(app, stage.phrases)

    @app.post("/take")
    def take(given: Annotated[Given, Body()]) -> None: ...

    return app


@pytest.fixture
def visitor(app: FastAPI) -> Visitor:
    return Visitor(app)


def raising(app: FastAPI, error: Exception) -> str:
    @app.get("/raise/{what}")
    def fail(what: str) -> None:
        raise error

    return f"/raise/{SECRET}"


@pytest.mark.parametrize(
    ("error", "status", "type_", "detail"),
    [
        (EmptyError("x"), 422, "empty-message", "That message was empty. What can I do for you?"),
        (TooLongError(2000), 422, "message-too-long", "in at most 2000 characters"),
        (NotTextError("x"), 422, "not-text", "I can only read text."),
        (SlowDownError(7), 429, "slow-down", "Please wait 7 seconds"),
        (SessionRequiredError("x"), 401, "session-required", "A session is needed"),
        (SessionUnknownError("x"), 401, "session-required", "A session is needed"),
        (SessionExpiredError("x"), 401, "session-required", "A session is needed"),
        (OriginRefusedError("x"), 403, "origin-refused", "Not from here"),
        (TurnForgedError("x"), 403, "turn-forged", "Not from here"),
        (CheckpointGoneError("x"), 403, "checkpoint-gone", "Not from here"),
        (RasaUnavailableError("x"), 503, "assistant-unavailable", "Nothing was changed."),
        (StoreUnavailableError("x"), 503, "store-unavailable", "Nothing was changed."),
        (PersonDiffersError("x"), 500, "person-differs", "Something went wrong"),
        (CountersignError("x"), 500, "internal-error", "Something went wrong"),
    ],
)
def test_an_error_of_ours_has_a_stable_type_and_kind_words(
    app: FastAPI, visitor: Visitor, error: CountersignError, status: int, type_: str, detail: str
) -> None:
    answer = visitor.get(raising(app, error))
    found = answer.json()
    assert (answer.status_code, found["status"], found["type"]) == (status, status, f"/problems/{type_}")
    assert detail in found["detail"] and found["title"]
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("error", "header", "value"),
    [
        (SlowDownError(7), "retry-after", "7"),
        (RasaUnavailableError("x"), "retry-after", "2"),
        (SessionRequiredError("x"), "www-authenticate", "Bearer"),
    ],
)
def test_a_header_says_what_to_do_next(
    app: FastAPI, visitor: Visitor, error: CountersignError, header: str, value: str
) -> None:
    assert visitor.get(raising(app, error)).headers[header] == value


def test_the_wait_stands_in_the_body_too(app: FastAPI, visitor: Visitor) -> None:
    assert visitor.get(raising(app, SlowDownError(7))).json()["retry_after"] == 7


@pytest.mark.parametrize(
    "error", [CountersignError(SECRET), StoreUnavailableError(SECRET), SessionUnknownError(SECRET)]
)
def test_the_words_for_operators_never_leave(app: FastAPI, visitor: Visitor, error: CountersignError) -> None:
    assert SECRET not in visitor.get(raising(app, error)).text


def test_a_crash_shows_nothing_of_itself_and_raises_the_alarm(app: FastAPI, visitor: Visitor) -> None:
    with capture_logs() as logs:
        answer = visitor.get(raising(app, KeyError(SECRET)))
    assert answer.status_code == 500
    assert answer.json() == {
        "type": "/problems/internal-error",
        "title": "Something went wrong",
        "status": 500,
        "detail": "Something went wrong",
    }
    (log,) = logs
    assert (log["event"], log["log_level"], log["error"]) == ("request.crashed", "error", "KeyError")


@pytest.mark.parametrize("error", [StoreUnavailableError("x"), KeyError("x")])
def test_logs_name_the_place_and_never_the_address_that_was_asked_for(
    app: FastAPI, visitor: Visitor, error: Exception
) -> None:
    with capture_logs() as logs:
        visitor.get(raising(app, error))
    assert [log["path"] for log in logs] == ["/raise/{what}"]


def test_a_refusal_raises_no_alarm(app: FastAPI, visitor: Visitor) -> None:
    with capture_logs() as logs:
        visitor.get(raising(app, SessionRequiredError("x")))
    assert logs == []


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"{", "JSON"),
        (b"\xff\xfe\x00", ""),
        (b"[" * 5000, ""),
        (b"null", "body"),
        (b'{"text": "una.lark@post.example", "number": 1}', "text"),
        (b'{"text": "una", "number": "una.lark@post.example"}', "number"),
        (b'{"text": "\\ud800", "number": 1}', "text"),
    ],
)
def test_a_body_that_cannot_be_read_is_told_where_and_not_what(
    visitor: Visitor, body: bytes, where: str
) -> None:
    answer = visitor.post("/take", content=body, headers={"Content-Type": "application/json"})
    found = answer.json()
    assert (answer.status_code, found["type"]) == (400, "/problems/bad-request")
    assert where in found["detail"] and SECRET not in answer.text


def test_many_faults_are_told_up_to_five(app: FastAPI, visitor: Visitor) -> None:
    @app.post("/many")
    def many(given: Annotated[list[int], Body()]) -> None: ...

    detail = visitor.post("/many", json=["x"] * 9).json()["detail"]
    assert detail.count(";") == 4


@pytest.mark.parametrize(
    ("method", "path", "status", "type_"),
    [("GET", "/nowhere", 404, "not-found"), ("DELETE", "/take", 405, "method-not-allowed")],
)
def test_a_wrong_address_is_a_problem_too(
    visitor: Visitor, method: str, path: str, status: int, type_: str
) -> None:
    answer = visitor.request(method, path)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{type_}")


def test_a_status_without_a_name_of_its_own_is_refused(app: FastAPI, visitor: Visitor) -> None:
    answer = visitor.get(raising(app, HTTPException(418, "short and stout", {"X-Pot": "tea"})))
    assert answer.json() == {
        "type": "/problems/refused",
        "title": "Refused",
        "status": 418,
        "detail": "short and stout",
    }
    assert answer.headers["x-pot"] == "tea"
