"""A recovery mail's subject, HTML and text, from the cart as the cart service has just answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from contracts.cart import FullLine
from contracts.money import MinorUnits

from recovery.campaigns.domain import Step
from recovery.links.domain.links import MailLinks
from recovery.mail.view.amounts import format_amount
from recovery.mail.view.languages import Language, fill
from recovery.mail.view.plain_words import plain_words
from recovery.mail.view.rendering import render
from recovery.sites.domain import Site


@dataclass(frozen=True, slots=True)
class ItemView:
    """A line as a reader sees it; amounts are formatted, `image_url` is absolute or None."""

    title: str
    options: str
    image_url: str | None
    quantity: int
    amount: str


@dataclass(frozen=True, slots=True)
class CartContents:
    """The lines and total of a cart, in the cart's currency and minor units."""

    currency: str
    total: MinorUnits
    lines: tuple[FullLine, ...]

    def items(self, language: Language, portal_url: str) -> list[ItemView]:
        """The lines for a reader of that language."""
        return [self._item(line, language, portal_url) for line in self.lines]

    def total_text(self, language: Language) -> str:
        """The total for a reader of that language."""
        return format_amount(self.total, self.currency, language.locale)

    def _item(self, line: FullLine, language: Language, portal_url: str) -> ItemView:
        return ItemView(
            title=plain_words(line.title),
            options=plain_words(", ".join(line.options.values())),
            image_url=_picture(line.image_url, portal_url),
            quantity=line.quantity,
            amount=format_amount(line.line_total, self.currency, language.locale),
        )


@dataclass(frozen=True, slots=True)
class MailContent:
    """A mail before it has a sender and a recipient."""

    subject: str
    html: str
    text: str


def write_content(site: Site, step: Step, contents: CartContents, links: MailLinks, language: Language) -> MailContent:
    """Write one step's mail: the campaign's own words where it has them in this language, else the stock ones."""
    values = {"shop": site.company_name}
    words = {**language.step(step.position), **step.words(language.tag)}
    view: Mapping[str, object] = {
        "language": language,
        "shop": site.company_name,
        "subject": fill(words["subject"], values),
        "preheader": fill(words["preheader"], values),
        "intro": fill(words["intro"], values),
        "items": contents.items(language, site.portal_url),
        "total": contents.total_text(language),
        "links": links,
        "expires": language.moment(links.expires_at, site.timezone),
    }
    return MailContent(str(view["subject"]), render("mail.html", view), render("mail.txt", view))


def _picture(url: str | None, portal_url: str) -> str | None:
    """The picture's absolute address, or None for one that a mail cannot show."""
    absolute = urljoin(portal_url.rstrip("/") + "/", url) if url else ""
    return absolute if urlsplit(absolute).scheme in {"http", "https"} else None
