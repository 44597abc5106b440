"""The content of a mail: amounts, languages, escaping, headers."""

import email
import email.policy
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from importlib import resources
from uuid import UUID

import pytest
from babel import Locale
from recovery.campaigns.domain import Step
from recovery.links.domain.links import MailLinks
from recovery.mail.domain.mime import MailHeaders, compose
from recovery.mail.view.amounts import format_amount
from recovery.mail.view.content import CartContents, write_content
from recovery.mail.view.languages import language, languages
from recovery.sites.domain import Site

from ..cart_model import mugs

SITE = Site(UUID(int=1), "Main", "Mug & Co", "en", "Europe/Berlin", "https://shop.example")
STEP = Step(1, timedelta(hours=1), {})
LINKS = MailLinks(
    "https://go.example/r/v1.restore", "https://go.example/u/v1.stop", datetime(2026, 1, 8, 12, tzinfo=UTC)
)
CONTENTS = CartContents("EUR", 2500, (mugs(2),))


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        (1250, "USD", "en_US", "$12.50"),
        (1250, "EUR", "de_DE", "12,50\xa0€"),
        (1250, "JPY", "en_US", "¥1,250"),
        (1250, "KWD", "en_US", "KWD\xa01.250"),
        (123456789, "IQD", "en_US", "IQD\xa0123,456.789"),
        (12345, "CLF", "en_US", "CLF\xa01.2345"),
        (0, "EUR", "en_US", "€0.00"),
    ],
)
def test_amounts_have_the_digits_of_their_currency(amount: int, currency: str, locale: str, text: str) -> None:
    """ISO 4217 has how many (rules.md 1), also where custom rounds them off, as for the dinar of Iraq."""
    assert format_amount(amount, currency, Locale.parse(locale)) == text


def test_every_language_says_everything() -> None:
    """A sentence that one file lacks would be a fault at send time; blanks are the same in all."""
    files = {
        code: json.loads((resources.files("recovery.mail") / "locales" / f"{code}.json").read_text(encoding="utf-8"))
        for code in languages()
    }
    english = files["en"]

    assert {"en", "de", "ar"} <= set(files)
    for content in files.values():
        assert content["sentences"].keys() == english["sentences"].keys()
        assert len(content["steps"]) == len(english["steps"]) == 3
        for name, sentence in content["sentences"].items():
            assert _values(sentence) == _values(english["sentences"][name]), name


@pytest.mark.parametrize(
    ("code", "text"),
    [("en", "January 8, 2026, 1:00\u202fPM"), ("de", "8. Januar 2026, 13:00"), ("ar", "8 يناير 2026، 1:00 م")],
)
def test_a_moment_is_written_as_people_write_it(code: str, text: str) -> None:
    """Local time, without seconds."""
    assert language(code).moment(LINKS.expires_at, "Europe/Berlin").replace("\xa0", " ") == text


@pytest.mark.parametrize("code", languages())
@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_every_step_is_written_in_every_language(code: str, step: int) -> None:
    """Both parts have the goods, the total and both links; no blank is left open."""
    content = write_content(SITE, replace(STEP, position=step), CONTENTS, LINKS, language(code))

    for part in (content.html, content.text):
        assert LINKS.restore in part
        assert LINKS.unsubscribe in part
        assert "{shop}" not in part
    assert f'lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}"' in content.html
    assert "Stoneware <mug>" in content.text


def test_what_a_shop_wrote_cannot_run_in_a_mail() -> None:
    """Titles, names and the campaign's own words are escaped."""
    words = {"en": {"subject": "Hi <b>{shop}</b>", "intro": "<script>alert(1)</script> {shop} {items}"}}

    content = write_content(SITE, replace(STEP, texts=words), CONTENTS, LINKS, language("en"))

    assert "<script>" not in content.html
    assert "Stoneware &lt;mug&gt;" in content.html
    assert "Mug &amp; Co {items}" in content.html
    assert content.subject == "Hi <b>Mug & Co</b>"


@pytest.mark.parametrize(
    "link", ["https://evil.example/a", "www.evil.example", "evil.example", "mailto:eve@evil.example"]
)
def test_what_looks_like_a_link_in_a_title_or_an_option_is_none(link: str) -> None:
    """Mail programs make links of text by themselves, in plain text too; the words stay readable (rules.md 37)."""
    line = mugs().model_copy(update={"title": f"Mug {link} 3.5 l", "options": {"size": link}})

    content = write_content(SITE, STEP, CartContents("EUR", 2500, (line,)), LINKS, language("en"))

    for part in (content.html, content.text):
        assert link not in part
        assert part.replace("\u2060", "").count(link) == 2
        assert "3.5 l" in part
        for words in re.findall("Mug (.+) 3.5 l", part):
            assert not re.search(r"https?:|mailto:|\w\.\w|\w@|@\w", words)


def test_pictures_are_absolute_and_only_of_the_web() -> None:
    """A relative address is the portal's; anything but http is left out."""
    line = mugs()
    shown = CartContents("EUR", 0, (line, line.model_copy(update={"image_url": "javascript:alert(1)"})))

    items = shown.items(language("en"), "https://shop.example/de")

    assert [item.image_url for item in items] == ["https://shop.example/pictures/mug.svg", None]


@pytest.mark.parametrize(
    ("tags", "tag"),
    [
        (("de-AT", "en"), "de-AT"),
        ((None, "fr", "ar"), "ar"),
        (("xx",), "en"),
        (("de_CH",), "de-CH"),
        (("de-XYZZY",), "de-XYZZY"),
    ],
)
def test_the_first_language_that_is_there_is_taken(tags: tuple[str | None, ...], tag: str) -> None:
    """The shopper's, else the site's, else English."""
    assert language(*tags).tag == tag


def test_a_mail_has_what_rfc_8058_requires() -> None:
    """Long links are not folded or encoded, the Message-ID is stable, both parts are there."""
    url = "https://go.example/api/recovery/unsubscribe/" + "x" * 150
    headers = MailHeaders(
        UUID(int=7), "Shop <carts@shop.example>", "Möbel, Ltd", "ann@mail.example", url, LINKS.expires_at
    )

    outgoing = compose(headers, "Ihr Würfel ❤", "سلة", "<p>ü</p>", {"step": "1"})
    mail = email.message_from_bytes(outgoing.mime, policy=email.policy.default)

    assert f"List-Unsubscribe: <{url}>\r\n".encode() in outgoing.mime
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Message-ID"] == f"<{UUID(int=7)}@shop.example>"
    assert (mail["Subject"], str(mail["From"])) == ("Ihr Würfel ❤", '"Möbel, Ltd" <carts@shop.example>')
    assert (_part(mail, "plain"), _part(mail, "html")) == ("سلة\n", "<p>ü</p>\n")
    outgoing.mime.decode("ascii")


def test_a_subject_cannot_add_a_header() -> None:
    """A line break in what becomes a header is refused."""
    headers = MailHeaders(
        UUID(int=7), "carts@shop.example", "Shop", "ann@mail.example", "https://x.example", LINKS.expires_at
    )

    with pytest.raises(ValueError, match="Header values"):
        compose(headers, "Hi\r\nBcc: eve@mail.example", "", "", {})


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    text: str = body.get_content()
    return text.replace("\r\n", "\n")


def _values(sentence: str) -> set[str]:
    return {part.partition("}")[0] for part in sentence.split("{")[1:]}
