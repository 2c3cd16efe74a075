"""Sign-ins: where a person is signed in, and ending one of them."""

from collections.abc import Mapping
from datetime import datetime

from actions.base import Events, GuardedAction
from actions.errands import stopped
from actions.questions import payload
from actions.scene import Scene
from countersign.checkpoints.grants import Grant
from countersign.checkpoints.table import Deed


class ListSessions(GuardedAction):
    NAME = "action_list_sessions"

    def perform(self, scene: Scene) -> Events:
        person = _person(scene, Deed.SESSION_LIST)
        if person is None:
            return []
        sessions = scene.services.sessions.of_person(person)
        if len(sessions) == 1:
            scene.say("utter_sessions_only_this")
            return []
        scene.say("utter_sessions_list", count=len(sessions))
        for one in sessions:
            here = one.id == scene.session.id
            handle = scene.services.sessions.handle(one)
            scene.card(
                "session",
                {"say": "card_session_here" if here else "card_session_elsewhere"},
                [
                    ("channel", one.channel),
                    ("since", _time(one.created_at)),
                    ("used", _time(one.last_seen_at)),
                ],
                [] if here else [("end", payload("end_session", session_handle=handle))],
            )
        return []


class EndSession(GuardedAction):
    NAME = "action_end_session"

    def perform(self, scene: Scene) -> Events:
        handle = scene.said("session_handle")
        if handle is None:
            return ListSessions(scene.services).perform(scene)
        person = _person(scene, Deed.SESSION_END)
        if person is None:
            return []
        ended = scene.services.sessions.end_by_handle(person, handle)
        scene.say("utter_sessions_ended" if ended else "utter_sessions_gone")
        return []


def _person(scene: Scene, deed: Deed) -> str | None:
    """Whose sessions they are; without a grant the checkpoint is said, and the list waits behind it."""
    grant = scene.require(deed)
    if isinstance(grant, Grant):
        return grant.person
    stopped(scene, grant, deed, ListSessions.NAME)
    return None


def _time(at: datetime) -> Mapping[str, str]:
    return {"time": at.isoformat()}
