"""The sums that every quote must satisfy (rules.md 4), checked on every quote because it is cheap."""

from collections.abc import Iterator

from quote.errors import InvariantViolation
from quote.result import Quote, QuoteLine, ShippingCharge


def check(quote: Quote) -> None:
    """Raise InvariantViolation naming every sum that is wrong; checkout must not go on with such a quote."""
    violations = [*_broken_sums(quote), *_broken_parts(quote)]
    if violations:
        raise InvariantViolation(violations)


def _broken_sums(quote: Quote) -> Iterator[str]:
    lines, totals, shipping = quote.lines, quote.totals, quote.shipping
    due = sum([line.line_total for line in lines]) + totals.shipping_total
    if totals.total != due - totals.gift_card_total - totals.points_total:
        yield "total is not lines + shipping - gift cards - points"
    if totals.item_count != sum([line.quantity for line in lines]):
        yield "itemCount is not the sum of quantities"
    if totals.subtotal != sum([line.line_subtotal for line in lines]):
        yield "subtotal is not the sum of line subtotals"
    if totals.discount_total != sum([line.line_discount for line in lines]):
        yield "discountTotal is not the sum of line discounts"
    if totals.shipping_total != (shipping.total if shipping else 0):
        yield "shippingTotal is not the charge for shipping"
    if totals.tax_total != sum([line.line_tax for line in lines]) + (shipping.tax if shipping else 0):
        yield "taxTotal is not the tax of lines and shipping"
    if totals.tax_total != sum([tax.amount for tax in quote.taxes]):
        yield "taxTotal is not the sum of the rates"
    bundled = sum([bundle.discount for bundle in quote.bundles])
    if totals.discount_total != bundled + sum([item.amount for item in quote.discounts if item.target == "LINES"]):
        yield "discountTotal is not the sum of bundles and of the promotions on lines"
    if (shipping.discount if shipping else 0) != sum(
        [item.amount for item in quote.discounts if item.target == "SHIPPING"]
    ):
        yield "the discount on shipping is not the sum of the promotions on shipping"


def _broken_parts(quote: Quote) -> Iterator[str]:
    for line in quote.lines:
        yield from _broken_line(line, quote.tax_inclusive)
    if quote.shipping is not None:
        yield from _broken_shipping(quote.shipping, quote.tax_inclusive)
    totals = quote.totals
    if min(totals.total, totals.gift_card_total, totals.points_total) < 0:
        yield "a total is negative"
    if any(discount.amount < 0 for discount in quote.discounts) or any(tax.amount < 0 for tax in quote.taxes):
        yield "a discount or tax is negative"
    if any(not 0 <= bundle.discount <= bundle.subtotal for bundle in quote.bundles):
        yield "a bundle takes off less than nothing or more than its lines cost"


def _broken_line(line: QuoteLine, tax_inclusive: bool) -> Iterator[str]:
    if line.line_subtotal != line.unit_price * line.quantity:
        yield f"line {line.id}: subtotal is not price x quantity"
    if not 0 <= line.line_discount <= line.line_subtotal:
        yield f"line {line.id}: discount is negative or above the line's value"
    net = line.line_subtotal - line.line_discount - line.exempted_tax
    if line.line_total != net + (0 if tax_inclusive else line.line_tax):
        yield f"line {line.id}: total is not subtotal - discount with tax"
    if line.line_tax < 0 or line.exempted_tax < 0 or line.line_total < 0:
        yield f"line {line.id}: a negative amount"


def _broken_shipping(shipping: ShippingCharge, tax_inclusive: bool) -> Iterator[str]:
    if not 0 <= shipping.discount <= shipping.charge:
        yield "shipping: discount is negative or above the charge"
    net = shipping.charge - shipping.discount - shipping.exempted_tax
    if shipping.total != net + (0 if tax_inclusive else shipping.tax):
        yield "shipping: total is not charge - discount with tax"
    if shipping.tax < 0 or shipping.exempted_tax < 0 or shipping.total < 0:
        yield "shipping: a negative amount"
