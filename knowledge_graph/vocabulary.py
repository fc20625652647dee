"""The words a shop's stream will be full of: product words, aliases, places and units, most likely first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from knowledge_graph.facts import Shop
from knowledge_graph.schema import Property

_SIZE = re.compile(
    r"[（(][^）)]*[）)]|\d+(?:\.\d+)?\s*(?:kg|g|ml|斤|克|公斤|毫升|升|两|[个只枚袋盒瓶罐包条件装]+)(?:[*×xX]\d+\S?)?|[*×]\d+\S?",
    re.I,
)
_WORD = re.compile(r"[\u4e00-\u9fff]{2,}")


@dataclass(frozen=True, slots=True)
class Term:
    """A word with its ``sound`` (pinyin syllables without tones), its kind and the products it belongs to."""

    text: str
    sound: tuple[str, ...]
    kind: str
    products: tuple[str, ...]


def vocabulary(shop: Shop) -> tuple[Term, ...]:
    """The words of a shop: names, aliases, kinds, then places; the ones many products share come first."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for product in shop.products():
        for kind, text in _words(shop, product):
            found.setdefault((text, kind), Counter())[product] += 1
    ranked = sorted(found.items(), key=lambda item: (_RANK[item[0][1]], -len(item[1]), item[0][0]))
    return tuple(Term(text, sound(text), kind, tuple(products)) for (text, kind), products in ranked)


_RANK = {"product": 0, "alias": 1, "variety": 2, "place": 3}
_KINDS = {
    Property.ALIAS: "alias",
    Property.VARIETY: "variety",
    Property.ORIGIN: "place",
    Property.BRAND: "alias",
}


def _words(shop: Shop, product: str) -> Iterable[tuple[str, str]]:
    for part in _WORD.findall(_SIZE.sub(" ", product)):
        yield "product", part
    for fact in shop.facts(product):
        if kind := _KINDS.get(fact.property):
            for part in _WORD.findall(re.sub(r"[（(].*?[）)]", "", str(fact.value))):
                if len(part) <= 8:
                    yield kind, part


@lru_cache(maxsize=20_000)
def sound(text: str) -> tuple[str, ...]:
    """The pinyin syllables of a word, without tones."""
    return tuple(lazy_pinyin(text, style=Style.NORMAL))
