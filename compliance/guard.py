"""The guard: may this be said on air? Rules, exemptions, evidence; grounding is asked elsewhere.

fold → undo disguises → match → exempt → evidence → sound-alike candidates → second opinion → judgement. For
an AI an offence is blocked, or cut out where what remains is a whole and clean sentence; what no rule knows
but the opinion doubts is not said. A person is alerted by rules alone, never altered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from typing import Any, Literal

import rjieba

from compliance import evidence, privacy
from compliance.evidence_record import Claim, day_of
from compliance.exempt import exemption
from compliance.match import Match, Matcher
from compliance.normal import Folded, fold
from compliance.normal_disguise import Disguises, Guess
from compliance.opinion import Opinion, load_opinion
from compliance.rulebook import Rule, Rulebook, load_rules, word_lists
from core.errors import ConfigurationError
from core.events import Action, Finding

Speaker = Literal["ai", "human"]
_ONLY_AI = "C15"
_PHRASE = 12
"""Characters beyond which a match is a sentence; a shorter one says better where the offence is."""
_SHORT, _AROUND = 2, 8
"""Characters of a match that may lie inside an ordinary word, and those around it that tell."""
OFFENDS, LAWFUL, PROVED = 0.25, -1.5, -3.0
"""Log-odds of the opinion above which an AI does not say what no rule knows, and below which a rule errs, or
one that asks for evidence does.
"""
_AGREED, _SET_ASIDE = 1.0, 1.0
"""By how much each further rule of the class makes it harder to outvote them; by how much more an AI must
doubt what a rule knew and an exemption lifted.
"""
_AFFIRMED = re.compile(
    "[^，,。！!；;？?]{0,4}[？?][，,]?(?:那|这)?(?:是的|是啊|对|当然|没错|必须|可不|确实|真的|能[，,。！!]|有[，,。！!]|会[，,。！!])"
)
"""A question that is said yes to is a claim, however lawful asking reads."""
_CLAUSE = re.compile("[^，,。！？!?；;…\n]*[，,。！？!?；;…\n]*")


@dataclass(frozen=True, slots=True)
class Considered:
    """A match that is no offence, and why: what ``--explain`` shows beside the findings."""

    rule: str
    surface: str
    why: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What shall happen to a text. ``rewrite`` is the text without its offences, or None.

    ``advice`` says, finding by finding, what to do: drop the claim or show the evidence it needs.
    """

    action: Action
    findings: tuple[Finding, ...]
    rewrite: str | None = None
    advice: tuple[str, ...] = ()
    considered: tuple[Considered, ...] = ()
    version: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """A rule's match with the folded text it was found in."""

    rule: Rule
    text: Folded
    start: int
    end: int

    @property
    def span(self) -> tuple[int, int]:
        return self.text.span(self.start, self.end)

    @property
    def surface(self) -> str:
        return self.text.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class _Case:
    """Who says it of which goods, on which day, with which evidence."""

    speaker: Speaker
    category: str
    record: Mapping[str, Any] | None
    day: date
    product: str


class Guard:
    """All rules, compiled. Immutable after loading; safe to share between threads."""

    def __init__(self, book: Rulebook, as_of: date | None = None, opinion: Opinion | None = None) -> None:
        unknown = evidence.missing(rule.evidence for rule in book.rules)
        if unknown:
            raise ConfigurationError(
                "rules.unknown_evidence",
                f"规则用到了没有定义的证据：{'、'.join(sorted(unknown))}。",
                "请补进 evidence.toml。",
            )
        self.book = book
        self.as_of = as_of
        self.version = f"{book.version}-{opinion.version}" if opinion else book.version
        self._opinion = opinion
        self._matcher = Matcher(book.rules)
        words = frozenset(w for rule in book.rules for w in rule.words)
        sounds = frozenset(w for rule in book.rules if rule.sound for w in rule.words)
        self._disguises = Disguises(words, sounds)

    @classmethod
    def load(cls, as_of: date | None = None) -> Guard:
        """The guard with the rules of the house; ``as_of`` replaces today when evidence is dated."""
        return cls(load_rules(), as_of, load_opinion())

    def check(
        self,
        text: str,
        speaker: Speaker = "ai",
        category: str = "generic",
        record: Mapping[str, Any] | None = None,
        as_of: date | None = None,
        product: str = "",
    ) -> Judgement:
        """Judge one text. Offsets of the findings are code points of ``text``.

        ``product`` names the goods on screen: evidence must then be about them.
        ``as_of`` beats ``record["as_of"]``, which beats the guard's own day and today.
        """
        day = as_of or (day_of(record.get("as_of")) if record else None) or self.as_of or date.today()
        case = _Case(speaker, category, record, day, product)
        found, considered = self._found(text, case)
        findings = tuple(_finding(f, text) for f in found)
        advice = tuple(dict.fromkeys(f"“{_finding(f, text).surface}”：{f.rule.advice}" for f in found))
        if not found:
            return Judgement("allow", (), considered=considered, version=self.version)
        if speaker == "human":
            return Judgement("alert", findings, None, advice, considered, self.version)
        rest = None
        if all(f.rule.ai == "rewrite" for f in found):
            rest = self._rewritten(text, findings, case)
        action: Action = "rewrite" if rest else "block"
        return Judgement(action, findings, rest, advice, considered, self.version)

    def revealed(self, text: str) -> Folded:
        """The text as rules and opinion read it: folded, without its disguises."""
        return self._disguises.reveal(fold(text))

    def _found(self, text: str, case: _Case) -> tuple[list[_Found], tuple[Considered, ...]]:
        plain = fold(text)
        shown = self._disguises.reveal(plain)
        candidates = [_Found(m.rule, shown, m.start, m.end) for m in self._matcher.find(shown.text)]
        guesses = self._disguises.guesses(shown, None if candidates else plain)
        for guess in guesses:
            replaced = bytearray(len(guess.text.text))
            for a, b in guess.spans:
                replaced[a:b] = b"\1" * (b - a)
            candidates += [
                _Found(m.rule, guess.text, m.start, m.end)
                for m in self._matcher.find(guess.text.text)
                if m.rule.sound and any(replaced[m.start : m.end])
            ]
        standing: list[_Found] = []
        considered: list[Considered] = []
        proved = False
        for one in candidates:
            rule = one.rule
            if case.speaker == "human" and (rule.kind == _ONLY_AI or rule.human == "ignore"):
                continue
            if not _concerns(rule, case.category, one.text.text):
                continue
            why = exemption(one.text.text, Match(rule, one.start, one.end))
            if not why and _cuts_a_word(text, *one.span):
                why = "只是别的词的一部分"
            claim = Claim(one.text.text, one.surface, case.day, case.product)
            if not why and evidence.lifts(rule.evidence, claim, case.record):
                why, proved = "有有效证据", True
            if why:
                considered.append(Considered(rule.id, one.surface, why))
            else:
                standing.append(one)
        agreeing = Counter(kind for _, kind in {(f.rule.id, f.rule.kind) for f in standing})
        kept: list[_Found] = []
        for found in standing:
            if self._lawful(found, agreeing[found.rule.kind]):
                considered.append(Considered(found.rule.id, found.surface, "整句读来不违规"))
            else:
                kept.append(found)
        if not (kept or proved) and case.speaker == "ai":
            above = OFFENDS + (_SET_ASIDE if candidates else 0)
            kept += self._doubted(shown, guesses, above, case.category)
        return _undominated(kept), tuple(dict.fromkeys(considered))

    def _lawful(self, found: _Found, agreeing: int) -> bool:
        """Whether the words around a match read so honest that it and the rules that agree with it err."""
        if self._opinion is None or _AFFIRMED.match(found.text.text, found.end):
            return False
        least = (PROVED if found.rule.evidence else LAWFUL) - _AGREED * (agreeing - 1)
        return self._opinion.around(found.text.text, found.start, found.end) < least

    def _doubted(self, text: Folded, guesses: Iterable[Guess], above: float, category: str) -> list[_Found]:
        """What no rule knows and still reads like an offence, in dialect and in Mandarin."""
        reading = self._opinion.read(text.text, above) if self._opinion else None
        if self._opinion is None or reading is None:
            return []
        rendered = [g.text.text for g in guesses if g.spans == ((0, len(g.text.text)),)]
        if any(self._opinion.read(mandarin, above) is None for mandarin in rendered):
            return []
        alike = [rule for rule in self.book.rules if rule.kind == reading.kind]
        bound = [rule for rule in alike if rule.categories]
        if 2 * len(bound) > len(alike) and category not in {
            "generic",
            *(c for r in bound for c in r.categories),
        }:
            return []  # a class for goods of other kinds, as seeds are
        like = alike[0]
        reason = f"整句读来像这一类：{like.reason}"
        rule = replace(like, id=f"opinion.{like.kind}", reason=reason, ai="block")
        return [_Found(rule, text, reading.start, reading.end)]

    def _rewritten(self, text: str, findings: Iterable[Finding], case: _Case) -> str | None:
        """The text without the clauses that offend, where what is left can stand alone and is clean."""
        offends = bytearray(len(text))
        for f in findings:
            offends[f.start : f.end] = b"\1" * (f.end - f.start)
        kept = [m[0] for m in _CLAUSE.finditer(text) if m[0] and not any(offends[m.start() : m.end()])]
        rest = "".join(kept).strip("，, 　；;")
        if len(rest) < 6 or len(rest) < len(text) // 4:
            return None
        again, _ = self._found(rest, case)
        return None if again else rest


def _concerns(rule: Rule, category: str, text: str) -> bool:
    """Whether a rule holds for the category, or the text is about one of its own where that is unknown."""
    if not rule.categories or category in rule.categories:
        return True
    return category == "generic" and _about(rule.categories, text)


@lru_cache(maxsize=64)  # asked for every match of a text: a long one must not be searched each time
def _about(categories: frozenset[str], text: str) -> bool:
    words = [word_lists().get(f"about_{category}") for category in categories]
    return any(known is None or any(word in text for word in known) for known in words)


def _cuts_a_word(text: str, start: int, end: int) -> bool:
    """Whether two characters as written begin inside an ordinary word: 通酒 in 普通酒 is nothing."""
    if end - start > _SHORT or not start:
        return False
    at = max(0, start - _AROUND)
    for token in rjieba.cut(text[at : end + _AROUND], False):
        if at >= start:
            return False
        at += len(token)
        if at > start:
            return True
    return False


def _finding(found: _Found, text: str) -> Finding:
    start, end = found.span
    rule = found.rule
    return Finding(rule.id, start, end, text[start:end], rule.reason, rule.kind, rule.law)


def _undominated(found: list[_Found]) -> list[_Found]:
    """Phrases before sentences, then longest first; one that touches a kept one of its class is dropped."""
    kept: list[_Found] = []
    taken: dict[str, bytearray] = {}
    length = max((f.span[1] for f in found), default=0)
    for one in sorted(found, key=lambda f: (f.end - f.start > _PHRASE, f.start - f.end, f.span[0])):
        a, b = one.span
        marks = taken.setdefault(one.rule.kind, bytearray(length))
        if not any(marks[a:b]):
            marks[a:b] = b"\1" * (b - a)
            kept.append(one)
    return sorted(kept, key=lambda f: f.span)


@cache
def _house() -> Guard:
    return Guard(load_rules())


def screen(text: str, as_of: date | None = None) -> tuple[Finding, ...]:
    """What a merchant should hear of while importing goods: offences and stray personal data in a cell.

    Judged as an AI would say it, without a record; class C15 does not apply to a product sheet.
    """
    said = _house().check(text, as_of=as_of).findings
    personal = tuple(
        Finding(
            f"PII.{s.type}",
            s.start,
            s.end,
            text[s.start : s.end],
            "商品资料里不该有个人信息",
            "PII",
            "个人信息保护法第二十五条、第五十一条",
        )
        for s in privacy.mask(text).spans
    )
    return tuple(f for f in said if f.kind != _ONLY_AI) + personal


Screen = Callable[[str], tuple[Finding, ...]]
