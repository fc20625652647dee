"""What the cells of a column look like, for headings nobody knew and for rows that slipped sideways."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge_graph.ingest.places import is_place
from knowledge_graph.ingest.regions import _names

_WEIGHT = re.compile(
    r"^(?:净重?|约|带箱|毛重)?\s*[\d.一二两三四五六七八九十半]+\s*(?:kg|g|斤|公斤|克|千克|两|ml|毫升|升|l)",
    re.I,
)
_DURATION = re.compile(
    r"^(?:常温|冷藏|冷冻|密封|阴凉|约)?[\d一二两三四五六七八九十半]+\s*(?:个月|天|年|日|月|周)(?:左右)?$"
)
_STORAGE = re.compile(r"^(?:常温|冷藏|冷冻|阴凉|避光|密封|干燥|通风|放?冰箱|-\d+℃|\d+-\d+℃|室温|置于)")
_SHIPPING = re.compile(r"(?:小时|天).{0,3}内?.{0,2}(?:发|寄)|每周.+发|现货")
_CERTIFICATE = re.compile(r"^(?:SC|QS)\s*\d{8,}|认证|许可证|地理标志|检测报告|合格证|绿色食品|有机证|LB-\d")
_MONEY = re.compile(r"^[¥￥]|\d\s*[元块]")
_NUMBER = re.compile(r"^-?[\d,]+(?:\.\d+)?$")


def look(text: str) -> str:
    """The one role a text unmistakably looks like; empty when it looks like nothing in particular."""
    if not text:
        return ""
    if _CERTIFICATE.search(text):
        return "certificate"
    if _DURATION.match(text):
        return "shelf_life"
    if _WEIGHT.match(text) and not _MONEY.search(text):
        return "net_weight"
    if _SHIPPING.search(text):
        return "shipping"
    if _STORAGE.match(text):
        return "storage"
    if _MONEY.search(text):
        return "price"
    if _is_region_list(text):
        return "excluded_region"
    if is_place(text):
        return "origin"
    return "number" if _NUMBER.match(text) else ""


def _is_region_list(text: str) -> bool:
    parts = [p for p in re.split(r"[、,，/\s]+", text) if p]
    return len(parts) >= 2 and all(p in _names()[1] for p in parts)


def looks_like(texts: Sequence[str]) -> str:
    """The role that at least 70 % of the filled cells look like; bare numbers alone name no role."""
    found = [look(t) for t in texts if t]
    if len(found) < 2:
        return ""
    best = max(set(found), key=found.count)
    return best if best not in ("", "number") and found.count(best) >= 0.7 * len(found) else ""
