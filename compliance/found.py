"""What a rule found in a text: where, whether anything may excuse it, and what a person is told of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import rjieba

from compliance.normal import Folded, fold
from compliance.rulebook import Rule
from core.events import Finding

_PHRASE = 12
"""Characters beyond which a match is a sentence; a shorter one says better where the offence is."""
_SHORT, _AROUND = 2, 8
"""Characters of a match that may lie inside an ordinary word, and those around it that tell."""
_AFFIRMED = re.compile(
    "[^，,。！!；;？?]{0,4}[？?][，,]?(?:那|这)?(?:是的|是啊|对|当然|没错|必须|可不|确实|真的|能[，,。！!]|有[，,。！!]|会[，,。！!])"
)
"""A question that is said yes to is a claim, however lawful asking reads."""


@dataclass(frozen=True, slots=True)
class Found:
    """A rule's match with the folded text it was found in."""

    rule: Rule
    text: Folded
    start: int
    end: int
    guessed: bool = False
    """Whether its text is what the words may stand for: sound-alikes, Mandarin of a line in dialect."""

    @property
    def span(self) -> tuple[int, int]:
        """Where it is in the raw text."""
        return self.text.span(self.start, self.end)

    @property
    def surface(self) -> str:
        """The folded words that matched."""
        return self.text.text[self.start : self.end]

    def insists(self, raw: str) -> bool:
        """Whether no reading excuses it: a question that is said yes to, or a word that was disguised."""
        if _AFFIRMED.match(self.text.text, self.end):
            return True
        start, end = self.span
        written = raw[start:end]
        circled = any(unicodedata.category(character) == "No" for character in written)
        return not self.guessed and (circled or fold(written).text != self.surface)


def cuts_a_word(text: str, start: int, end: int) -> bool:
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


def finding(found: Found, text: str) -> Finding:
    """What a person is shown of a match in the raw ``text``."""
    start, end = found.span
    rule = found.rule
    return Finding(rule.id, start, end, text[start:end], rule.reason, rule.kind, rule.law)


def undominated(found: list[Found]) -> list[Found]:
    """Phrases before sentences, then longest first; one that touches a kept one of its class is dropped."""
    kept: list[Found] = []
    taken: dict[str, bytearray] = {}
    length = max((f.span[1] for f in found), default=0)
    for one in sorted(found, key=lambda f: (f.end - f.start > _PHRASE, f.start - f.end, f.span[0])):
        a, b = one.span
        marks = taken.setdefault(one.rule.kind, bytearray(length))
        if not any(marks[a:b]):
            marks[a:b] = b"\1" * (b - a)
            kept.append(one)
    return sorted(kept, key=lambda f: f.span)
