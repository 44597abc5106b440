"""Which lines each promotion covers, found from the lines: promotions that cover none of them cost nothing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from operator import attrgetter

from quote.basket import Basket
from quote.promotion import CompiledPromotion

_IN_ORDER = attrgetter("order")
_NOTHING: Sequence[int] = ()


class Coverage:
    """An index over promotions, by product and by category. It gives them in the order in which they run."""

    __slots__ = ("_by_category", "_by_product", "_everywhere", "_promotions")

    def __init__(self, promotions: Sequence[CompiledPromotion]) -> None:
        self._promotions = sorted(promotions, key=_IN_ORDER)
        self._everywhere = [place for place, promotion in enumerate(self._promotions) if promotion.covers_all]
        self._by_product: dict[int, list[int]] = defaultdict(list)
        self._by_category: dict[str, list[int]] = defaultdict(list)
        for place, promotion in enumerate(self._promotions):
            for product in promotion.products:
                self._by_product[product].append(place)
            for category in promotion.categories:
                self._by_category[category].append(place)

    def covering(self, basket: Basket) -> Iterator[tuple[CompiledPromotion, Sequence[int]]]:
        """Every promotion that covers a line, with the indices of its lines; those on the whole cart in any case."""
        covered = self._covered(basket)
        places = sorted([*self._everywhere, *covered]) if covered else self._everywhere
        for place in places:
            yield self._promotions[place], covered.get(place, basket.everything)

    def all(self, basket: Basket) -> Iterator[tuple[CompiledPromotion, Sequence[int]]]:
        """Every promotion, with the indices of the lines it covers."""
        covered = self._covered(basket)
        for place, promotion in enumerate(self._promotions):
            yield promotion, basket.everything if promotion.covers_all else covered.get(place, _NOTHING)

    def _covered(self, basket: Basket) -> dict[int, list[int]]:
        """Indices of lines by the place of the promotion that names their product or one of their categories."""
        covered: dict[int, list[int]] = {}
        for index, line in enumerate(basket.lines):
            for places in self._naming(line.product_id.int, line.category_ids):
                for place in places:
                    lines = covered.setdefault(place, [])
                    if not lines or lines[-1] != index:
                        lines.append(index)
        return covered

    def _naming(self, product: int, categories: Sequence[str]) -> list[list[int]]:
        by_category = self._by_category
        found = [by_category[category] for category in categories if category in by_category]
        if product in self._by_product:
            found.append(self._by_product[product])
        return found
