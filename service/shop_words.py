"""The words of a shop for the ears: those of the product on show first, kept up with the shop's changes."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from anchor.speech.front_end import read_out
from captioning.bias import ShopWords
from core.clock import Clock, SystemClock
from core.errors import XiangyinError
from core.text.numbers import find_amounts, parse_numeral, read_aloud
from knowledge_graph.facts import Shop
from knowledge_graph.schema import Property
from knowledge_graph.vocabulary import Vocabulary

log = logging.getLogger(__name__)

_GAPS = re.compile(r"[\s（）()，、]+")
_PLAIN = re.compile(r"[\u3400-\u9fff]{2,}[\u3400-\u9fff0-9]+")
_AMOUNT = re.compile(r"(?=.{2})[\u3400-\u9fff0-9]*[\u3400-\u9fff]")
_SINGLE = re.compile(r"(?<![0-9.])[0-9][\u3400-\u9fff]+")
_SIZES = re.compile(r"\s*[*×xX✕]\s*(?=[0-9])")
_BELOW = re.compile(r"(?<![0-9])-(?=[0-9]+度)")
_LATIN = re.compile(r"(?<=[0-9])\s?(?:kg|g|ml|cm|mm|l|℃)(?![A-Za-z])", re.IGNORECASE)
_UNITS = {"kg": "公斤", "g": "克", "ml": "毫升", "cm": "厘米", "mm": "毫米", "l": "升", "℃": "度"}
_MEASURED = frozenset({"count", "mass", "volume", "length", "time", "degree"})
LOOK = 5.0
"""Seconds between looks at the shop: a new product is heard that much later."""


def words_of(vocabulary: Vocabulary, on_show: str = "", amounts: tuple[str, ...] = ()) -> ShopWords:
    """Product words, aliases, kinds and places, and the ``amounts`` of what is on show.

    Units are ordinary words.
    """
    terms = [t for t in vocabulary.terms(on_show or None) if t.kind != "unit"]
    shown = tuple(t.text for t in terms if on_show and on_show in t.products)
    counted = dict.fromkeys(form for product in vocabulary.by_product for form in _counted(product))
    return ShopWords(shown, tuple(t.text for t in terms if t.text not in shown), tuple(counted), amounts)


def _counted(name: str) -> Iterator[str]:
    """A name with a figure (鲜花饼 10枚, 7号鲜花饼) as it is written without gaps, and as it is said.

    What stands before its last gap (7号鲜花饼 5斤) is a name too.
    """
    for part in dict.fromkeys((name, name.rpartition(" ")[0])):
        if re.search("[0-9]", part):
            yield from filter(_PLAIN.fullmatch, _forms(part))


def _forms(text: str) -> Iterator[str]:
    """What is written, as it may be heard: in figures, as it is said, and with single figures as said."""
    figures = _SIZES.sub("乘", _LATIN.sub(lambda m: _UNITS[m[0].strip().lower()], text))
    figures = _BELOW.sub("零下", figures)
    single = _SINGLE.sub(lambda m: read_out(m[0]), figures)
    yield from (_GAPS.sub("", form) for form in (figures, read_out(text), single))


def amounts_of(shop: Shop, product: str) -> tuple[str, ...]:
    """The amounts that a product's facts state, as they may be heard: 三盒, 保质期十二个月, 39块9一盒.

    No price alone: it could only take the place of another one. Nor 一盒, 半斤: 一 is heard everywhere.
    """
    found: dict[str, None] = {}
    for fact in shop.facts(product):
        stated = find_amounts(fact.written)
        before = "保质期" if fact.property is Property.SHELF_LIFE else ""
        for amount in stated:
            if amount.kind in _MEASURED and amount.high is None and abs(amount.value) > 1:
                found |= dict.fromkeys(_forms(before + fact.written[amount.start : amount.end]))
        if fact.per and isinstance(fact.value, Decimal) and fact.high is None:
            price, per = read_aloud(fact.value, "元"), read_aloud(fact.per.value, fact.per.unit)
            ends = ("", "毛", "毛钱") if price[-2:-1] == "块" else ("", "钱")
            found |= dict.fromkeys(said + end + per for said in (price, _in_figures(price)) for end in ends)
    return tuple(form for form in found if _AMOUNT.fullmatch(form))


def _in_figures(price: str) -> str:
    """39块9 of 三十九块九."""
    whole, unit, tenths = price.partition("块")
    number, rest = parse_numeral(whole), parse_numeral(tenths)
    figures = f"{number.value:f}" if number else whole
    return figures + unit + (f"{rest.value:f}" if rest else tenths)


@dataclass(frozen=True, slots=True)
class _Known:
    """One version of a shop's words, by product on show; replaced as a whole."""

    shop: str
    version: int
    vocabulary: Vocabulary
    amounts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    words: dict[str, ShopWords] = field(default_factory=dict)


def _read(name: str, version: int, shop: Shop) -> _Known:
    amounts = {product: amounts_of(shop, product) for product in shop.products()}
    return _Known(name, version, Vocabulary.of(shop), amounts)


@dataclass(slots=True)
class RoomWords:
    """The words of what a room is about: never blocks, and reads the shop in a thread.

    ``on_air`` tells shop and product on show (empty where none), ``only`` the shop to take where there is
    no show, ``version`` and ``read`` a shop.
    """

    on_air: Callable[[], tuple[str, str]]
    only: Callable[[], str]
    version: Callable[[str], int]
    read: Callable[[str], Shop]
    clock: Clock = field(default_factory=SystemClock)
    _known: _Known = field(default_factory=lambda: _Known("", 0, Vocabulary()))
    _next: float = 0.0
    _reading: threading.Thread | None = None

    def __call__(self) -> ShopWords:
        """The words as they were known last; the first call of a shop finds none yet."""
        known = self._known
        shop, product = self.on_air()
        changed = bool(shop) and shop != known.shop
        busy = self._reading is not None and self._reading.is_alive()
        if not busy and (changed or self.clock.now() >= self._next):
            self._next = self.clock.now() + LOOK
            self._reading = threading.Thread(target=self._look, args=(shop,), daemon=True)
            self._reading.start()
        if changed:
            return ShopWords()
        if product not in known.words:
            known.words[product] = words_of(known.vocabulary, product, known.amounts.get(product, ()))
        return known.words[product]

    def _look(self, name: str) -> None:
        try:
            name = name or self.only()
            version = self.version(name) if name else 0
            if (name, version) != (self._known.shop, self._known.version):
                self._known = (
                    _read(name, version, self.read(name)) if name else _Known("", version, Vocabulary())
                )
        except XiangyinError as error:
            log.warning("no words for the ears: %s", error.code)
