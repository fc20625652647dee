"""The words a shop's stream will be full of: product words, aliases, places and units, most likely first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from core.text.numbers import find_amounts
from knowledge_graph.facts import Fact, Shop
from knowledge_graph.schema import Property

_BRACKETS = re.compile(r"[（(].*?[）)]")
_NUMBERED = re.compile(r"[0-9]+[A-Za-z]*[级型款码代后]")
_WORD = re.compile(r"[\u4e00-\u9fff]{2,}")


@dataclass(frozen=True, slots=True)
class Term:
    """A word with its ``sound`` (pinyin syllables without tones), its kind and the products it belongs to.

    ``kind`` is ``product``, ``alias``, ``variety``, ``place`` or ``unit``.
    """

    text: str
    sound: tuple[str, ...]
    kind: str
    products: tuple[str, ...]


_Word = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a shop by product: pure data, changed product by product, never rebuilt whole.

    For biasing a recogniser and repairing its text by sound::

        words = Vocabulary.of(shop)                      # once
        words = words.with_product(name, shop.facts(name))   # a product was added or changed
        words = words.without(name)                      # a product is gone
        words.terms(on_show=name, limit=50)              # most likely first
    """

    by_product: Mapping[str, tuple[_Word, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, shop: Shop) -> Vocabulary:
        """The words of every product of a shop."""
        return cls({p: tuple(dict.fromkeys(_words(shop.facts(p), p))) for p in shop.products()})

    def with_product(self, product: str, facts: Iterable[Fact]) -> Vocabulary:
        """The vocabulary with one product added or read anew; the words of the others are not touched."""
        return Vocabulary({**self.by_product, product: tuple(dict.fromkeys(_words(facts, product)))})

    def without(self, product: str) -> Vocabulary:
        """The vocabulary without one product."""
        return Vocabulary({p: words for p, words in self.by_product.items() if p != product})

    def terms(self, on_show: str | None = None, limit: int | None = None) -> tuple[Term, ...]:
        """Terms, most likely first: those of the product on show, then names, aliases, kinds, places, units.

        Within a kind the words that most products share come first. ``limit`` keeps the first so many.
        """
        held: dict[_Word, list[str]] = {}
        for product, words in self.by_product.items():
            for word in words:
                held.setdefault(word, []).append(product)

        def place(item: tuple[_Word, list[str]]) -> tuple[bool, int, int, str]:
            (text, kind), products = item
            return on_show not in products, _RANK[kind], -len(products), text

        ranked = sorted(held.items(), key=place)[:limit]
        return tuple(Term(text, sound(text), kind, tuple(products)) for (text, kind), products in ranked)


def vocabulary(shop: Shop) -> tuple[Term, ...]:
    """The words of a shop, most likely first: :meth:`Vocabulary.terms` of the whole shop."""
    return Vocabulary.of(shop).terms()


_RANK = {"product": 0, "alias": 1, "variety": 2, "place": 3, "unit": 4}
"""The kinds of terms, the likeliest first."""
_KINDS = {
    Property.ALIAS: "alias",
    Property.VARIETY: "variety",
    Property.ORIGIN: "place",
    Property.BRAND: "alias",
}


def _words(facts: Iterable[Fact], product: str) -> Iterable[_Word]:
    for part in _spoken(product):
        yield part, "product"
    for fact in facts:
        if kind := _KINDS.get(fact.property):
            for part in _spoken(str(fact.value)):
                if len(part) <= 8:
                    yield part, kind
        for unit in (fact.per.unit if fact.per else "", fact.unit if fact.property is Property.STOCK else ""):
            if unit and unit > "\u3400":
                yield unit, "unit"


def _spoken(name: str) -> list[str]:
    """The words of a name. A number in figures takes what counts or orders with it: 38号 leaves no 号."""
    text = _NUMBERED.sub(" ", _BRACKETS.sub(" ", name))
    for amount in reversed(find_amounts(text)):
        if re.search("[0-9]", text[amount.start : amount.end]):
            text = f"{text[: amount.start]} {text[amount.end :].removeprefix('装')}"
    return _WORD.findall(text)


@lru_cache(maxsize=20_000)
def sound(text: str) -> tuple[str, ...]:
    """The pinyin syllables of a word, without tones."""
    return tuple(lazy_pinyin(text, style=Style.NORMAL))
