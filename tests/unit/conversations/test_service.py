from pathlib import Path

import pytest

from countersign.conversations.models import Expectation
from countersign.conversations.service import HISTORY, OFFERED_WITHIN
from countersign.kit.hidden import Personal
from tests.unit.conversations.conftest import Archive

CHOICES = [("Sign in", "/sign_in"), ("Track it", '/track_order{"order_number": "#W1000001"}')]


def texts(archive: Archive, conversation: str, after: int = 0) -> list[str]:
    return [entry.body["text"] for entry in archive.conversations.history(conversation, after)]


class TestHistory:
    def test_is_told_in_order_with_who_and_when(self, archive: Archive) -> None:
        started = archive.clock.now()
        archive.conversations.append("cnv_1", "shopper", {"text": "hello"}, key="key_1")
        archive.clock.advance(seconds=2)
        archive.conversations.append("cnv_1", "assistant", {"text": "hi", "buttons": []}, key="key_1")
        first, second = archive.conversations.history("cnv_1")
        assert (first.number, first.at, first.sender, first.body) == (
            1,
            started,
            "shopper",
            {"text": "hello"},
        )
        assert (second.number, second.sender, second.key) == (2, "assistant", "key_1")
        assert second.at == archive.clock.now()
        assert second.body == {"text": "hi", "buttons": []}

    def test_is_each_conversations_own(self, archive: Archive) -> None:
        archive.spoken("cnv_1", "mine")
        archive.spoken("cnv_2", "yours")
        assert (texts(archive, "cnv_1"), texts(archive, "cnv_2")) == (["mine"], ["yours"])

    def test_goes_on_after_what_was_seen(self, archive: Archive) -> None:
        archive.spoken("cnv_1", "one", "two", "three")
        assert texts(archive, "cnv_1", after=2) == ["three"]
        assert texts(archive, "cnv_1", after=3) == []

    def test_of_a_long_talk_is_its_end(self, archive: Archive) -> None:
        archive.spoken("cnv_1", *(str(number) for number in range(HISTORY + 5)))
        kept = texts(archive, "cnv_1")
        assert (len(kept), kept[0], kept[-1]) == (HISTORY, "5", str(HISTORY + 4))

    def test_is_found_by_the_key_of_a_message(self, archive: Archive) -> None:
        archive.conversations.append("cnv_1", "shopper", {"text": "hello"}, key="key_1")
        archive.conversations.append("cnv_1", "shopper", {"text": "more"}, key="key_2")
        archive.conversations.append("cnv_1", "assistant", {"text": "hi"}, key="key_1")
        found = archive.conversations.of_key("cnv_1", "key_1")
        assert [entry.body["text"] for entry in found] == ["hello", "hi"]
        assert archive.conversations.of_key("cnv_2", "key_1") == []

    def test_no_word_of_it_stands_on_the_disk(self, archive: Archive, tmp_path: Path) -> None:
        archive.spoken("cnv_1", "12 Birch Street")
        archive.conversations.offer("cnv_1", [("Birch again", "/affirm")])
        archive.errands.suspend(
            "cnv_1", "action_track_order", {"orders_hint": "Birch"}, deed="d", level="l", reason="r"
        )
        files = [path for path in tmp_path.iterdir() if path.name.startswith("core.db")]
        assert b"cnv_1" in b"".join(path.read_bytes() for path in files)
        assert b"Birch" not in b"".join(path.read_bytes() for path in files)

    def test_what_is_written_together_is_kept_whole_or_not_at_all(self, archive: Archive) -> None:
        def broken() -> None:
            with archive.conversations.together():
                archive.spoken("cnv_1", "one")
                archive.conversations.expect_answer("cnv_1", "postcode")
                raise RuntimeError("the process is gone")

        with pytest.raises(RuntimeError):
            broken()
        assert texts(archive, "cnv_1") == []
        assert archive.conversations.expectation("cnv_1") == Expectation()


class TestUndelivered:
    def test_is_given_out_once_in_order(self, archive: Archive) -> None:
        archive.spoken("cnv_1", "hello")
        for text in ("one", "two"):
            archive.conversations.append("cnv_1", "assistant", {"text": text}, delivered=False)
        taken = archive.conversations.take_undelivered("cnv_1")
        assert [entry.body["text"] for entry in taken] == ["one", "two"]
        assert archive.conversations.take_undelivered("cnv_1") == []
        assert texts(archive, "cnv_1") == ["hello", "one", "two"]

    def test_of_another_conversation_stays(self, archive: Archive) -> None:
        archive.conversations.append("cnv_1", "assistant", {"text": "one"}, delivered=False)
        assert archive.conversations.take_undelivered("cnv_2") == []
        assert len(archive.conversations.take_undelivered("cnv_1")) == 1

    def test_becomes_part_of_the_answer_that_it_came_with(self, archive: Archive) -> None:
        archive.conversations.append("cnv_1", "assistant", {"text": "earlier"}, key="key_0")
        archive.conversations.append("cnv_1", "assistant", {"text": "waited"}, delivered=False)
        archive.conversations.take_undelivered("cnv_1", "key_1")
        answer = archive.conversations.of_key("cnv_1", "key_1")
        assert [entry.body["text"] for entry in answer] == ["waited"]
        assert [entry.body["text"] for entry in archive.conversations.of_key("cnv_1", "key_0")] == ["earlier"]


class TestButtons:
    def test_names_tell_nothing_of_what_they_do(self, archive: Archive) -> None:
        offered = archive.conversations.offer("cnv_1", CHOICES)
        assert [button["title"] for button in offered] == ["Sign in", "Track it"]
        names = [button["payload"] for button in offered]
        assert len(set(names)) == 2
        assert not any("sign" in name or "/" in name or "W1000001" in name for name in names)

    def test_the_same_choice_has_another_name_each_time(self, archive: Archive) -> None:
        (first,), (second,) = (archive.conversations.offer("cnv_1", CHOICES[:1]) for _ in range(2))
        assert first["payload"] != second["payload"]

    def test_nothing_offered_is_nothing_kept(self, archive: Archive) -> None:
        assert archive.conversations.offer("cnv_1", []) == []

    def test_a_pressed_one_gives_its_title_and_payload_once(self, archive: Archive) -> None:
        _, button = archive.conversations.offer("cnv_1", CHOICES)
        assert archive.conversations.spend("cnv_1", button["payload"], "key_1") == CHOICES[1]
        assert archive.conversations.spend("cnv_1", button["payload"], "key_2") is None

    def test_the_same_message_sent_again_presses_it_again(self, archive: Archive) -> None:
        (button,) = archive.conversations.offer("cnv_1", CHOICES[:1])
        pressed = [archive.conversations.spend("cnv_1", button["payload"], "key_1") for _ in range(2)]
        assert pressed == [CHOICES[0], CHOICES[0]]

    def test_one_pressed_leaves_its_neighbour(self, archive: Archive) -> None:
        first, second = archive.conversations.offer("cnv_1", CHOICES)
        archive.conversations.spend("cnv_1", first["payload"], "key_1")
        assert archive.conversations.spend("cnv_1", second["payload"], "key_2") == CHOICES[1]

    @pytest.mark.parametrize("name", ["", "/sign_in", "btn_AAAAAAAAAAAAAAAAAAAAAA", "' or 1=1 --"])
    def test_one_that_was_never_offered_is_none(self, archive: Archive, name: str) -> None:
        archive.conversations.offer("cnv_1", CHOICES)
        assert archive.conversations.spend("cnv_1", name, "key_1") is None

    def test_one_of_another_conversation_is_none_and_stays_unspent(self, archive: Archive) -> None:
        (button,) = archive.conversations.offer("cnv_1", CHOICES[:1])
        assert archive.conversations.spend("cnv_2", button["payload"], "key_1") is None
        assert archive.conversations.spend("cnv_1", button["payload"], "key_2") == CHOICES[0]

    @pytest.mark.parametrize(("later", "counts"), [(OFFERED_WITHIN - 1, True), (OFFERED_WITHIN, False)])
    def test_one_counts_while_its_message_is_among_the_last_twenty(
        self, archive: Archive, later: int, counts: bool
    ) -> None:
        (button,) = archive.conversations.offer("cnv_1", CHOICES[:1])
        archive.conversations.append("cnv_1", "assistant", {"text": "choose", "buttons": [button]})
        archive.spoken("cnv_1", *("more" for _ in range(later)))
        assert (archive.conversations.spend("cnv_1", button["payload"], "key_1") is not None) is counts


class TestExpectation:
    def test_is_nothing_at_first(self, archive: Archive) -> None:
        assert archive.conversations.expectation("cnv_1") == Expectation()

    def test_an_answer_and_a_sign_in_are_awaited_side_by_side(self, archive: Archive) -> None:
        archive.conversations.expect_answer("cnv_1", "postcode")
        archive.conversations.expect_sign_in("cnv_1", "email")
        assert archive.conversations.expectation("cnv_1") == Expectation("postcode", "email")
        archive.conversations.expect_sign_in("cnv_1", "code")
        archive.conversations.expect_answer("cnv_1", None)
        assert archive.conversations.expectation("cnv_1") == Expectation(None, "code")

    def test_an_answered_question_is_over_and_the_sign_in_is_not(self, archive: Archive) -> None:
        archive.conversations.answered("cnv_1")
        archive.conversations.expect_answer("cnv_1", "postcode")
        archive.conversations.expect_sign_in("cnv_1", "email")
        archive.conversations.answered("cnv_1")
        assert archive.conversations.expectation("cnv_1") == Expectation(None, "email")

    def test_is_each_conversations_own(self, archive: Archive) -> None:
        archive.conversations.expect_answer("cnv_1", "postcode")
        assert archive.conversations.expectation("cnv_2") == Expectation()


def furnish(archive: Archive, conversation: str) -> tuple[str, bytes, str, str]:
    """A conversation with something of everything: its token, key, button and page."""
    archive.spoken(conversation, "hello")
    token = archive.tokens.issue(conversation, "email", Personal("una.lark@post.example"))
    (button,) = archive.conversations.offer(conversation, CHOICES[:1])
    archive.conversations.expect_sign_in(conversation, "email")
    page = archive.errands.suspend(conversation, "action_list_orders", {}, deed="d", level="l", reason="r")
    return token, archive.data_keys.lend(conversation), button["payload"], page.reveal()


class TestForgetting:
    def test_leaves_nothing_and_destroys_tokens_and_the_data_key(self, archive: Archive) -> None:
        token, key, button, _ = furnish(archive, "cnv_1")
        archive.conversations.forget("cnv_1")
        assert archive.conversations.history("cnv_1") == []
        assert archive.tokens.open("cnv_1", token) is None
        assert archive.data_keys.lend("cnv_1") != key
        assert archive.conversations.spend("cnv_1", button, "key_1") is None
        assert archive.conversations.expectation("cnv_1") == Expectation()
        assert archive.errands.waiting("cnv_1") is None

    def test_leaves_other_conversations_whole(self, archive: Archive) -> None:
        furnish(archive, "cnv_1")
        token, key, button, page = furnish(archive, "cnv_2")
        archive.conversations.forget("cnv_1")
        assert texts(archive, "cnv_2") == ["hello"]
        assert archive.tokens.open("cnv_2", token) == Personal("una.lark@post.example")
        assert archive.data_keys.lend("cnv_2") == key
        assert archive.conversations.spend("cnv_2", button, "key_1") == CHOICES[0]
        assert archive.errands.of_page(page).conversation == "cnv_2"

    def test_what_is_silent_for_too_long_is_forgotten_with_its_tokens_and_key(self, archive: Archive) -> None:
        token, key, *_ = furnish(archive, "cnv_old")
        archive.clock.advance(days=29)
        furnish(archive, "cnv_new")
        archive.clock.advance(days=1)
        assert archive.conversations.purge(30) == 0
        archive.clock.advance(seconds=1)
        assert archive.conversations.purge(30) == 1
        assert archive.conversations.history("cnv_old") == []
        assert archive.tokens.open("cnv_old", token) is None
        assert archive.data_keys.lend("cnv_old") != key
        assert texts(archive, "cnv_new") == ["hello"]

    def test_a_talk_that_goes_on_keeps_its_beginning(self, archive: Archive) -> None:
        archive.spoken("cnv_1", "first")
        archive.clock.advance(days=20)
        archive.spoken("cnv_1", "second")
        archive.clock.advance(days=20)
        assert archive.conversations.purge(30) == 0
        assert texts(archive, "cnv_1") == ["first", "second"]
