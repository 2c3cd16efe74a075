"""Payment methods in words: which response names one, and what fills it."""

from collections.abc import Mapping

from actions.scene import Scene
from countersign.checkpoints.guard import Refusal
from countersign.checkpoints.table import Deed
from countersign.errands.telling import method as words_of
from countersign.store.accounts import GIFT_CARD
from countersign.store.models import PaymentMethod


def methods_of(scene: Scene) -> Mapping[str, PaymentMethod]:
    """The shopper's own by their id; none where they may not be read."""
    grant = scene.require(Deed.PAYMENT_LIST)
    if isinstance(grant, Refusal):
        return {}
    return {method.id: method for method in scene.services.accounts.payment_methods(grant)}


def in_words(method: PaymentMethod | None) -> dict[str, object]:
    """«Visa ending in 9212», «PayPal», «Gift card», as a card takes words; without what is left on it."""
    if method is None:
        return {"say": "card_method_other"}
    return {"say": "card_method_gift_card"} if method.kind == GIFT_CARD else words_of(method)
