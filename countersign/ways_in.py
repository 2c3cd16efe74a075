"""The ways in that only some shops offer, built from settings: part of `bootstrap`, apart for its length."""

from dataclasses import dataclass

from countersign.audit.service import Audit
from countersign.config import Settings
from countersign.db.engine import Database
from countersign.identity.assertions.keyfile import KeyFile
from countersign.identity.assertions.models import Shop
from countersign.identity.assertions.service import Assertions
from countersign.identity.interfaces import Customers
from countersign.identity.oidc.models import ProviderSettings
from countersign.identity.oidc.provider import OpenIdProvider
from countersign.identity.oidc.service import ShopSignIn
from countersign.identity.service import Sessions
from countersign.kit.clock import Clock
from countersign.kit.hidden import Secret
from countersign.risk.interfaces import Limiter
from countersign.vault.service import Vault

RETURN = "/portal/oidc"
"""Where the provider sends the browser back to, below COUNTERSIGN_BASE_URL."""


@dataclass(frozen=True)
class WaysIn:
    """`shop_sign_in` is None when settings name no provider; `assertions` then still refuses every token."""

    shop_sign_in: ShopSignIn | None
    assertions: Assertions

    def purge(self) -> None:
        self.assertions.purge()
        if self.shop_sign_in is not None:
            self.shop_sign_in.purge()


def build(
    settings: Settings,
    database: Database,
    sessions: Sessions,
    customers: Customers,
    limits: Limiter,
    vault: Vault,
    audit: Audit,
    clock: Clock,
) -> WaysIn:
    shop = Shop(settings.identity_issuer, settings.base_url.rstrip("/")) if settings.identity_issuer else None
    keys = KeyFile(settings.identity_keys)
    assertions = Assertions(database, sessions, customers, keys, vault, audit, clock, shop=shop)
    if not settings.oidc_issuer:
        return WaysIn(None, assertions)
    provider = ProviderSettings(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=Secret(settings.oidc_client_secret.get_secret_value()),
        redirect_uri=settings.base_url.rstrip("/") + RETURN,
        customer_claim=settings.oidc_customer_claim,
        origins=frozenset(settings.oidc_origins),
        loopback=settings.demo,
    )
    shop_sign_in = ShopSignIn(
        database, sessions, customers, OpenIdProvider(provider, clock), limits, vault, audit, clock
    )
    return WaysIn(shop_sign_in, assertions)
