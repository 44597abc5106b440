"""The shopper's sentences of recovery's own codes in other languages; English is on the error classes."""

from servicekit.errors import ServiceError
from servicekit.http.sentences import Sentences

from recovery import errors

SENTENCES: Sentences = {
    "de": {
        errors.RecoveryTokenInvalid400.code: "Dieser Link ist nicht gültig.",
        errors.RecoveryTokenExpired410.code: "Dieser Link ist abgelaufen.",
        errors.CartNotFound404.code: "Diesen Warenkorb gibt es nicht mehr.",
        errors.CartConverted409.code: "Dieser Warenkorb wurde bereits bestellt.",
        errors.CartMerged409.code: "Dieser Warenkorb gehört jetzt zum Warenkorb Ihres Kontos.",
        errors.CartExpired410.code: "Dieser Warenkorb ist abgelaufen.",
    },
    "ar": {
        errors.RecoveryTokenInvalid400.code: "هذا الرابط غير صالح.",
        errors.RecoveryTokenExpired410.code: "انتهت صلاحية هذا الرابط.",
        errors.CartNotFound404.code: "هذه السلة لم تعد موجودة.",
        errors.CartConverted409.code: "تم طلب هذه السلة بالفعل.",
        errors.CartMerged409.code: "أصبحت هذه السلة جزءًا من سلة حسابك.",
        errors.CartExpired410.code: "انتهت صلاحية هذه السلة.",
    },
}


def sentence(language: str, error: ServiceError) -> str:
    """The sentence of an error in this language, else in English."""
    return SENTENCES.get(language, {}).get(error.code, error.sentence)
