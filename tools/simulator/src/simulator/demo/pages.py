"""What a person can follow on a page or in a mail: links and forms."""

from html.parser import HTMLParser

from simulator.demo.errors import WrongAnswer


class _Page(HTMLParser):
    """Collects links and forms, with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("a", "form"):
            self.tags.append((tag, {name: value or "" for name, value in attrs}))


def button(html: str) -> str:
    """Where the first link that looks like a button leads; raises WrongAnswer when there is none."""
    for tag, attributes in _tags(html):
        if tag == "a" and "button" in attributes.get("class", "").split():
            return attributes["href"]
    raise WrongAnswer("a page that should have a button has none")


def form(html: str) -> dict[str, str]:
    """The attributes of the first form; raises WrongAnswer when there is none."""
    for tag, attributes in _tags(html):
        if tag == "form":
            return attributes
    raise WrongAnswer("a page that should have a form has none")


def last_link(html: str) -> str:
    """Where the last link leads: in a mail, unsubscribing; raises WrongAnswer when there is none."""
    links = [attributes["href"] for tag, attributes in _tags(html) if tag == "a"]
    if not links:
        raise WrongAnswer("a mail has no link to unsubscribe")
    return links[-1]


def _tags(html: str) -> list[tuple[str, dict[str, str]]]:
    page = _Page()
    page.feed(html)
    return page.tags
