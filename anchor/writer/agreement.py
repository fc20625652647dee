"""Whether a model's answer says what the answer from facts says: all of it, and not the opposite."""

from __future__ import annotations

import re

from core.text.numbers import canonical, find_amounts
from knowledge_graph.questions import Answer, wording
from knowledge_graph.schema import Property

SHARE = 0.6
"""Share of the characters of an answer without figures that a model's answer must have."""
LONGEST = 90
"""Characters of an answer that a small model can still say in its own words."""

_EXACT = frozenset(
    (
        Property.REMINDER,
        Property.SUITABLE_FOR,
        Property.CERTIFICATE,
        Property.AFTER_SALES,
        Property.INGREDIENTS,
    )
)
"""Facts that are told word for word."""
_CARE = re.compile(r"医生|客服|遵医嘱|没有?写|不清楚|告诉我")
_NO = re.compile(r"[不没无别非未]")
_YES = re.compile(r"(?<![不没])(?:能|可以|行|没问题|放心|是的|对的|有的|都发|包邮)")
_DENIES = re.compile(r"不能|不可以|不行|没有|不发|不是|不用|不要|不会")


def careful(question: str, found: Answer) -> bool:
    """Whether the answer from facts must be said as it is: health, care, exact records, nothing to say."""
    if not found.answerable or found.missing or not found.facts or len(found.text) > LONGEST:
        return True
    if any(f.property in _EXACT for f in found.facts) or _CARE.search(found.text):
        return True
    families = (*wording.health(), *wording.conditions())
    return any(family.pattern.search(question) for family in families)


def agrees(found: Answer, text: str) -> re.Match[str] | None:
    """The word by which ``text`` says the opposite of ``found``; None where there is none."""
    if _NO.search(found.text):
        return next((m for m in _YES.finditer(text) if m[0] not in found.text), None)
    return next((m for m in _DENIES.finditer(text) if m[0] not in found.text), None)


def begins(found: Answer, said: str) -> bool:
    """Whether ``said`` has a figure of the answer from facts, where that has any."""
    wanted = {canonical(a) for a in find_amounts(found.text)}
    return not wanted or bool(wanted & {canonical(a) for a in find_amounts(said)})


def complete(found: Answer, said: str) -> bool:
    """Whether ``said`` has every amount of the answer from facts and most of its words."""
    wanted = {canonical(a) for a in find_amounts(found.text)}
    held = {canonical(a) for a in find_amounts(said)}
    if not wanted <= held:
        return False
    words = set(re.sub(r"[\W\d]", "", found.text))
    return len(words & set(said)) >= SHARE * len(words)
