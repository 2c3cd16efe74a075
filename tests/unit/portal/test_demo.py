import pytest

from tests.fakes.gateway_parts import UNA, Stage
from tests.fakes.visitors import Visitor


@pytest.fixture
def mailed(stage: Stage) -> Stage:
    stage.signed_in()
    return stage


def test_the_outbox_shows_every_mail_that_would_have_left(mailed: Stage) -> None:
    (mail,) = Visitor(mailed.public_app()).get("/demo/outbox").json()
    assert set(mail) == {"at", "to", "medium", "subject", "text", "code", "link"}
    assert (mail["to"], mail["medium"]) == (UNA.reveal(), "mail")
    assert mail["code"] in mail["text"] and mail["link"].startswith("http://testserver/portal/sign-in#")
    assert mail["at"].endswith("+00:00")


def test_the_outbox_is_searched_by_address(mailed: Stage) -> None:
    browser = Visitor(mailed.public_app())
    assert len(browser.get("/demo/outbox", params={"to": UNA.reveal()}).json()) == 1
    assert browser.get("/demo/outbox", params={"to": "nobody@post.example"}).json() == []


def test_the_mailbox_is_a_page_newest_first(mailed: Stage) -> None:
    mailed.signed_in()
    first, second = (mail["code"] for mail in mailed.demo_outbox.messages())
    page = Visitor(mailed.public_app()).get("/demo/mail").text
    assert 0 < page.index(second) < page.index(first)


def test_the_mailbox_shows_markup_as_text(stage: Stage) -> None:
    page = Visitor(stage.public_app()).get("/demo/mail", params={"to": '"><script>x</script>'})
    assert page.status_code == 200 and "<script>x" not in page.text


def test_outside_the_demo_there_is_no_outbox(mailed: Stage) -> None:
    mailed.settings.demo = False
    browser = Visitor(mailed.public_app())
    assert browser.get("/demo/outbox").status_code == 404
    assert browser.get("/demo/mail").status_code == 404
    assert "/demo/outbox" not in browser.get("/api/openapi.json").json()["paths"]
