"""Which addresses are one recipient, and which are none."""

import pytest
from pydantic import SecretStr
from recovery.contacts.domain.contact import MalformedAddress, deliverable, normalised
from recovery.contacts.domain.vault import Vault
from servicekit.ids import new_id
from servicekit.sealing import SealBroken, Sealer
from servicekit.testing.settings import SEAL_KEY


@pytest.mark.parametrize(
    "spelling",
    ["ann.lee@mail.example", " Ann.Lee@MAIL.example ", "ann.lee+shop@mail.example", "ANN.LEE+a+b@Mail.Example"],
)
def test_one_person_in_many_spellings(spelling: str) -> None:
    """Case and plus-tags make nobody else, so nobody escapes a cap or is written to after unsubscribing."""
    assert normalised(spelling) == "ann.lee@mail.example"


def test_a_host_in_mails_of_its_own_is_spelled_in_ascii() -> None:
    """Mail providers take hosts in their ASCII form (RFC 5891)."""
    assert deliverable("ann@bücher.example") == "ann@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "ann",
        "ann@",
        "@mail.example",
        "a b@mail.example",
        "ann@mail.example\r\nBcc: eve@x.example",
        "änn@x.example",
        "a@b@c",
        "ann@mail..example",
        "ann@[",
        "ann@[.example",
    ],
)
def test_what_cannot_be_mailed_is_refused(text: str) -> None:
    """The refusal never repeats the text."""
    with pytest.raises(MalformedAddress) as refused:
        deliverable(text)

    assert not text or text not in str(refused.value)


def test_a_sealed_address_belongs_to_its_cart() -> None:
    """Copied to another cart or company it cannot be opened."""
    vault = Vault(Sealer(SecretStr(SEAL_KEY)), b"k" * 32)
    company, cart = new_id(), new_id()
    sealed = vault.seal("ann@mail.example", company, cart)

    assert vault.unseal(sealed, company, cart) == "ann@mail.example"
    for other in ((company, new_id()), (new_id(), cart)):
        with pytest.raises(SealBroken):
            vault.unseal(sealed, *other)
