"""The shopper's sentences of recovery's own codes in other languages; English is on the error classes."""

from contracts.errors import ErrorCode
from servicekit.errors import ServiceError
from servicekit.http.sentences import Sentences

SENTENCES: Sentences = {
    "de": {
        ErrorCode.RECOVERY_TOKEN_INVALID: "Dieser Link ist nicht gültig.",
        ErrorCode.RECOVERY_TOKEN_EXPIRED: "Dieser Link ist abgelaufen.",
        ErrorCode.CART_NOT_FOUND: "Diesen Warenkorb gibt es nicht mehr.",
        ErrorCode.CART_CONVERTED: "Dieser Warenkorb wurde bereits bestellt.",
        ErrorCode.CART_MERGED: "Dieser Warenkorb gehört jetzt zum Warenkorb Ihres Kontos.",
        ErrorCode.CART_FROZEN: "Dieser Warenkorb wird gerade bezahlt.",
        ErrorCode.CART_EXPIRED: "Dieser Warenkorb ist abgelaufen.",
    },
    "ar": {
        ErrorCode.RECOVERY_TOKEN_INVALID: "هذا الرابط غير صالح.",
        ErrorCode.RECOVERY_TOKEN_EXPIRED: "انتهت صلاحية هذا الرابط.",
        ErrorCode.CART_NOT_FOUND: "هذه السلة لم تعد موجودة.",
        ErrorCode.CART_CONVERTED: "تم طلب هذه السلة بالفعل.",
        ErrorCode.CART_MERGED: "أصبحت هذه السلة جزءًا من سلة حسابك.",
        ErrorCode.CART_FROZEN: "يجري الآن دفع ثمن هذه السلة.",
        ErrorCode.CART_EXPIRED: "انتهت صلاحية هذه السلة.",
    },
}


def sentence(language: str, error: ServiceError) -> str:
    """The sentence of an error in this language, else in English."""
    return SENTENCES.get(language, {}).get(error.code, error.sentence)
