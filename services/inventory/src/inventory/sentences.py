"""The sentences of inventory's refusals in other languages than English.

A refused hold has none here: only cart calls for holds, and has the shopper's sentences.
"""

from servicekit.http.sentences import Sentences

from inventory import errors

SENTENCES: Sentences = {
    "de": {
        errors.ProductNotFound.code: "Wir konnten dieses Produkt nicht finden.",
    }
}
