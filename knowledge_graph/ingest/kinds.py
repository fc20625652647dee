"""Rules for one kind of goods (酒类另外不发青海): which words rule it, and which products are of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from knowledge_graph.ingest.draft import Draft
from knowledge_graph.schema import Property

_RULES = (
    r"(?=(?:商品|产品)?(?:因[^，,；;。]{0,12})?(?:另外?|一律|暂时?|还|也|都|均|单独|额外)*"
    r"(?:不|只|仅|限|停|无法|加|补|要|需|走|发|[0-9]+\s*(?:小时|天)))"
)
_LEAD = r"(?:^|(?<=[，,；;。！!：:\n]))(?P<lead>\s*(?:[0-9①-⑩]+[、.．]|另外?|其中|注意?|但是?)?[：:，,\s]*)"
_MARKED = re.compile(rf"{_LEAD}(?P<kind>[\u4e00-\u9fff]{{1,6}}?)(?:类|系列|制品){_RULES}")
_NAMED = re.compile(rf"{_LEAD}(?P<kind>[\u4e00-\u9fff]{{2,5}}?){_RULES}")
_NO_KIND = re.compile(r"本店|全店|所有|全部|以上|以下|其[他它余]|各|我们|我家|快递|地区|偏远")
_SIZE = re.compile(r"[（(【\[].*?[）)】\]]|[0-9].*$")


def parts(text: str, drafts: Sequence[Draft]) -> list[tuple[str, str]]:
    """The text cut before each kind of goods that it rules, each with its kind; empty: all goods."""
    found = sorted({m.start(): m["kind"] for m in _kinds(text, drafts)}.items())
    if not found:
        return [(text, "")]
    ends = [start for start, _ in found[1:]] + [len(text)]
    before = text[: found[0][0]].strip(" ，,；;。")
    told = []
    for (start, kind), end in zip(found, ends, strict=True):
        stop = re.search(r"[；;。！!\n]", text[start + 1 : end])
        cut = start + 1 + stop.end() if stop else end
        told.append((text[start:cut].strip(" ，,；;。"), kind))
        before = "；".join(filter(None, (before, text[cut:end].strip(" ，,；;。"))))
    return [(before, "")] * bool(before) + told


def _kinds(text: str, drafts: Sequence[Draft]) -> Iterable[re.Match[str]]:
    marked = [m for m in _MARKED.finditer(text) if not _NO_KIND.search(m["kind"])]
    yield from marked
    taken = {m.start() for m in marked}
    for match in _NAMED.finditer(text):
        if match.start() not in taken and not _NO_KIND.search(match["kind"]):
            if 0 < len(of_kind(match["kind"], drafts)) < len(drafts):
                yield match


def of_kind(kind: str, drafts: Sequence[Draft]) -> frozenset[tuple[str, int]]:
    """Sheet and row of the goods of a kind, by their category, their section, their sheet or their name."""
    return frozenset((d.sheet, d.row) for d in drafts if _is(kind, d))


def _is(kind: str, draft: Draft) -> bool:
    groups = [str(f.value) for f in draft.all(Property.CATEGORY)] + [draft.section, draft.sheet]
    name = _SIZE.sub("", unicodedata.normalize("NFKC", draft.name)).strip().removesuffix("礼盒")
    named = re.search(rf"{kind}(?![\u4e00-\u9fff])", name) if len(kind) == 1 else kind in name
    return bool(named) or any(_covers(group, kind) for group in groups)


def _covers(group: str, kind: str) -> bool:
    """Whether a category or sheet is of that kind alone: 酒 covers 米酒类, not 酒和醋."""
    plain = re.sub("(?:类|系列|制品|商品|产品|专区|区)+$", "", group.strip())
    return not re.search(r"[、，,/和与及·&\s]", plain) and plain.endswith(kind)
