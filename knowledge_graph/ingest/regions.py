"""Where a shop does not ship, ships only, or asks more: read from rules in running text and from lists."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from core.tables import shipped
from core.text.numbers import find_amounts, to_yuan

_EXCLUDE = (
    r"不(?:予|能|可|支持|给|参与)?(?:发货|配送|发|送达|送货|邮寄|寄|邮(?!费)|投递|派送|送|到)(?!票|错"
    r"|少)|发不了|发不到|寄不了|寄不到|送不到|停发|禁发|暂停发货|暂不发货|无法发货|无法配送|无法送达"
    r"|不在配送范围"
)
_SURCHARGE = (
    r"(?:每[单件份箱]|需|要|另|得)*(?:加收|加价|补收|补|加|另付|多付|多收|付|收)"
    r"(?:(?:邮费|运费|快递费)(?:[，,:：]\s*(?:每[单件份]|一[单件份])?)?|差价|邮|收)?\s*(?:[¥￥]?\s*[0-9零一二两三四五六七八九十百]+(?:\.[0-9]+)?\s*[元块]?(?:钱)?(?:邮费"
    r"|运费|快递费)?)|不包邮|运费自理|邮费自理"
)
_ONLY = r"(?:只|仅|限|光)(?:能|可|支持|给)?(?:发|送|寄|邮|投|配送)(?:货|递|寄|送)?(?:往|到|至|去)?"
_EXCEPT = r"除(?!外)"
_OUT = r"除外|以外|之外"
_FREE = r"包邮|免邮|免运费"
_ALL = r"(?:全国|其他|其它|其余|别的)(?:各?地区?|省份?|区域)?"
_TOKEN = re.compile(
    rf"(?P<exclude>{_EXCLUDE})|(?P<out>{_OUT})|(?P<except>{_EXCEPT})|(?P<only>{_ONLY})|(?P<surcharge>{_SURCHARGE})|(?P<free>{_FREE})|(?P<all>{_ALL})"
)
_STRONG = re.compile(r"[；;。！!\n]")
_NONE = re.compile(
    r"^(?:无|没有|全国(?:都|均|皆)?(?:可|能)?(?:发货|发|包邮|配送)?|全国|都发|都能发|均可发|不限|全发|/|-+|—+|×|x|否)$",
    re.I,
)
_COLD = re.compile(r"夏天|夏季|冬天|冬季|高温|[0-9]-?[0-9]*月(?!.{0,4}起)|天热|天冷")


@dataclass(frozen=True, slots=True)
class Regions:
    """What a text says about regions; ``surcharges`` maps a region to what it costs more, in 元."""

    excluded: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    surcharges: dict[str, Decimal] = field(default_factory=dict)
    none: bool = False
    unread: tuple[str, ...] = ()


@cache
def _names() -> tuple[re.Pattern[str], dict[str, str]]:
    names: dict[str, str] = {}
    for _, (name, others) in shipped("knowledge_graph.ingest", "regions.tsv", 2, filled=1):
        names |= dict.fromkeys((name, *others.split()), name)
    names["江浙沪皖"] = "江浙沪皖"
    ordered = sorted((n for n in names if len(n) > 1), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))), names


def speaks_of_regions(text: str) -> bool:
    """Whether the text rules where the shop ships."""
    pattern, _ = _names()
    return bool(pattern.search(text)) and any(m.lastgroup != "all" for m in _TOKEN.finditer(text))


def read_rules(text: str) -> Regions:
    """Regions named in running text, each by the verb that rules it."""
    ruled = _Ruled()
    for segment in _STRONG.split(unicodedata.normalize("NFKC", text)):
        if not _COLD.search(segment):
            _Segment(ruled, segment).read()
    excluded = [r for r in dict.fromkeys(ruled.excluded) if r not in ruled.surcharges]
    return Regions(tuple(excluded), tuple(dict.fromkeys(ruled.only)), ruled.surcharges)


@dataclass(slots=True)
class _Ruled:
    """What the verbs of a text have ruled so far."""

    excluded: list[str] = field(default_factory=list)
    only: list[str] = field(default_factory=list)
    surcharges: dict[str, Decimal] = field(default_factory=dict)

    def assign(self, kind: str, word: str, regions: list[str]) -> None:
        """Give ``regions`` to the verb ``word``."""
        if kind in ("exclude", "except"):
            self.excluded += regions
        elif kind == "only":
            self.only += regions
        elif kind == "surcharge":
            amount = next((a for a in find_amounts(word) if a.kind in ("money", "number")), None)
            if amount:
                value = to_yuan(amount) if amount.kind == "money" else amount.value
                self.surcharges.update(dict.fromkeys(regions, value))


@dataclass(slots=True)
class _Segment:
    """One sentence read from left to right: regions wait until a verb before or behind rules them."""

    ruled: _Ruled
    text: str
    waiting: list[str] = field(default_factory=list)
    since_comma: int = 0
    verb: str = ""
    verb_text: str = ""

    def read(self) -> None:
        """Read the whole sentence."""
        pattern, names = _names()
        marks = [(m.start(), m.lastgroup or "", m[0]) for m in _TOKEN.finditer(self.text)]
        marks += [(m.start(), "region", names[m[0]]) for m in pattern.finditer(self.text)]
        marks += [(m.start(), "comma", "") for m in re.finditer("[,，]", self.text)]
        for _, kind, word in sorted(marks):
            if kind == "region":
                self.waiting.append(word)
            elif kind == "comma":
                self._comma()
            else:
                self._mark(kind, word)
        if not (self.verb == "except" and self._only_freight()):
            self._give()

    def _only_freight(self) -> bool:
        """包邮（新疆除外）rules what is charged, not where it is sent."""
        sends = re.search(r"不发|发货|发往|都发|可发|配送", self.text)
        return bool(re.search(_FREE, self.text)) and not sends

    def _comma(self) -> None:
        self.since_comma = len(self.waiting)
        if self.verb == "free" and not self.waiting:
            # 全店包邮，新疆不发: 包邮 rules nothing that comes after the comma.
            self.verb = ""

    def _mark(self, kind: str, word: str) -> None:
        if self.verb == "except" and self._only_freight():
            self._forget()
        if kind == "all":
            if self.verb:
                self._give()
                self._forget()
        elif kind in ("only", "except") or not self.waiting:
            self._give()
            self.waiting, self.verb, self.verb_text = [], kind, word
        elif kind == "out":
            if not self._only_freight():
                self.ruled.excluded += self.waiting
            self._forget()
        else:
            self._verb(kind, word)

    def _verb(self, kind: str, word: str) -> None:
        """A verb behind regions: it rules them, unless one before them does."""
        if self.verb:
            # 不发新疆西藏，甘肃补10元: what follows the comma belongs to the verb that follows it.
            cut = self.since_comma if self.since_comma < len(self.waiting) else 0
            before, after = (self.waiting[:cut], self.waiting[cut:]) if cut else (self.waiting, [])
            self.ruled.assign(self.verb, self.verb_text, before)
            self.ruled.assign(kind, word, after)
            self.verb, self.verb_text = (kind, word) if self.verb != "except" and not after else ("", "")
        else:
            self.ruled.assign(kind, word, self.waiting)
        self.waiting, self.since_comma = [], 0

    def _give(self) -> None:
        self.ruled.assign(self.verb, self.verb_text, self.waiting)

    def _forget(self) -> None:
        self.waiting, self.verb = [], ""


def read_region_list(text: str) -> Regions:
    """A cell of a column that lists regions: 新疆、西藏、港澳台; 无 is an empty list."""
    plain = unicodedata.normalize("NFKC", text).strip(" 。.")
    if _NONE.match(plain):
        return Regions(none=True)
    pattern, names = _names()
    if any(m.lastgroup in ("exclude", "surcharge", "out", "except", "only") for m in _TOKEN.finditer(plain)):
        ruled = read_rules(text)
        if ruled.excluded or ruled.surcharges or ruled.only:
            return ruled
    found: list[str] = []
    unread: list[str] = []
    for part in re.split(r"[、,，;；/\s]+|和|及|以及|与", plain):
        word = re.sub(
            r"^(?:不发货?|不送|除)[:：]?|(?:等地?区?|省份?|不发货?)$", "", part.strip("()（）.。:： ")
        )
        if not word:
            continue
        if word in names:
            found.append(names[word])
        elif inside := [names[m[0]] for m in pattern.finditer(word)]:
            found += inside
        elif len(word) <= 6 and not any(c.isdigit() for c in word):
            found.append(word)
        else:
            unread.append(word)
    return Regions(tuple(dict.fromkeys(found)), unread=tuple(unread))
