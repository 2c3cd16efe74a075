"""Sign-ins: where a person is signed in, and ending one of them."""

from collections.abc import Mapping
from datetime import datetime

from actions.base import Events, GuardedAction
from actions.errands import PASSABLE
from actions.questions import payload
from actions.scene import Scene
from countersign.checkpoints.guard import Refusal
from countersign.checkpoints.table import Deed


class ListSessions(GuardedAction):
    NAME = "action_list_sessions"

    def perform(self, scene: Scene) -> Events:
        grant = scene.require(Deed.SESSION_LIST)
        if isinstance(grant, Refusal) or grant.person is None:
            return _stopped(scene, grant, Deed.SESSION_LIST, self.NAME)
        sessions = scene.services.sessions.of_person(grant.person)
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
        grant = scene.require(Deed.SESSION_END)
        if isinstance(grant, Refusal) or grant.person is None:
            return _stopped(scene, grant, Deed.SESSION_END, ListSessions.NAME)
        ended = scene.services.sessions.end_by_handle(grant.person, handle)
        scene.say("utter_sessions_ended" if ended else "utter_sessions_gone")
        return []


def _stopped(scene: Scene, refusal: object, deed: Deed, action: str) -> Events:
    if isinstance(refusal, Refusal) and refusal.reason in PASSABLE:
        scene.stop_at(refusal, deed, action, {})
    else:
        scene.say("utter_errands_not_offered")
    return []


def _time(at: datetime) -> Mapping[str, str]:
    return {"time": at.isoformat()}
