"""The sentences of this service's refusals in other languages than English."""

from servicekit.http.sentences import Sentences

from cart import errors

SENTENCES: Sentences = {
    "de": {
        errors.CartNotFound.code: "Diesen Warenkorb gibt es nicht.",
        errors.ItemNotFound.code: "Dieser Artikel ist nicht mehr in Ihrem Warenkorb.",
        errors.ProductNotFound.code: "Dieses Produkt gibt es nicht.",
        errors.ProductUnavailable.code: "Dieser Artikel ist leider nicht mehr erhältlich.",
        errors.ItemOutOfStock.code: "Dieser Artikel ist leider nicht mehr erhältlich.",
        errors.InsufficientStock.code: "Davon sind nicht mehr genug auf Lager.",
        errors.SizeRequired.code: "Bitte wählen Sie zuerst eine Größe.",
        errors.QuantityLimit.code: "Das ist mehr, als dieser Shop in einem Warenkorb erlaubt.",
        errors.CartConvertedAlready.code: "Dieser Warenkorb wurde bereits bestellt.",
        errors.CartMergedAlready.code: "Dieser Warenkorb wurde mit dem Ihres Kontos vereint.",
        errors.CartExpiredAlready.code: "Dieser Warenkorb ist abgelaufen.",
        errors.CartEmpty.code: "Ihr Warenkorb ist leer.",
        errors.CurrencyMismatch.code: "Dieser Warenkorb hat eine andere Währung.",
        errors.VersionMismatch.code: "Ihr Warenkorb wurde anderswo geändert.",
        errors.DiscountInvalid.code: "Dieser Code ist nicht gültig.",
        errors.DiscountExpired.code: "Dieser Code ist abgelaufen.",
        errors.DiscountLimitReached.code: "Dieser Code ist aufgebraucht.",
        errors.DiscountNotCombinable.code: "Dieser Code lässt sich nicht mit den anderen verbinden.",
        errors.InventoryHoldFailed.code: "Einige Artikel sind nicht mehr in dieser Menge erhältlich.",
        errors.HoldLimit.code: "Sie haben zu viele offene Bestellvorgänge.",
    }
}
