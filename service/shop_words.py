"""The words of a shop for the ears: those of the product on show first, kept up with the shop's changes."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from anchor.speech.front_end import read_out
from captioning.bias import ShopWords
from core.clock import Clock, SystemClock
from core.errors import XiangyinError
from knowledge_graph.facts import Shop
from knowledge_graph.vocabulary import Vocabulary

log = logging.getLogger(__name__)

_FIGURE = re.compile(r"[0-9][^0-9]*$")
_GAPS = re.compile(r"[\s（）()，、]+")
_PLAIN = re.compile(r"[\u3400-\u9fff]{2,}[\u3400-\u9fff0-9]+")
LOOK = 5.0
"""Seconds between looks at the shop: a new product is heard that much later."""


def words_of(vocabulary: Vocabulary, on_show: str = "") -> ShopWords:
    """Product words, aliases, kinds and places; units are ordinary words."""
    terms = [t for t in vocabulary.terms(on_show or None) if t.kind != "unit"]
    shown = tuple(t.text for t in terms if on_show and on_show in t.products)
    counted = dict.fromkeys(form for product in vocabulary.by_product for form in _counted(product))
    return ShopWords(shown, tuple(t.text for t in terms if t.text not in shown), tuple(counted))


def _counted(name: str) -> Iterator[str]:
    """A name that ends in a figure (鲜花饼 10枚) as it is written without gaps, and as it is said."""
    if _FIGURE.search(name):
        for form in (name, read_out(name)):
            whole = _GAPS.sub("", form)
            if _PLAIN.fullmatch(whole):
                yield whole


@dataclass(frozen=True, slots=True)
class _Known:
    """One version of a shop's words, by product on show; replaced as a whole."""

    shop: str
    version: int
    vocabulary: Vocabulary
    words: dict[str, ShopWords] = field(default_factory=dict)


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
            known.words[product] = words_of(known.vocabulary, product)
        return known.words[product]

    def _look(self, name: str) -> None:
        try:
            name = name or self.only()
            version = self.version(name) if name else 0
            if (name, version) != (self._known.shop, self._known.version):
                vocabulary = Vocabulary.of(self.read(name)) if name else Vocabulary()
                self._known = _Known(name, version, vocabulary)
        except XiangyinError as error:
            log.warning("no words for the ears: %s", error.code)
