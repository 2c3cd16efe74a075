"""The shop's terms: what may be changed, in which statuses of an order, until when, and how money goes back.

A file of data, `policy.toml`, that says what each key means; `rules.py` reads what stands here.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from countersign.store.changes import (
    CancelOrder,
    Change,
    ChangeAddress,
    ChangeDefaultAddress,
    ChangeItems,
    ChangePayment,
    OpenExchange,
    OpenReturn,
)
from countersign.store.errors import PolicyInvalidError
from countersign.store.shopfile.document import Label, Status

DEFAULT = Path(__file__).with_name("policy.toml")

Statuses = Annotated[frozenset[Status], Field(min_length=1)]
Methods = Annotated[tuple[Label, ...], Field(min_length=1)]
Reasons = Annotated[tuple[Label, ...], Field(min_length=1)]
Days = Annotated[int, Field(ge=0, le=3650)]
Part = Literal["line1", "line2", "city", "region", "postcode", "country", "name", "phone"]


class _Strict:
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(strict=True, extra="forbid")


@dataclass(frozen=True, kw_only=True)
class Terms(_Strict):
    """`becomes` None: the order keeps its status. `methods`: kinds, «original» or «any»."""

    statuses: Statuses
    within_days: Days | None = None
    becomes: Status | None = None

    @property
    def once(self) -> bool:
        """Whether an order that it was done to is no longer open to it."""
        return self.becomes is not None and self.becomes not in self.statuses


@dataclass(frozen=True, kw_only=True)
class CancelTerms(Terms):
    becomes: Status = field()  # the base's default is no default here
    reasons: Reasons


@dataclass(frozen=True, kw_only=True)
class PaymentTerms(Terms):
    methods: Methods


@dataclass(frozen=True, kw_only=True)
class ReturnTerms(PaymentTerms):
    becomes: Status = field()


@dataclass(frozen=True, kw_only=True)
class ItemTerms(PaymentTerms):
    """`same_variant`: whether a variant may come in place of itself."""

    same_variant: bool = False


@dataclass(frozen=True, kw_only=True)
class ExchangeTerms(ItemTerms):
    becomes: Status = field()


@dataclass(frozen=True)
class MoneyTerms(_Strict):
    """`at_once` and `must_cover` are kinds of payment method; `business_days` from … to, for the others."""

    at_once: tuple[Label, ...]
    business_days: tuple[Days, Days]
    must_cover: tuple[Label, ...]


@dataclass(frozen=True)
class AddressTerms(_Strict):
    required: frozenset[Part]


@dataclass(frozen=True)
class DefaultAddressTerms(_Strict):
    """There is nothing to say but that it may be changed."""


@dataclass(frozen=True, kw_only=True)
class Policy(_Strict):
    """A section that is None is not offered."""

    money: MoneyTerms
    address: AddressTerms
    date_unknown: Literal["allow", "refuse"] = "allow"
    cancel: CancelTerms | None = None
    change_items: ItemTerms | None = None
    change_address: Terms | None = None
    change_payment: PaymentTerms | None = None
    return_: Annotated[ReturnTerms | None, Field(alias="return")] = field(default=None)
    exchange: ExchangeTerms | None = None
    default_address: DefaultAddressTerms | None = None

    def terms(self, kind: type[Change]) -> Terms | None:
        """On which terms orders may be changed so; None: not at all, or it is about no order."""
        section: Mapping[type[Change], Terms | None] = {
            CancelOrder: self.cancel,
            ChangeItems: self.change_items,
            ChangeAddress: self.change_address,
            ChangePayment: self.change_payment,
            OpenReturn: self.return_,
            OpenExchange: self.exchange,
            ChangeDefaultAddress: None,
        }
        return section[kind]


_POLICY = TypeAdapter(Policy)


def load_policy(path: Path = DEFAULT) -> Policy:
    """Raises PolicyInvalidError, which names the file and every key that is wrong."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyInvalidError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise PolicyInvalidError(f"{path}: is not TOML: {error}") from error
    try:
        # As JSON, because only there a list may be strict and still become a set.
        policy = _POLICY.validate_json(json.dumps(document, default=str))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        lines = [f"{'.'.join(str(step) for step in fault['loc'])}: {fault['msg']}" for fault in faults]
    else:
        lines = [
            f"{name}.becomes: must not be among the statuses, an order holds one of them"
            for name, terms in (
                ("cancel", policy.cancel),
                ("return", policy.return_),
                ("exchange", policy.exchange),
            )
            if terms is not None and not terms.once
        ]
        first, last = policy.money.business_days
        lines += ["money.business_days: must be from … to"] if first > last else []
    if lines:
        raise PolicyInvalidError("\n".join([f"{path}: not a policy", *(f"  {line}" for line in lines)]))
    return policy
