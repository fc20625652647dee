"""The two questions before a voice: is the line grounded, and may it be said? Each gets its verdict.

A check that fails or raises refuses the line: when claims or guard cannot answer, the AI is silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Protocol

from compliance.goods import category_of
from compliance.guard import Guard
from core.events import Action, Finding, Line, Verdict
from knowledge_graph.facts import Fact, Shop
from knowledge_graph.schema import Property

BY_CONSTRUCTION = frozenset({"phrases", "answers", "fixed"})
"""Writers whose every value is put in from a fact by code; other text is read back claim by claim."""
PERSON = "person"
"""The writer of what a person said and the host passes on as theirs: not a claim of the host's own."""
RITUAL = "ritual"
"""The writer of what a person wrote into the programme. It may talk of other things than goods (转转手腕);
what it says of goods, and every figure, place and promise, is checked as a model's text is."""

_NAMES = (Property.NAME, Property.ALIAS)
_SENTENCE = re.compile(r"[^。！？!?]+[。！？!?]*")
_OF_GOODS = re.compile(
    r"[这那](?:款|个|种|批|样|袋|瓶|盒|包)|[这那]些(?!话|动作)|它|[咱我]们?[家店]|店里|本店|货|产品|商品|宝贝|[吃喝用穿]了"
)


class Carried(Protocol):
    """What :class:`knowledge_graph.claims.Checked` says."""

    @property
    def carried(self) -> bool:
        """Whether facts carry every claim."""
        ...

    @property
    def claims(self) -> tuple[Any, ...]:
        """Every claim, with ``start`` and the ``fact`` that carries it."""
        ...

    @property
    def uncarried(self) -> tuple[Any, ...]:
        """The claims no fact carries, with ``start``, ``end``, ``kind`` and ``reason``."""
        ...


class Claims(Protocol):
    """Reads claims out of free text (:class:`knowledge_graph.claims.Checker`)."""

    def check(self, text: str, product: str | None = None, as_of: date | None = None) -> Carried:
        """Which facts carry the claims of ``text``."""
        ...


class Gate:
    """Judges lines of one shop. Without ``claims``, text that is not bound to facts is refused."""

    def __init__(
        self, shop: Shop, guard: Guard, claims: Claims | None = None, as_of: date | None = None
    ) -> None:
        self._shop = shop
        self._guard = guard
        self._claims = claims
        self._day = as_of or shop.meta.as_of
        held = [f for name in ("", *shop.products()) for f in self._held(name)]
        self._known = {f.id for f in held}
        self._names = {pair for f in held if f.property in _NAMES for pair in _pairs(f"{f.value}{f.product}")}
        self._valid = {f.id for f in held if f.valid_on(self._day)}

    def _held(self, product: str) -> tuple[Fact, ...]:
        return self._shop.facts(product) if product else self._shop.shop_facts()

    def judge(self, line: Line) -> tuple[Verdict, ...]:
        """The verdict of the claims, and, where they carry the line, the verdict of the guard."""
        grounded = self._grounded(line)
        if grounded.action != "allow":
            return (grounded,)
        return grounded, self._allowed(line)

    def _grounded(self, line: Line) -> Verdict:
        try:
            return Verdict(on=line.id, by="claims", **self._claims_of(line))
        except Exception as error:
            return _failed(line, "claims", error)

    def _claims_of(self, line: Line) -> dict[str, Any]:
        at = 0
        # An answer may cite an offer that is over, to say so; the script may not.
        known = self._valid if line.writer == "phrases" else self._known
        for segment in line.segments:
            end = at + len(segment.text)
            if segment.fact is not None and segment.fact not in known:
                found = Finding("claims.unknown_fact", at, end, segment.text, "资料里没有这一条，或已过期")
                return {"action": "block", "findings": (found,)}
            at = end
        if line.writer in BY_CONSTRUCTION or line.writer == PERSON:
            return {"action": "allow"}
        if self._claims is None:
            found = Finding("claims.unchecked", 0, len(line.text), line.text, "没有核对过依据")
            return {"action": "block", "findings": (found,)}
        checked = self._claims.check(line.text, line.product, self._day)
        talk = line.writer == RITUAL and not self._of_goods(line.text)
        findings = tuple(
            Finding(f"claims.{c.kind}", c.start, c.end, line.text[c.start : c.end], c.reason)
            for c in checked.uncarried
            if not (talk and c.kind == "predicate")
        )
        if line.writer != RITUAL:
            findings += tuple(_idle(line.text, checked))
        findings += tuple(self._compared(line, checked))
        return {"action": "block" if findings else "allow", "findings": findings}

    def _compared(self, line: Line, checked: Carried) -> Iterator[Finding]:
        """What leans on the list price (便宜12元) and may not be said, as the list price itself may not."""
        for claim in checked.claims:
            fact: Fact | None = claim.fact
            if fact is None or fact.property is not Property.LIST_PRICE:
                continue
            named = self._guard.check(
                f"原价{fact.value}元，现在便宜了。",
                "ai",
                self.category(line.product),
                self._record(line.product),
                self._day,
            )
            if named.action != "allow":
                said = line.text[claim.start : claim.end]
                yield Finding("claims.compared", claim.start, claim.end, said, "比的是划线价，没有成交记录")

    def _of_goods(self, text: str) -> bool:
        """Whether a text may be about what is sold: part of a name, or a word that points to goods."""
        return bool(_OF_GOODS.search(text)) or not self._names.isdisjoint(_pairs(text))

    def _allowed(self, line: Line) -> Verdict:
        try:
            said = self._guard.check(
                line.text, "ai", self.category(line.product), self._record(line.product), self._day
            )
            action: Action = "allow" if said.action == "allow" else "block"
            return Verdict(
                on=line.id, by="guard", action=action, findings=said.findings, suggestion=said.rewrite or ""
            )
        except Exception as error:
            return _failed(line, "guard", error)

    def category(self, product: str | None) -> str:
        """The kind of goods that a product is, as the guard's rules name it."""
        cells = [str(f.value) for f in self._held(product or "") if f.property is Property.CATEGORY]
        return category_of(product or "", " ".join(cells))

    def _record(self, product: str | None) -> Mapping[str, Any]:
        """The evidence of the shop as the guard reads it: certificates and today's price."""
        names = (product,) if product else self._shop.products()
        certificates = [
            {
                "type": str(f.value),
                "number": str(f.value),
                "product": name,
                "valid_until": f.valid_until.isoformat() if f.valid_until else None,
            }
            for name in names
            for f in self._held(name)
            if f.valid_on(self._day) and f.property is Property.CERTIFICATE
        ]
        return {"as_of": self._day.isoformat(), "certificates": certificates}


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def passed(verdicts: tuple[Verdict, ...]) -> bool:
    """Whether both questions were asked and answered with yes."""
    return {v.by for v in verdicts} >= {"claims", "guard"} and all(v.action == "allow" for v in verdicts)


def _idle(text: str, checked: Carried) -> Iterator[Finding]:
    """Sentences of a model that no fact carries: nobody checks its small talk (the weather)."""
    held = [c.start for c in checked.claims if c.fact is not None and c.fact.property not in _NAMES]
    for match in _SENTENCE.finditer(text):
        if match[0].strip() and not any(match.start() <= at < match.end() for at in held):
            yield Finding("claims.idle", *match.span(), match[0], "这一句没有说到资料里的事")


def _failed(line: Line, by: Any, error: Exception) -> Verdict:
    reason = f"检查没能完成（{type(error).__name__}），按不许说处理"
    found = Finding(f"{by}.failed", 0, len(line.text), line.text, reason)
    return Verdict(on=line.id, by=by, action="block", findings=(found,))
