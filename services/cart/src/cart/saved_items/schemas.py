"""What is answered about saved items."""

from servicekit.http.bodies import View

from cart.carts.routes.line_schemas import LineView


class SavedItemsView(View):
    """Lines that are saved for later, at the catalogue's price of now in minor units, without discounts and taxes."""

    currency: str
    items: list[LineView]
