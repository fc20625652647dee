"""Places and the province they lie in: to see that a text is a place, and that two texts name two places."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from core.tables import shipped

_STYLE = re.compile(
    r"风味|口味|味|式|小面|米线|米粉|拉面|烤鸭|炒饭|火锅|锅贴|烧鸡|烤馕|板鸭|盐水鸭|凉皮|肉夹馍|辣子鸡|酸辣粉|种|苗|品种|同款|哈密瓜|普洱|菜心|油鸡|香猪|湘莲|风格|菜系|卤|酱料|做法"
)


@cache
def provinces() -> Mapping[str, str]:
    """Every known place with its province; provinces map to themselves."""
    found: dict[str, str] = {}
    for _, (province, places) in shipped("knowledge_graph.ingest", "places.tsv", 2):
        found[province] = province
        for place in places.split():
            found.setdefault(place, province)
    return found


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(provinces(), key=len, reverse=True))))


def provinces_in(text: str) -> frozenset[str]:
    """The provinces of all places that a text names."""
    return frozenset(provinces()[m[0]] for m in _pattern().finditer(text))


def is_place(text: str) -> bool:
    """Whether a short text begins with a place or reads as an administrative name."""
    return len(text) <= 24 and bool(
        _pattern().match(text.removeprefix("中国"))
        or re.match(r"^[\u4e00-\u9fff]{1,6}[省市县区州旗](?:[\u4e00-\u9fff]{0,8})$", text)
    )


def contradicts(name: str, origin: str) -> bool:
    """Whether a product's name begins with a place of one province and its origin lies in others.

    Names of styles and varieties (重庆小面) are no statement of origin.
    """
    match = _pattern().match(name)
    if not match or _STYLE.search(name):
        return False
    there = provinces_in(origin)
    return bool(there) and provinces()[match[0]] not in there and match[0] not in origin
