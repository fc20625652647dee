"""The guard: may this be said on air? Rules, exemptions, evidence; grounding is asked elsewhere.

fold → undo disguises → match → exempt → evidence → sound-alike candidates → second opinion → judgement. For
an AI an offence is blocked, or cut out where what remains is a whole and clean sentence; what no rule knows
but the opinion doubts is not said. A person is alerted by rules alone, never altered.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from itertools import chain
from typing import Any, Literal

from compliance import evidence, privacy
from compliance.evidence_record import Claim, day_of
from compliance.exempt import exemption
from compliance.found import Found, cuts_a_word, finding, undominated
from compliance.match import Match, Matcher
from compliance.normal import Folded, fold
from compliance.normal_disguise import Disguises, Guess
from compliance.opinion import Opinion, clause, load_opinion
from compliance.rulebook import Rule, Rulebook, load_rules, word_lists
from compliance.weighing import Passage
from core.errors import ConfigurationError
from core.events import Action, Finding

Speaker = Literal["ai", "human"]
_ONLY_AI = "C15"
OUTWEIGHED = "整句读来不违规"
KNOWN, UNKNOWN = 0.0, 0.75
"""Log-odds above which a passage offends: one in which a rule knows something, and one in which none does."""
INSISTS, _BESIDE = 1.5, 2
"""Log-odds of its clause alone above which a match stands, whatever is said around it; characters beside a
match without which its clause says nothing else.
"""
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
class _Case:
    """Who says it of which goods, on which day, with which evidence."""

    speaker: Speaker
    category: str
    record: Mapping[str, Any] | None
    day: date
    product: str


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Of a ``raw`` text the matches that stand, those lifted and why, and whether evidence lifted one."""

    raw: str
    standing: tuple[Found, ...]
    lifted: tuple[tuple[Found, str], ...]
    proved: bool


@dataclass(frozen=True, slots=True)
class _Read:
    """The passage ``[start, end)`` of a text, the matches that stand in it, and what is known of it."""

    text: Folded
    start: int
    end: int
    here: tuple[Found, ...]
    passage: Passage
    offends: bool


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
        findings = tuple(finding(f, text) for f in found)
        advice = tuple(dict.fromkeys(f"“{finding(f, text).surface}”：{f.rule.advice}" for f in found))
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

    def passages(self, text: str, as_of: date) -> list[Passage]:
        """What an AI's ``text`` is judged by, passage by passage; the weighing is fitted to it."""
        shown, candidates, _ = self._candidates(text)
        sorted_out = self._sorted(text, candidates, _Case("ai", "generic", None, as_of, ""))
        read = {id(f.text): f.text for f in sorted_out.standing} or {0: shown}
        return [each.passage for one in read.values() for each in self._read(one, sorted_out)]

    def _candidates(self, text: str) -> tuple[Folded, list[Found], tuple[Guess, ...]]:
        """The text without disguises, the matches in it and in what it may stand for, the guesses."""
        plain = fold(text)
        shown = self._disguises.reveal(plain)
        candidates = [Found(m.rule, shown, m.start, m.end) for m in self._matcher.find(shown.text)]
        guesses = tuple(self._disguises.guesses(shown, None if candidates else plain))
        for guess in guesses:
            replaced = bytearray(len(guess.text.text))
            for a, b in guess.spans:
                replaced[a:b] = b"\1" * (b - a)
            candidates += [
                Found(m.rule, guess.text, m.start, m.end, guessed=True)
                for m in self._matcher.find(guess.text.text)
                if m.rule.sound and any(replaced[m.start : m.end])
            ]
        return shown, candidates, guesses

    def _found(self, text: str, case: _Case) -> tuple[list[Found], tuple[Considered, ...]]:
        shown, candidates, guesses = self._candidates(text)
        told = self._sorted(text, candidates, case)
        texts = {id(f.text): f.text for f in told.standing}
        read = {at: self._read(text, told) for at, text in texts.items()}
        kept = self._weighed(told, read.values(), case)
        held = set(map(id, kept))
        considered = [Considered(f.rule.id, f.surface, why) for f, why in told.lifted]
        considered += [
            Considered(f.rule.id, f.surface, OUTWEIGHED) for f in told.standing if id(f) not in held
        ]
        if not (kept or told.proved) and case.speaker == "ai":
            kept = self._doubted(read.get(id(shown)) or self._read(shown, told), guesses, told, case.category)
        return undominated(kept), tuple(dict.fromkeys(considered))

    def _sorted(self, text: str, candidates: Iterable[Found], case: _Case) -> _Sorted:
        """Which matches stand, and which are lifted by an exemption or by evidence."""
        standing: list[Found] = []
        lifted: list[tuple[Found, str]] = []
        proved = False
        for one in candidates:
            rule = one.rule
            if case.speaker == "human" and (rule.kind == _ONLY_AI or rule.human == "ignore"):
                continue
            if not _concerns(rule, case.category, one.text.text):
                continue
            why = exemption(one.text.text, Match(rule, one.start, one.end))
            if not why and cuts_a_word(text, *one.span):
                why = "只是别的词的一部分"
            claim = Claim(one.text.text, one.surface, case.day, case.product)
            if not why and evidence.lifts(rule.evidence, claim, case.record):
                why, proved = "有有效证据", True
            if not why and rule.evidence and case.record is None:
                if evidence.cited(one.text.text, one.start, one.end):
                    why = "说了证件的号码和在哪里看，或价格的起止日期"
            if why:
                lifted.append((one, why))
            else:
                standing.append(one)
        return _Sorted(text, tuple(standing), tuple(lifted), proved)

    def _weighed(self, told: _Sorted, read: Iterable[list[_Read]], case: _Case) -> list[Found]:
        """The matches in passages that offend all in all, and what else these passages read like."""
        if self._opinion is None:
            return list(told.standing)
        kept: list[Found] = []
        for each in chain.from_iterable(read):
            if not each.here or not (each.offends or self._insists(told.raw, each.here, case)):
                continue
            kept += each.here
            other = each.passage.kind not in each.passage.rules.values()
            if case.speaker == "ai" and other and each.passage.sentence > 0:
                kept += self._alike(each, case.category, each.here[0].rule.ai)
        return kept

    def _doubted(
        self, read: Iterable[_Read], guesses: Iterable[Guess], told: _Sorted, category: str
    ) -> list[Found]:
        """What no rule knows and still reads like an offence, in dialect and in Mandarin."""
        doubted = [each for each in read if each.offends]
        rendered = [g.text for g in guesses if g.spans == ((0, len(g.text.text)),)]
        if not doubted or any(not any(each.offends for each in self._read(one, told)) for one in rendered):
            return []
        return self._alike(max(doubted, key=lambda each: each.passage.sentence), category, "block")

    def _read(self, text: Folded, told: _Sorted) -> list[_Read]:
        """The passages of a text with the matches in them and how they read; none where nothing reads."""
        if self._opinion is None:
            return []
        bounds = self._opinion.passages(text.text)
        starts = [start for start, _ in bounds]
        here: list[list[Found]] = [[] for _ in bounds]
        aside = [False] * len(bounds)
        for found in (f for f in told.standing if f.text is text):
            here[bisect_right(starts, found.start) - 1].append(found)
        for found in (f for f, _ in told.lifted if f.text is text):
            aside[bisect_right(starts, found.start) - 1] = True
        made: list[_Read] = []
        for (start, end), matches, lifted in zip(bounds, here, aside, strict=True):
            part = text.text[start:end]
            passage, odds = self._odds(part, {f.rule.id: f.rule.kind for f in matches}, lifted)
            made.append(
                _Read(text, start, end, tuple(matches), passage, odds > (KNOWN if matches else UNKNOWN))
            )
        return made

    def _insists(self, raw: str, here: Iterable[Found], case: _Case) -> bool:
        """Whether nothing excuses a match.

        Its clause alone is bad enough or says nothing else, or the record of the goods does not bear it out.
        """
        rules = {f.rule.id: f.rule.kind for f in here}
        return any(
            f.insists(raw) or (f.rule.evidence and case.record is not None) or self._bad_alone(f, rules)
            for f in here
        )

    def _bad_alone(self, found: Found, rules: Mapping[str, str]) -> bool:
        """Whether the clause of a match offends without what frames it."""
        alone = clause(found.text.text, found.start, found.end)
        if sum(map(str.isalnum, alone)) - (found.end - found.start) < _BESIDE:
            return True  # it says nothing else
        return self._opinion is not None and self._odds(alone, rules, False)[1] > INSISTS

    def _odds(self, text: str, rules: Mapping[str, str], lifted: bool) -> tuple[Passage, float]:
        """What is known of a passage, and the log-odds that it offends."""
        assert self._opinion is not None
        kind = reading.kind if rules and (reading := self._opinion.read(text)) else ""
        passage = Passage(*self._opinion.worst_and_whole(text), kind, rules, lifted)
        return passage, self._opinion.weighing.odds(passage)

    def _alike(self, read: _Read, category: str, ai: str) -> list[Found]:
        """The finding of the class that a passage reads like."""
        told = self._opinion.read(read.text.text[read.start : read.end]) if self._opinion else None
        if told is None:
            return []
        alike = [rule for rule in self.book.rules if rule.kind == told.kind]
        bound = [rule for rule in alike if rule.categories]
        concerned = {"generic", *(c for rule in bound for c in rule.categories)}
        if not alike or (2 * len(bound) > len(alike) and category not in concerned):
            return []  # a class for goods of other kinds, as seeds are
        like = alike[0]
        reason = f"整句读来像这一类：{like.reason}"
        rule = replace(like, id=f"opinion.{like.kind}", reason=reason, ai=ai)
        return [Found(rule, read.text, read.start + told.start, read.start + told.end)]

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
