"""What a cart refuses about bundles, each with its one status, code and the shopper's sentence."""

from servicekit.errors import NotFound404, ValidationFailed422

from cart.errors import CartError


class BundleNotFound(CartError):
    """The bundle is unknown or another company's."""

    status, code = 404, NotFound404.code
    sentence = "We could not find this bundle."
    action = "Check bundleId."


class BundleSelection(CartError):
    """A selection names a component that the bundle does not have, or a variant that is not offered for it."""

    status, code = 422, ValidationFailed422.code
    sentence = "This cannot be chosen for this bundle."
    action = "Send a variant that the component has."

    def __init__(self) -> None:
        super().__init__(errors=[{"field": "selections", "message": "names no variant of a component of the bundle"}])


class BundleQuantity(CartError):
    """All lines of a bundle change together: a line has so many pieces for each bundle, never a part of them."""

    status, code = 422, ValidationFailed422.code
    sentence = "A bundle is only sold as a whole."
    action = "Send a quantity that the errors allow."

    def __init__(self, pieces: int) -> None:
        super().__init__(errors=[{"field": "quantity", "message": f"a multiple of {pieces}, which one bundle has"}])


class BundleIncomplete(CartError):
    """A part of a bundle cannot be ordered by itself."""

    status, code = 409, "BUNDLE_INCOMPLETE"
    sentence = "A bundle is only sold as a whole."
    action = "Name every line of the bundle, or none."
