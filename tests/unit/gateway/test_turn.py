from tests.fakes.gateway_parts import Stage, run, texts


def test_words_go_to_rasa_and_its_answer_comes_back(stage: Stage) -> None:
    session = stage.guest()
    reply = run(stage.say(session, "hello"))
    assert texts(reply) == ["You said: hello"]
    assert stage.rasa.values == ["hello"]
    assert stage.history(session) == [("shopper", "hello"), ("assistant", "You said: hello")]
