"""A text, sentence by sentence: what facts carry, what asserts nothing, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from core.text.numbers import Amount, find_amounts
from knowledge_graph.claims.amounts import Clause, carrier, is_article
from knowledge_graph.claims.assertions import asserted, leftover, packed, suitability
from knowledge_graph.claims.regions import regions
from knowledge_graph.claims.sentence import Sentence, note_quotes, quote, texts
from knowledge_graph.claims.verdict import Checked, Claim, ClaimKind
from knowledge_graph.facts import Fact, Shop
from knowledge_graph.questions.pricing import Offers
from knowledge_graph.questions.texts import is_rule
from knowledge_graph.search import THIS, Catalogue, measure

_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
_PRICE_WORD = re.compile(r"(?:价|卖|只要|只需|才|要|付|元|收|便宜|省|优惠|减)[:：是为了]*$")
_TIMES = frozenset("口遍声次位句眼下回趟顿")
_TOGETHER = re.compile(r"[和与跟加比、同及]|还有|以及|一起|再来|另外|哪[个款样种]")


class Checker:
    """Checks texts about one shop; build it once for many texts."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.catalogue = Catalogue(shop)

    def check(self, text: str, product: str | None = None, as_of: date | None = None) -> Checked:
        """Whether a fact valid ``as_of`` carries each claim of ``text``; ``product`` is what it is about."""
        day = as_of or self.shop.meta.as_of
        focus: tuple[str, ...] = (product,) if product in self.catalogue.by_product and product else ()
        claims: list[Claim] = []
        uncarried: list[Claim] = []
        for match in _SENTENCE.finditer(text):
            named = self._named(match[0], focus, day)
            focus = _subjects(match[0], named) or focus
            sentence = Sentence(match[0], match.start(), self._facts(focus, day), bool(focus))
            sentence.named = {i for _, span in named for i in span}
            self._read(sentence, focus)
            claims += sentence.claims
            uncarried += sentence.uncarried
        return Checked(not uncarried, tuple(claims), tuple(uncarried))

    def _facts(self, focus: Sequence[str], day: date) -> tuple[Fact, ...]:
        """Facts of the product in focus; without one, only what holds for the whole shop."""
        held = [f for p in focus for f in self.shop.facts(p)] if focus else []
        return tuple(f for f in (*held, *self.shop.shop_facts()) if f.valid_on(day) and is_rule(f))

    def _named(
        self, text: str, focus: Sequence[str] = (), day: date | None = None
    ) -> list[tuple[str, set[int]]]:
        """Products named in a sentence by a whole name, label, alias or unmistakable part, longest first.

        Words that the product in ``focus`` has in its own record are no part of another's name.
        """
        found: list[tuple[str, set[int]]] = []
        taken: set[int] = set()
        forms = [
            (form, name.product)
            for name in self.catalogue.names
            for form in {name.product, self.catalogue.label(name.product), name.parts[0], *name.aliases}
            if len(form) >= 2
        ]
        for form, product in sorted(forms, key=lambda x: -len(x[0])):
            for match in re.finditer(re.escape(form), text):
                span = set(range(*match.span()))
                same = any(span == s for p, s in found)
                if not span & taken or same:
                    found.append((product, span))
            for p, s in found:
                taken |= s if p == product else set()
        if not found and not THIS.search(text):
            best = [h for h in self.catalogue.best(text) if _whole_run(h.covered)]
            if len(best) == 1 and not (day and self._own(text, best[0].covered, focus, day)):
                found = [(best[0].product, set(best[0].covered))]
        return self._narrowed(text, found)

    def _own(self, text: str, covered: Iterable[int], focus: Sequence[str], day: date) -> bool:
        held = [said for said, fact in texts(self._facts(focus, day)) if fact.product in focus]
        words = re.findall(r"\w{2,}", "".join(c if i in set(covered) else " " for i, c in enumerate(text)))
        return bool(words) and all(any(word in said for said in held) for word in words)

    def _narrowed(self, text: str, found: list[tuple[str, set[int]]]) -> list[tuple[str, set[int]]]:
        """Among products of one core, those whose size or bracket note stands in the sentence."""
        if len({p for p, _ in found}) < 2:
            return found
        cores = {self.catalogue.family(p) for p, _ in found}
        if len(cores) == 1:
            sizes = [m for a in find_amounts(text) if (m := measure(a))]
            sized = set(self.catalogue.sized([p for p, _ in found], sizes)) if sizes else set()
            if len(sized) == 1:
                return [(p, s) for p, s in found if p in sized]
        return found

    def _read(self, sentence: Sentence, focus: Sequence[str]) -> None:
        quote(sentence, texts(sentence.facts))
        regions(sentence)
        self._compare(sentence, focus)
        _amounts(sentence)
        packed(sentence)
        asserted(sentence)
        suitability(sentence)
        leftover(sentence)
        note_quotes(sentence)

    def _compare(self, sentence: Sentence, focus: Sequence[str]) -> None:
        """A比B便宜X元: carried where the two prices say so."""
        match = re.search(r"比(.+?)(便宜|贵|省|多|少)了?(?P<n>[^，,]*)", sentence.text)
        if match is None or len(focus) != 2:
            return
        prices = []
        for product in focus:
            offers = Offers.of([f for f in sentence.facts if f.product == product])
            at = min((i for p, s in self._named(sentence.text) if p == product for i in s), default=0)
            if offers is None or offers.high is not None:
                return
            prices.append((at, offers))
        (_, first), (_, second) = sorted(prices, key=lambda x: x[0])
        gap = second.price - first.price if match[2] in ("便宜", "省", "少") else first.price - second.price
        amount = next((a for a in find_amounts(sentence.text[match.start() :]) if a.kind == "money"), None)
        if gap > 0 and (amount is None or amount.value == gap):
            end = match.start() + amount.end if amount else match.end(2)
            sentence.carry(match.start(), end, "comparison", first.fact)
            sentence.runs.append((match.start(), end, first.fact))


def check(text: str, shop: Shop, product: str | None = None, as_of: date | None = None) -> Checked:
    """Check one text; see :class:`Checker`."""
    return Checker(shop).check(text, product, as_of)


def _subjects(text: str, named: Sequence[tuple[str, set[int]]]) -> tuple[str, ...]:
    """The products a sentence speaks of: the first named, and others where words join or compare them."""
    products = tuple(dict.fromkeys(p for p, _ in sorted(named, key=lambda n: min(n[1]))))
    if len(products) < 2:
        return products
    spans = sorted(named, key=lambda n: min(n[1]))
    first = spans[0][1]
    same = tuple(p for p, s in spans if s == first)
    between = text[max(first) + 1 : min(spans[-1][1])]
    return products if _TOGETHER.search(between) else tuple(dict.fromkeys(same))


def _whole_run(covered: Iterable[int]) -> bool:
    found = sorted(covered)
    return any(b - a == 1 for a, b in pairwise(found))


def _amounts(sentence: Sentence) -> None:
    amounts = tuple(_as_money(sentence.text, a) for a in find_amounts(sentence.text))
    clause = Clause(sentence.text, amounts)
    for amount in amounts:
        span = range(amount.start, amount.end)
        if all(i in sentence.named for i in span) or is_article(amount):
            continue
        if amount.kind == "count" and amount.unit in _TIMES and amount.value <= 5:
            continue
        if (
            all(i in sentence.carried for i in span)
            and sentence.quoted(amount.start, amount.end)
            and _comparing(sentence, amount)
        ):
            continue
        quote = _quoting_run(sentence, amount)
        fact = quote or carrier(clause, amount, sentence.facts)
        kind = _amount_kind(amount)
        if fact is not None:
            sentence.carry(amount.start, amount.end, kind, fact, amount.unit)
        elif sentence.focused or amount.kind != "ordinal":
            sentence.refuse(amount.start, amount.end, kind, "资料里没有这个数，或者对不上")
            sentence.named |= set(span)


def _as_money(text: str, amount: Amount) -> Amount:
    """原价45.9: a bare number behind a price word is money."""
    if amount.kind == "number" and _PRICE_WORD.search(text[: amount.start]):
        return replace(amount, kind="money", unit="元")
    return amount


def _comparing(sentence: Sentence, amount: Amount) -> bool:
    return any(
        c.kind == "comparison" and c.fact and c.start <= sentence.offset + amount.start < c.end
        for c in sentence.claims
    )


def _quoting_run(sentence: Sentence, amount: Amount) -> Fact | None:
    """A verbatim stretch around the amount that says more than the amount."""
    for start, end, fact in sentence.runs:
        if start <= amount.start and amount.end <= end and (end - start) - (amount.end - amount.start) >= 2:
            return fact
    return None


def _amount_kind(amount: Amount) -> ClaimKind:
    kinds: dict[str, ClaimKind] = {
        "money": "price",
        "mass": "weight",
        "volume": "weight",
        "time": "duration",
        "count": "count",
        "date": "date",
    }
    return kinds.get(amount.kind, "value")
