"""From an understood question to an answer: which responders speak, for which products, in which order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from core.text.kernel import Embed
from knowledge_graph.facts import Fact, Shop
from knowledge_graph.questions import (
    comparing,
    confirming,
    containing,
    delivery,
    keeping,
    measuring,
    quoting,
    selling,
    shared_words,
    suitability,
    terms_of_sale,
    unheld,
    whole_shop,
)
from knowledge_graph.questions.asked import Asked, Render, Search, Understander, residue
from knowledge_graph.questions.choosing import intents_to_answer
from knowledge_graph.questions.learned import load_reader
from knowledge_graph.questions.mentions import Meant
from knowledge_graph.questions.reply import Answer, Part, compose, refusal, without_repeats
from knowledge_graph.questions.several import questions_in
from knowledge_graph.retrieval import by_words
from knowledge_graph.schema import Property
from knowledge_graph.search import Catalogue

Responder = Callable[[Shop, Asked, Meant], Part]


def _of(respond: Callable[[Shop, Asked, str], Part]) -> Responder:
    return lambda shop, asked, meant: respond(shop, asked, meant.product)


def _quote(intent: str) -> Responder:
    return lambda shop, asked, meant: quoting.simple(shop, asked, meant.product, intent)


def _freight(shop: Shop, asked: Asked, meant: Meant) -> Part:
    bought = [meant] if meant.quantity or len(asked.groups) == 1 else []
    return delivery.freight(shop, asked, meant.product, selling.cost_of_all(shop, asked, bought))


RESPONDERS: dict[str, Responder] = {
    "list_price": _of(selling.list_price),
    "save": selling.saving,
    "unit_price": selling.price,
    "price": selling.price,
    "deposit": _of(terms_of_sale.deposit),
    "spec": _quote("spec"),
    "servings": _of(quoting.servings),
    "weight": measuring.weight,
    "count": selling.count,
    "size": _of(quoting.size),
    "color": _quote("color"),
    "material": _quote("material"),
    "craft": _quote("craft"),
    "ingredients": _of(containing.contains),
    "origin": _quote("origin"),
    "ship_from": _of(quoting.ship_from),
    "shelf_life": _of(keeping.shelf_life),
    "storage": _quote("storage"),
    "combine": _of(delivery.combined),
    "ship_region": _of(delivery.region),
    "freight": _freight,
    "ship_time": _of(delivery.when),
    "ship_day": _of(delivery.when),
    "courier": _quote("courier"),
    "after": _of(quoting.after_sales),
    "certificate": _of(quoting.certificate),
    "stock": _of(quoting.stock),
    "limit": _of(terms_of_sale.limit),
    "presale": _quote("presale"),
    "lead_time": _of(delivery.when),
    "usage": _quote("usage"),
    "care": _quote("care"),
    "reminder": _quote("reminder"),
    "suitable_for": _quote("suitable_for"),
    "harvest": _of(quoting.harvest),
    "produced": _quote("produced"),
    "maker": _of(quoting.maker),
    "variety": _quote("variety"),
    "grade": _quote("grade"),
    "promotion": selling.promotion,
    "gift": _quote("gift"),
    "points": _quote("points"),
}
"""Who answers what, in the order of speaking."""

_LONGEST = 200
"""Code points of a question that are read; nobody asks more in one breath."""

_SOLD_HERE = r"有(?:没有)?[\u4e00-\u9fff]{2,8}(?:卖|出售)|卖不卖|有没有卖"
_NORMAL = (
    r"是(?:不是)?(?:坏|变质|次品|质量|发霉|烂|假)(?:了|的|问题)?|正常(?:吗|不|么|的)|(?:要紧|碍事)(?:吗|不)"
)
_FIGURES = {"size", "count", "weight"}

_OWN = frozenset(
    (
        "suitable_for points spec lead_time presale deposit limit gift craft material "
        "color size count ingredients usage reminder"
    ).split()
)
"""Intents that mean one product: without one, an answer holds only where most products share it."""

_SPECIFIC = frozenset(
    (
        "usage care material craft ingredients count size storage gift spec after points "
        "maker variety harvest grade suitable_for reminder shelf_life certificate weight promotion "
        "courier freight origin"
    ).split()
)
"""Intents whose answer may stand elsewhere in the record: the search for shared words helps out."""


_LOOSE = frozenset("usage care storage reminder points".split())
"""Intents answered by whole sentences: a guess at one of them does not answer who asks for a figure."""
_RESCUED = _SPECIFIC - {"certificate", "harvest", "produced"}
"""Of a certificate or a date only the property itself answers."""


class Answerer:
    """Answers questions about one shop; build it once for many questions."""

    def __init__(
        self,
        shop: Shop,
        render: Render | None = None,
        search: Search | None = None,
        embed: Embed | None = None,
    ) -> None:
        """``search`` chooses the product where no name fits; by the words of its facts if not given.

        ``embed`` is asked for the meaning where words leave a doubt, 15 to 30 ms a question.
        """
        self.shop = shop
        self.catalogue = Catalogue(shop)
        revise = partial(load_reader().revise, embed=embed, held=self._held)
        self._reader = Understander(self.catalogue, render, search or by_words(shop), revise)

    def answer(self, question: str, on_screen: str | None = None, as_of: date | None = None) -> Answer:
        """Answer ``question`` from facts valid ``as_of`` (the shop's own day by default)."""
        day = as_of or self.shop.meta.as_of
        asked = questions_in(self._reader, question[:_LONGEST], on_screen, day, self._heard)
        parts = [part for each in asked for part in self._parts(each)]
        return compose(without_repeats(parts), self.catalogue.label, asked[0].on_screen)

    def _held(self, asked: Asked, kind: str) -> bool:
        """Whether the products meant have a fact of this kind; where none is meant, any may be."""
        alone = replace(asked, intents=frozenset({kind}))
        respond = RESPONDERS.get(kind)
        return not (respond and asked.meant) or any(respond(self.shop, alone, m).text for m in asked.meant)

    def _outright(self, asked: Asked) -> bool:
        return shared_words.asks_outright(asked, self.catalogue)

    def _heard(self, asked: Asked) -> bool:
        """Whether a clause in which no word family was heard asks something that words of a fact answer."""
        if self._outright(asked) or shared_words.qualities(asked):
            return True
        return bool(shared_words.lone(self.shop, asked, self.catalogue, asked.products()))

    def _parts(self, asked: Asked) -> list[Part]:
        if asked.health:
            return [Part(missing="功效", doctor=True)]
        if (of_all := whole_shop.told(self.shop, asked, self.catalogue)) is not None:
            return of_all
        if asked.off_topic and not self._outright(asked):
            return [Part()]
        if asked.unheld and (parts := unheld.told(self.shop, asked, self.catalogue)) is not None:
            return parts
        if len(asked.groups) > 1:
            together = self._together(asked)
            if together is not None:
                return together
        parts = self._single(asked)
        if asked.unheld:
            parts = [p for p in parts if p.text] + [Part(missing=asked.unheld[0][0])]
        return parts

    def _together(self, asked: Asked) -> list[Part] | None:
        """Several products in one question: a sum, a comparison, or one parcel."""
        firsts = [next(m for m in asked.meant if m.product == g.products[0]) for g in asked.groups]
        if asked.has("combine"):
            parts = [delivery.combined(self.shop, asked, p) for p in asked.products()]
            return [p for p in parts if p.text][:2] or [parts[0]]
        if asked.has("freight") and not asked.places:
            cost = selling.cost_of_all(self.shop, asked, firsts)
            return [replace(delivery.freight(self.shop, asked, firsts[0].product, cost), product="")]
        if comparing.COMPARES.search(asked.text) or asked.says(comparing.COMPARES.pattern):
            compared = comparing.compare(self.shop, asked, firsts, self.catalogue.label)
            if compared is not None:
                return compared
        answered = intents_to_answer(asked, tuple(RESPONDERS))
        if not answered or answered == ["price"] or asked.says("一共|总共|拢共|加起来"):
            return [selling.total_of(self.shop, asked, firsts)]
        return None

    def _single(self, asked: Asked) -> list[Part]:
        meant = list(asked.meant)
        everything = not meant
        if everything:
            meant = [Meant(p) for p in self.catalogue.by_product]
        if asked.says("各") and len(asked.products()) > 1:
            quantity = next((m.quantity for m in meant if m.quantity), None)
            return [selling.total_of(self.shop, asked, [Meant(m.product, quantity) for m in meant])]
        if asked.has("save") and len(meant) > 1:
            tiered = [m for m in meant if (o := selling.offers(self.shop, asked, m.product)) and o.tiers]
            wanted = asked.amounts()[:1]
            meant = [Meant(m.product, wanted[0] if wanted else None) for m in tiered][:1] or meant
        if not asked.named and asked.says(_SOLD_HERE):
            return [Part(missing="这样商品" if not asked.meant else "")]
        if asked.says(_NORMAL) and not asked.conditions and (told := self._telling_normal(asked)):
            return told
        parts: list[Part] = []
        if (strict := self._diet(asked, meant)) is not None:
            return [strict]
        if suitability.asks(asked):
            parts += self._careful(asked, meant)
            if not any(p.text for p in parts):
                return parts
        if asked.guessed and (found := self._instead_of_a_guess(asked, meant)) is not None:
            return found or [Part()]
        only = asked.products() if len(asked.products()) == 1 else ()
        if not asked.conditions and (
            said := [p for o in only if (p := confirming.outright(self.shop, asked, o))]
        ):
            return said
        for intent in intents_to_answer(asked, tuple(RESPONDERS)):
            parts += self._merged(asked, meant, intent, everything)
        parts = self._qualities(asked, meant, self._rescued(asked, meant, parts))
        if not parts:
            parts = shared_words.content(self.shop, asked, self.catalogue, [m.product for m in meant])[:2]
        if not any(p.text or p.doctor for p in parts):
            parts = [p for o in only if (p := confirming.told(self.shop, asked, o))] or parts
        if not any(p.text or p.which or p.doctor for p in parts) and not asked.intents - _RESCUED:
            alone = shared_words.lone(self.shop, asked, self.catalogue, asked.products())
            parts = [p for p in alone if _has_figure(asked, p)] or parts
        if not parts and asked.places and re.search("吗|不|吧", asked.forms[0]):
            parts = self._merged(asked, meant, "origin", everything)
        return parts or [Part(which=everything and not asked.on_screen and bool(asked.intents))]

    def _instead_of_a_guess(self, asked: Asked, meant: Sequence[Meant]) -> list[Part] | None:
        """What answers word for word; nothing where a quality or a figure is asked that a guess may miss."""
        products = [m.product for m in meant]
        found = shared_words.content(self.shop, asked, self.catalogue, products, strong=True)[:2]
        found = found or shared_words.lone(self.shop, asked, self.catalogue, asked.products())
        exact = shared_words.qualities(asked) or (
            asked.intents & _LOOSE and shared_words.asks_how_much(asked)
        )
        return found if found or exact else None

    def _telling_normal(self, asked: Asked) -> list[Part]:
        """Whether a spot or a crystal is a fault: the record's own word on it."""
        found = shared_words.content(self.shop, asked, self.catalogue, asked.products(), strong=True)[:1]
        return found or shared_words.lone(self.shop, asked, self.catalogue, asked.products())

    def _merged(self, asked: Asked, meant: Sequence[Meant], intent: str, everything: bool) -> list[Part]:
        """One intent over all readings of the mention: said once where they agree, else listed."""
        respond = RESPONDERS[intent]
        parts = [respond(self.shop, asked, m) for m in meant]
        known = [p for p in parts if p.text]
        if not known:
            return parts[:1]
        if len(parts) == 1:
            return parts
        if everything:
            text, count = Counter(p.text for p in known).most_common(1)[0]
            own = intent in _OWN and count < 0.5 * len(parts)
            if own or count < 0.5 * len(known):
                return [Part(which=True)]
            chosen = next(p for p in known if p.text == text)
            return [Part(chosen.product if count == 1 else "", chosen.text, chosen.facts, chosen.missing)]
        by_text: dict[str, Part] = {}
        for part in known:
            by_text.setdefault(part.text, part)
        if len(by_text) == 1:
            only = known[0]
            name = only.product if len(known) == 1 else ""
            return [Part(name, only.text, only.facts, only.missing)]
        return list(by_text.values())[:3]

    def _rescued(self, asked: Asked, meant: Sequence[Meant], parts: list[Part]) -> list[Part]:
        """Where an intent has no fact, or a broad one misses the point, a fact with the question's words."""
        loose = asked.intents & _RESCUED
        strict = not loose and bool(asked.intents & (_SPECIFIC - _RESCUED))
        if (not loose and not parts) or strict or suitability.asks(asked):
            return parts
        held, vague = any(p.text for p in parts), any(p.which for p in parts)
        products = [m.product for m in meant]
        least = 1.5 if vague else 1.0
        found = shared_words.content(self.shop, asked, self.catalogue, products, strong=held, least=least)
        found = [f for f in found if _has_figure(asked, f)]
        said = {p.text for p in parts}
        found = [f for f in found if not any(f.text in s for s in said)][:1]
        if not found:
            return parts
        known = [p for p in parts if p.text]
        return [*known, *found] if known else found

    def _qualities(self, asked: Asked, meant: Sequence[Meant], parts: list[Part]) -> list[Part]:
        """甜不甜 beside another question: the fact that says so, or that none does."""
        wanted = shared_words.qualities(asked)
        if not wanted or not parts:
            return parts
        products = [m.product for m in meant]
        found = shared_words.content(self.shop, asked, self.catalogue, products, strong=True)[:2]
        said = "".join(p.text for p in parts)
        found = [f for f in found if f.text not in said]
        missing = [
            Part(missing=f"{q}不{q}") for q in wanted if q not in said + "".join(f.text for f in found)
        ]
        return [*found, *parts, *missing]

    def _by_content(self, asked: Asked, meant: Sequence[Meant], within: tuple[Property, ...]) -> list[Part]:
        products = [m.product for m in meant]
        found = shared_words.content(self.shop, asked, self.catalogue, products, strong=True)
        return [p for p in found if p.facts[0].property in within][:1]

    def _careful(self, asked: Asked, meant: Sequence[Meant]) -> list[Part]:
        parts = [suitability.careful(self.shop, asked, m.product) for m in meant]
        if not any(p.text for p in parts):
            if found := self._by_content(asked, meant, (Property.REMINDER, Property.CARE, Property.USAGE)):
                return [replace(part, doctor=True) for part in found]
            named = [p for m in meant if (p := containing.without(self.shop, asked, m.product))]
            parts = named or [suitability.suited(self.shop, asked, m.product) for m in meant]
        known = [p for p in parts if p.text]
        if not known:
            return parts[:1]
        by_text: dict[str, Part] = {}
        for part in known:
            by_text.setdefault(part.text, part)
        if len(known) == len(parts) and len(by_text) == 1:
            return [
                Part("" if len(parts) > 1 else known[0].product, known[0].text, known[0].facts, doctor=True)
            ]
        return list(by_text.values())[:2]

    def _diet(self, asked: Asked, meant: Sequence[Meant]) -> Part | None:
        parts = [p for m in meant if (p := containing.keeps_off(self.shop, asked, m.product))]
        return next((p for p in parts if p.text), parts[0] if parts else None)


def _has_figure(asked: Asked, part: Part) -> bool:
    """Whether a part has a figure, where how large or how many is asked."""
    asks_one = asked.intents & _FIGURES and asked.says("多[大长宽高重粗厚]|几|多少")
    return not asks_one or bool(re.search(r"[0-9一二两三四五六七八九十]", part.text))


__all__ = ["Answerer", "Fact", "refusal", "residue"]
