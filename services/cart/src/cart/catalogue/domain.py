"""How the catalogue's products are named in a cart: pure."""


def title_of(product: str, variant: str, siblings: int) -> str:
    """The line's title: the product's, with the variant's where there are several."""
    return product if siblings == 1 or not variant or variant == product else f"{product} – {variant}"  # noqa: RUF001  # an en dash is meant
