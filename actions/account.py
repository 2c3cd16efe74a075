"""The account: my addresses, my payment methods, my profile."""

from actions.base import Events, GuardedAction
from actions.orders import amount, asked, refused
from actions.payments import in_words
from actions.scene import Scene
from countersign.checkpoints.guard import Refusal
from countersign.checkpoints.table import Deed
from countersign.errands.telling import in_one_line
from countersign.store.accounts import GIFT_CARD, asks_for_gift_cards


class ShowAddresses(GuardedAction):
    NAME = "action_show_addresses"

    def perform(self, scene: Scene) -> Events:
        grant = scene.require(Deed.ADDRESS_READ)
        if isinstance(grant, Refusal):
            return refused(scene, grant, Deed.ADDRESS_READ, self.NAME, None)
        addresses = scene.services.accounts.addresses(grant)
        scene.say("utter_account_address", address=scene.sealed(in_one_line(addresses.default)))
        if addresses.others:
            scene.say("utter_account_addresses_others")
            for other in addresses.others:
                scene.card("address", in_one_line(other), [])
        return []


class ShowPaymentMethods(GuardedAction):
    NAME = "action_show_payment_methods"

    def perform(self, scene: Scene) -> Events:
        words = asked(scene)
        grant = scene.require(Deed.PAYMENT_LIST)
        if isinstance(grant, Refusal):
            return refused(scene, grant, Deed.PAYMENT_LIST, self.NAME, None, question=words)
        methods = scene.services.accounts.payment_methods(grant)
        gift_cards = [method for method in methods if method.kind == GIFT_CARD and method.balance is not None]
        if asks_for_gift_cards(words):
            for card in gift_cards:
                if card.balance is not None:
                    scene.say("utter_account_gift_card", balance=scene.amount(card.balance))
            if not gift_cards:
                scene.say("utter_account_no_gift_card")
            return []
        scene.say("utter_account_payment_methods" if methods else "utter_account_no_payment_methods")
        for method in methods:
            scene.card("method", in_words(method), [("balance", amount(method.balance))])
        return []


class ShowProfile(GuardedAction):
    NAME = "action_show_profile"

    def perform(self, scene: Scene) -> Events:
        grant = scene.require(Deed.PROFILE_READ)
        if isinstance(grant, Refusal):
            return refused(scene, grant, Deed.PROFILE_READ, self.NAME, None)
        profile = scene.services.accounts.profile(grant)
        scene.say("utter_account_profile")
        name = f"{profile.first_name.reveal()} {profile.last_name.reveal()}".strip()
        phone = profile.phone.reveal() if profile.phone else None
        scene.card("profile", name, [("email", profile.email.reveal()), ("phone", phone)])
        return []
