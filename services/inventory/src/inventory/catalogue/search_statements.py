"""How a statement narrows products down by words and category, so that it reads no more than fit (docs/adr/0043)."""

from inventory.catalogue.domain import search_words

_LAST = chr(0x10FFFF)
"""After every letter, in the order of bytes that terms are kept in."""


class Conditions:
    """The conditions of a statement on products `p`, which has the company as $1, and their parameters."""

    def __init__(self, *args: object) -> None:
        self.args = list(args)
        self._parts: list[str] = []

    def add(self, sql: str, *args: object) -> None:
        """A condition; each `{}` in it is one of these parameters."""
        numbers = range(len(self.args) + 1, len(self.args) + len(args) + 1)
        self._parts.append(sql.format(*(f"${number}" for number in numbers)))
        self.args += args

    def in_category(self, category: str) -> None:
        """Those of a category."""
        self.add(
            "p.id IN (SELECT t.product_id FROM product_terms t WHERE t.company_id = $1 AND t.term = {})", f"={category}"
        )

    def found_by(self, text: str, *, or_sku: bool = False) -> None:
        """Those that have words which begin like all of the text's; `or_sku`: or a variant whose sku it is."""
        words = search_words(text)
        longest = max(words, key=len, default="")
        query = " & ".join(f"'{word}':*" for word in words)
        found = (
            "SELECT t.product_id FROM product_terms t JOIN products f ON f.company_id = $1 AND f.id = t.product_id"
            " WHERE t.company_id = $1 AND t.term >= {} AND t.term < {} AND f.words @@ to_tsquery('simple', {})"
        )
        by_sku = " UNION SELECT v.product_id FROM variants v WHERE v.company_id = $1 AND v.sku = {}" if or_sku else ""
        bounds = (longest, longest + _LAST) if words else ("", "")
        self.add(f"p.id IN ({found}{by_sku})", *bounds, query, *((text,) if or_sku else ()))

    def sql(self) -> str:
        """What follows `WHERE p.company_id = $1`."""
        return "".join(f" AND {part}" for part in self._parts)
