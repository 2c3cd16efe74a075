"""The ways in that only some shops offer, built from settings: part of `bootstrap`, apart for its length."""

from countersign.audit.service import Audit
from countersign.config import Settings
from countersign.db.engine import Database
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


def shop_sign_in(
    settings: Settings,
    database: Database,
    sessions: Sessions,
    customers: Customers,
    limits: Limiter,
    vault: Vault,
    audit: Audit,
    clock: Clock,
) -> ShopSignIn | None:
    """None when settings name no provider: then this way in is not offered."""
    if not settings.oidc_issuer:
        return None
    provider = ProviderSettings(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=Secret(settings.oidc_client_secret.get_secret_value()),
        redirect_uri=settings.base_url.rstrip("/") + RETURN,
        customer_claim=settings.oidc_customer_claim,
        origins=frozenset(settings.oidc_origins),
        loopback=settings.demo,
    )
    return ShopSignIn(
        database, sessions, customers, OpenIdProvider(provider, clock), limits, vault, audit, clock
    )
