"""The whole vocabulary of the audit log. Both lists are sorted; a retired name stays as a comment
and is never used again."""

from enum import StrEnum


class Tag(StrEnum):
    """`subject:verb` or `subject:object:verb`."""

    ACTION_DONE = "action:done"
    ACTION_FAILED = "action:failed"
    AUDIT_VERIFIED = "audit:verified"
    CHANNEL_LINKED = "channel:linked"
    CHANNEL_REFUSED = "channel:refused"
    CHANNEL_UNLINKED = "channel:unlinked"
    CHECKPOINT_PASSED = "checkpoint:passed"
    CHECKPOINT_REFUSED = "checkpoint:refused"
    FACTOR_ADDED = "factor:added"
    FACTOR_DISOWNED = "factor:disowned"
    FACTOR_REMOVED = "factor:removed"
    FACTOR_WRONG = "factor:wrong"
    FEEDBACK_GIVEN = "feedback:given"
    HISTORY_DELETED = "history:deleted"
    KEYS_LENT = "keys:lent"
    KEYS_REFUSED = "keys:refused"
    KEYS_ROTATED = "keys:rotated"
    LIMITS_REFUSED = "limits:refused"
    MAIL_REFUSED = "mail:refused"
    ORDER_LISTED = "order:listed"
    ORDER_PROOF_DONE = "order:proof:done"
    ORDER_PROOF_WRONG = "order:proof:wrong"
    ORDER_READ = "order:read"
    PAYLOAD_REFUSED = "payload:refused"
    RECOVERY_MADE = "recovery:made"
    SCREEN_FLAGGED = "screen:flagged"
    SEALING_DROPPED = "sealing:dropped"
    SEALING_OFF = "sealing:off"
    SESSION_END = "session:end"
    SESSION_END_ALL = "session:end-all"
    SESSION_EXPIRED = "session:expired"
    SESSION_OPEN = "session:open"
    SESSION_RENEW = "session:renew"
    SESSION_RISE = "session:rise"
    SESSION_STOLEN = "session:stolen"
    """A token came with another device's key."""

    SIGNIN_ASSERTION_REFUSED = "signin:assertion:refused"
    SIGNIN_CODE_DEAD = "signin:code:dead"
    SIGNIN_CODE_SENT = "signin:code:sent"
    SIGNIN_CODE_WRONG = "signin:code:wrong"
    SIGNIN_DONE = "signin:done"
    SIGNIN_LINK_ELSEWHERE = "signin:link:elsewhere"
    SIGNIN_OIDC_LINKED = "signin:oidc:linked"
    SIGNIN_OIDC_REFUSED = "signin:oidc:refused"
    SIGNIN_OIDC_STARTED = "signin:oidc:started"
    SIGNIN_OIDC_UNLINKED = "signin:oidc:unlinked"
    STAFF_ADDED = "staff:added"
    STAFF_DISABLED = "staff:disabled"
    STAFF_GRANT_PASSED = "staff:grant:passed"
    STAFF_GRANT_REFUSED = "staff:grant:refused"
    STAFF_KEY_ADDED = "staff:key:added"
    STAFF_KEY_REVOKED = "staff:key:revoked"
    STAFF_LIMITED = "staff:limited"
    STAFF_LINK_DEAD = "staff:link:dead"
    STAFF_PASSWORD_CHANGED = "staff:password:changed"  # noqa: S105 - a tag
    STAFF_REAUTHENTICATED = "staff:reauthenticated"
    STAFF_RESET = "staff:reset"
    STAFF_SESSION_END = "staff:session:end"
    STAFF_SET_UP = "staff:set-up"
    STAFF_SIGNIN_BUSY = "staff:signin:busy"
    STAFF_SIGNIN_DONE = "staff:signin:done"
    STAFF_SIGNIN_REFUSED = "staff:signin:refused"
    STAFF_TOKEN_ISSUED = "staff:token:issued"  # noqa: S105 - a tag
    STAFF_TOKEN_REFUSED = "staff:token:refused"  # noqa: S105 - a tag

    STEPUP_DONE = "stepup:done"
    STORE_CHANGE = "store:change"
    STORE_DUMP = "store:dump"
    STORE_IMPORT = "store:import"
    TURN_FORGED = "turn:forged"


DETAIL_KEYS = frozenset(
    {
        "action",
        "bucket",
        "channel",
        "conversation",
        "count",
        "customers",
        "deed",
        "fields",
        "kind",
        "language",
        "level",
        "method",
        "orders",
        "permission",
        "products",
        "proposal",
        "reason",
        "roles",
        "seconds",
        "session",
        "signal",
        "transport",
        "tries_left",
        "version",
        "via",
    }
)
