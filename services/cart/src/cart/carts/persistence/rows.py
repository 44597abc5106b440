"""Rows of the database made into the cart's model, and back into arguments."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from contracts.base import Contract
from contracts.ruleset import PromotionRule, RuleSet, ShippingRule, TaxRate

from cart.carts.domain.cart import Cart
from cart.carts.domain.lines import CatalogueVariant, Line
from cart.carts.domain.values import (
    Address,
    AppliedCode,
    CustomerTerms,
    Destination,
    Freeze,
    HoldChange,
    HoldReplica,
    PricedAs,
    SitePolicy,
)
from cart.carts.persistence.bundle_rows import groups_of

_catalogue_id = lru_cache(20_000)(UUID)
"""Ids of products and variants come again and again; making a UUID of a text takes longer than the rest of a line."""


def cart_of(row: asyncpg.Record) -> Cart:
    """The cart that a READ statement found."""
    return Cart(
        id=row["id"],
        company_id=row["company_id"],
        site=site_of(row),
        customer_id=row["customer_id"],
        status=row["status"],
        currency=row["currency"],
        version=row["version"],
        lines=[_line_of(fields) for fields in orjson.loads(row["lines"] or "[]")],
        codes=[code_of(code) for code in row["codes"]],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        last_activity_at=row["last_activity_at"],
        check_at=row["check_at"],
        expiry_check_at=row["expiry_check_at"],
        abandonment_id=row["abandonment_id"],
        abandoned_at=row["abandoned_at"],
        restored_abandonment_id=row["restored_abandonment_id"],
        converted_at=row["converted_at"],
        order_id=row["order_id"],
        merged_into=row["merged_into"],
        has_contact=row["has_contact"],
        visitor_id=row["visitor_id"],
        destination=destination_of(row) if row["address"] is not None else None,
        shipping_option_id=row["shipping_option_id"],
        terms=_terms_of(row["terms"]),
        first_order=row["first_order"],
        frozen=_freeze_of(row["frozen"]),
        hold=HoldReplica(row["hold_id"], row["hold_status"], row["hold_expires_at"]) if row["hold_id"] else None,
        hold_fence=row["hold_fence"],
        hold_change=_hold_change_of(row),
        saved_lines=[_line_of(fields) for fields in orjson.loads(row["saved_lines"] or "[]")],
        bundles=groups_of(row["bundles"], orjson.loads(row["bundle_snapshots"] or "[]")) if row["bundles"] else [],
        saved_version=row["version"],
    )


def _terms_of(stored: dict[str, Any] | None) -> CustomerTerms | None:
    return None if stored is None else CustomerTerms(tuple(stored["groups"]), stored["taxExempt"])


def stored_terms(terms: CustomerTerms | None) -> dict[str, Any] | None:
    """The form in which a customer's terms are kept on the cart's row."""
    return None if terms is None else {"groups": list(terms.groups), "taxExempt": terms.tax_exempt}


def _freeze_of(stored: dict[str, Any] | None) -> Freeze | None:
    if stored is None:
        return None
    return Freeze(
        checkout_id=stored["checkoutId"],
        at=datetime.fromisoformat(stored["at"]),
        until=datetime.fromisoformat(stored["until"]),
        products={UUID(line): PricedAs(tuple(kept[0]), kept[1]) for line, kept in stored["products"].items()},
        rules=RuleSet.model_validate(stored["rules"]),
        first_order=stored.get("firstOrder"),
    )


def stored_freeze(freeze: Freeze, rules: RuleSet) -> dict[str, Any]:
    """The form in which a freeze is kept on the cart's row, with the rules that price it."""
    return {
        "checkoutId": freeze.checkout_id,
        "at": freeze.at.isoformat(),
        "until": freeze.until.isoformat(),
        "products": {str(line): [kept.categories, kept.tax_category] for line, kept in freeze.products.items()},
        "rules": rules.document(),
        "firstOrder": freeze.first_order,
    }


def _hold_change_of(row: asyncpg.Record) -> HoldChange | None:
    if row["hold_change"] is None:
        return None
    return HoldChange(row["hold_change"], row["hold_change_order_id"], row["hold_change_is_overdue"])


def site_of(row: asyncpg.Record) -> SitePolicy:
    """The site's settings that its carts obey."""
    return SitePolicy(
        id=row["site_id"],
        currency=row["site_currency"],
        max_quantity=row["max_quantity_per_line"],
        max_lines=row["max_lines"],
        abandonment=timedelta(seconds=row["abandonment_seconds"]),
        expiration=timedelta(days=row["cart_expiration_days"]),
        merge_strategy=row["merge_strategy"],
        inventory_mode=row["inventory_mode"],
    )


def variants_of(row: asyncpg.Record) -> list[CatalogueVariant]:
    """The catalogue's variants that a READ statement looked up."""
    return [variant_of(fields) for fields in orjson.loads(row["variants"] or "[]")]


def variant_of(fields: list[Any]) -> CatalogueVariant:
    """A variant from the columns of `statements._SNAPSHOT`, as JSON wrote them."""
    variant_id, product_id, sku, title, image_url, options, prices, compare_at, categories = fields[:9]
    tax_category, active, tracked, backorderable, available = fields[9:]
    return CatalogueVariant(
        variant_id=_catalogue_id(variant_id),
        product_id=_catalogue_id(product_id),
        sku=sku,
        title=title,
        image_url=image_url,
        options=options,
        prices=prices,
        compare_at_prices=compare_at,
        categories=tuple(categories),
        tax_category=tax_category,
        active=active,
        tracked=tracked,
        backorderable=backorderable,
        available=available,
    )


def _line_of(fields: list[Any]) -> Line:
    line_id, product_id, variant_id, sku, title, image_url, options = fields[:7]
    quantity, unit_price, compare_at_price, source, meta, rental, group, variant = fields[7:]
    return Line(
        id=UUID(line_id),
        product_id=_catalogue_id(product_id),
        variant_id=_catalogue_id(variant_id),
        sku=sku,
        title=title,
        image_url=image_url,
        options=options,
        quantity=quantity,
        unit_price=unit_price,
        compare_at_price=compare_at_price,
        source=source,
        meta=meta,
        rental=rental,
        bundle_group_id=UUID(group) if group else None,
        catalogue=variant_of(variant) if variant else None,
    )


class _PlaceRules(Contract):
    """What pricing has answered for an address, as it is kept on the cart's row."""

    tax_rates: tuple[TaxRate, ...]
    shipping_rules: tuple[ShippingRule, ...]


_place_rules = lru_cache(2_000)(_PlaceRules.model_validate_json)
"""Carts of one place have the same text, and reading it takes longer than pricing a line."""


def destination_of(row: asyncpg.Record) -> Destination:
    """Where a cart is shipped to."""
    address, rules = row["address"], _place_rules(row["address_rules"])
    return Destination(
        Address(address["country"], address["state"], address["postalCode"], address["city"]),
        rules.tax_rates,
        rules.shipping_rules,
        row["address_until"],
    )


def delivery_args(cart: Cart) -> tuple[object, ...]:
    """The arguments of `statements.DELIVER` after the cart's ids."""
    to = cart.destination
    if to is None:
        return None, None, None, cart.shipping_option_id
    rules = _PlaceRules(tax_rates=to.tax_rates, shipping_rules=to.shipping_rules)
    return to.address.document(), rules.model_dump_json(by_alias=True), to.resolved_until, cart.shipping_option_id


def code_of(stored: dict[str, Any]) -> AppliedCode:
    """A code as it is kept on the cart's row."""
    rule = PromotionRule.model_validate(stored["rule"])
    return AppliedCode(stored["code"], rule, datetime.fromisoformat(stored["expiresAt"]))


def stored_code(code: AppliedCode) -> dict[str, Any]:
    """The form in which a code is kept on the cart's row."""
    rule = code.rule.model_dump(mode="json", by_alias=True)
    return {"code": code.code, "rule": rule, "expiresAt": code.expires_at.isoformat()}


def line_row(line: Line) -> tuple[object, ...]:
    """The columns of `statements.LINES`."""
    return (
        line.id,
        line.product_id,
        line.variant_id,
        line.sku,
        line.title,
        line.image_url,
        line.options,
        line.quantity,
        line.unit_price,
        line.compare_at_price,
        line.source,
        line.meta,
        line.rental,
        line.bundle_group_id,
    )
