"""Every action that Rasa may call, sorted; `bootstrap` gives each its services."""

from actions.account import ShowAddresses, ShowPaymentMethods, ShowProfile
from actions.cancel import CancelOrder
from actions.catalog import BrowseCatalog, CompareProducts, CountOptions, SearchProducts, ShowProduct
from actions.change import ChangeDefaultAddress, ChangeOrderAddress, ChangeOrderItems, ChangeOrderPayment
from actions.errands import AskErrand, FinishErrand, GoOnErrand, HearErrand
from actions.exchanges import ExchangeItems
from actions.feedback import AskFeedback, KeepFeedback
from actions.order_details import ShowInvoice, ShowOrderAddress, ShowOrderCost
from actions.orders import ListOrders, ShowOrderItems, TrackOrder
from actions.refunds import ShowRefunds
from actions.returns import ReturnItems
from actions.sessions import EndSession, ListSessions
from actions.shared import Resume, Stop
from actions.sign_in import AskToSignIn, SignOut, SignOutEverywhere
from actions.wishes import TakeWishes

ACTIONS = (
    AskErrand,
    AskFeedback,
    AskToSignIn,
    BrowseCatalog,
    CancelOrder,
    ChangeDefaultAddress,
    ChangeOrderAddress,
    ChangeOrderItems,
    ChangeOrderPayment,
    CompareProducts,
    CountOptions,
    ExchangeItems,
    EndSession,
    FinishErrand,
    GoOnErrand,
    HearErrand,
    KeepFeedback,
    ListOrders,
    ListSessions,
    Resume,
    ReturnItems,
    SearchProducts,
    ShowAddresses,
    ShowInvoice,
    ShowOrderAddress,
    ShowOrderCost,
    ShowOrderItems,
    ShowPaymentMethods,
    ShowProduct,
    ShowProfile,
    ShowRefunds,
    SignOut,
    SignOutEverywhere,
    Stop,
    TakeWishes,
    TrackOrder,
)
