"""How an estimate is shown (api.md, "Shapes")."""

from cart.estimates.domain import Estimate
from cart.estimates.schemas import FreeShippingView, ShippingOptionView, ShippingView, TaxRateView, TaxView


def shipping_view(estimated: Estimate) -> ShippingView:
    """Every way to ship the cart to the address."""
    free = estimated.quote.free_shipping
    return ShippingView(
        currency=estimated.currency,
        options=[
            ShippingOptionView(
                id=str(option.rule_id),
                name=option.name,
                amount=option.amount,
                estimated_days=option.estimated_days,
                free=option.free,
            )
            for option in estimated.options
        ],
        free_shipping=FreeShippingView(remaining=free.remaining, reached=free.reached) if free else None,
    )


def tax_view(estimated: Estimate) -> TaxView:
    """The taxes of the cart at the address."""
    quote = estimated.quote
    return TaxView(
        currency=estimated.currency,
        tax_total=quote.totals.tax_total,
        rates=[
            TaxRateView(name=tax.name, type=tax.type, rate=percent(tax.rate_ppm), amount=tax.amount)
            for tax in quote.taxes
        ],
        inclusive=quote.tax_inclusive,
    )


def percent(ppm: int) -> str:
    """Parts per million as percent: 88,750 is "8.875"."""
    whole, rest = divmod(ppm, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".")
