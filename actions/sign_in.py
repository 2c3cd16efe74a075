"""Signing in and out by words. The e-mail and the code themselves never come here."""

from actions.base import Events, GuardedAction
from actions.scene import Scene
from countersign.checkpoints.guard import Refusal
from countersign.checkpoints.table import Deed
from countersign.identity.models import Level


class AskToSignIn(GuardedAction):
    NAME = "action_sign_in"

    def perform(self, scene: Scene) -> Events:
        if scene.session.level >= Level.SIGNED_IN:
            scene.say("utter_sign_in_already")
            return []
        scene.services.conversations.expect_sign_in(scene.conversation, "email")
        scene.say("utter_sign_in_ask_email")
        return []


class SignOut(GuardedAction):
    NAME = "action_sign_out"

    def perform(self, scene: Scene) -> Events:
        scene.say("utter_shared_signed_out")
        scene.services.sessions.end(scene.session)
        return []


class SignOutEverywhere(GuardedAction):
    NAME = "action_sign_out_everywhere"

    def perform(self, scene: Scene) -> Events:
        grant = scene.require(Deed.SESSION_END_ALL)
        if isinstance(grant, Refusal):
            scene.stop_at(grant, Deed.SESSION_END_ALL, self.NAME, {})
            return []
        if grant.person is not None:
            scene.services.sessions.end_all(grant.person)
        scene.say("utter_shared_signed_out")
        return []
