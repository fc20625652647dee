"""Places of a question: with the province that shipping rules name, and whether they are spoken of at all."""

from __future__ import annotations

import re
from collections.abc import Collection

from core.text.sound import key
from knowledge_graph.ingest.places import provinces

_HARBOURS = {
    "香港": "港澳台",
    "澳门": "港澳台",
    "台湾": "港澳台",
    "台北": "港澳台",
    "高雄": "港澳台",
    "台中": "港澳台",
    "港澳台": "港澳台",
    "九龙": "港澳台",
}


def places_in(text: str) -> tuple[tuple[str, str], ...]:
    """Places of a text with the province (or 港澳台) that shipping rules name."""
    table = dict(provinces()) | _HARBOURS
    names = sorted(table, key=len, reverse=True)
    found = [
        (m[0], _HARBOURS.get(m[0], table[m[0]])) for m in re.finditer("|".join(map(re.escape, names)), text)
    ]
    return tuple(dict.fromkeys((n, "港澳台" if p == "台湾" else p) for n, p in found))


_WORDS_TOO = frozenset("开封 安康 平安 长寿 和平 富裕 同心 大方 太平 安平 永寿 延寿".split())
"""Places whose names are words as well: 开封后怎么放 speaks of no town."""
_SENT_THERE = (
    r"(?:[发寄送到往邮]|(?<!现)在|我们?是?){0}|"
    r"{0}(?:市|县|那边|这边|人|(?:能不?能?|可以|包不包|会)?[发寄送邮](?!霉))"
)


def speaks_of(text: str, place: str, names: Collection[str]) -> bool:
    """Whether a place is spoken of, not only part of a product's name (赣南 in 赣南脐橙)."""
    if place in _WORDS_TOO and not re.search(_SENT_THERE.format(place), text):
        return False
    sounds = ["".join(key(name)) for name in names]
    for match in re.finditer(re.escape(place), text):
        around = (text[max(0, match.start() - 1) : match.end()], text[match.start() : match.end() + 1])
        wider = [w for w in around if len(w) > len(place)]
        heard = any("".join(key(w)) in sound for w in wider for sound in sounds)
        behind = text[match.start() + 1 : match.end() + 1]
        if place[0] in "和跟与同到" and len(behind) > 1 and any(behind in name for name in names):
            continue
        if not heard and not any(w in name for w in wider for name in names):
            return True
    return False
