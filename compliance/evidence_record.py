"""What a record is: the claim it must cover, its entries, goods, validity and numbers.

The kinds of evidence (:mod:`compliance.evidence`, ``evidence_price``, ``evidence_sales``) read records
through these.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import cn2an

from compliance.rulebook import folder

Record = Mapping[str, Any]
SLACK = timedelta(days=3)
"""How far the days of a record and of a claim may be apart."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What was said: the folded text, the words that match, the day it is said, and of which product.

    ``product`` is the name of the goods on screen, where that is known; otherwise the text has to tell.
    """

    text: str
    surface: str
    as_of: date
    product: str = ""


@cache
def kind_table() -> Mapping[str, Mapping[str, Any]]:
    """``rules/evidence.toml``: the kinds of documents, and the families of goods."""
    kinds: Mapping[str, Mapping[str, Any]] = tomllib.loads(
        (folder() / "evidence.toml").read_text(encoding="utf-8")
    )
    return kinds


def day_of(value: object) -> date | None:
    """A date of a record, or None where it cannot be read."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


@cache
def _goods() -> tuple[tuple[str, str], ...]:
    pairs = [
        (word, family[0]) for family in map(str.split, kind_table()["goods"]["families"]) for word in family
    ]
    return tuple(sorted(pairs, key=lambda p: -len(p[0])))


def goods_in(text: str) -> frozenset[str]:
    """The kinds of goods a text names, as the first word of their family."""
    found: set[str] = set()
    for word, family in _goods():
        if word in text:
            found.add(family)
            text = text.replace(word, "　")
    return frozenset(found)


_QUANTITY = re.compile(
    "[0-9零一二两三四五六七八九十百半]+(?:\\.[0-9]+)?"
    "(?:k?g|m?l|千?克|公?斤|毫?升|枚|只|个|瓶|罐|袋|包|盒|件|把|片|粒|支|条|箱|饼|株|棵|双|套|卷|张|块|颗|提)装?"
)
_VARIANT = frozenset("青红黑白黄绿紫金银灰褐蓝粉老嫩干鲜湿糯粳早晚冬春夏秋生熟甜酸咸辣麻大小荤素公母新陈")
"""Characters that tell kinds of one food apart: 青花椒 is no 红花椒."""


def same_product(claim: Claim, product: object, *, packed: bool = False) -> bool:
    """Whether a record's product may be the one spoken of: nothing contradicts it.

    Where the goods on screen are known the names must agree, and with ``packed`` (prices) the pack as well.
    """
    if not isinstance(product, str) or not product:
        return True
    if claim.product:
        return _same_name(claim.product, product, packed)
    spoken, recorded = goods_in(claim.text), goods_in(product)
    if spoken and recorded and not spoken & recorded:
        return False
    return not _other_variant(claim.text, product)


def _same_name(shown: str, recorded: str, packed: bool) -> bool:
    packs = [_QUANTITY.findall(name) for name in (shown, recorded)]
    if packed and all(packs) and packs[0] != packs[1]:
        return False
    one, other = (_QUANTITY.sub("", name).strip() for name in (shown, recorded))
    return one in other or other in one


def _other_variant(text: str, product: str) -> bool:
    """Whether both name the same food with different kinds of it."""
    for word, _ in _goods():
        if word not in text or word not in product:
            continue
        said, written = _kinds_of(word, text), _kinds_of(word, product)
        if said and written and not said & written:
            return True
    return False


def _kinds_of(word: str, text: str) -> frozenset[str]:
    return frozenset(m[1] for m in re.finditer(f"(.){re.escape(word)}", text) if m[1] in _VARIANT)


def entries(record: Record, key: str) -> list[Mapping[str, Any]]:
    """The entries of one part of a record; none where it is missing or no list."""
    value = record.get(key)
    return [x for x in value if isinstance(x, Mapping)] if isinstance(value, list) else []


def valid(entry: Mapping[str, Any], as_of: date) -> bool:
    """Whether a document holds on that day; one without an end holds for a year."""
    issued, until = day_of(entry.get("issued")), day_of(entry.get("valid_until"))
    if entry.get("issued") and (issued is None or issued > as_of):
        return False
    if entry.get("valid_until"):
        return until is not None and until >= as_of
    return issued is not None and as_of - issued <= timedelta(days=365)


_DIGITS = "零一二三四五六七八九"
_NUMBER = re.compile("[0-9]+(?:\\.[0-9]+)?|[零一二两三四五六七八九十百千点]+")


def numbers_in(text: str) -> list[float]:
    """The numbers in a text, in figures or in Chinese, with 块 and 毛 read as prices (39块9, 39块九)."""
    text = re.sub(
        "([0-9]+)[块元]([0-9一二三四五六七八九])(?![0-9个斤只十百])",
        lambda m: f"{m[1]}.{m[2] if m[2].isdecimal() else _DIGITS.index(m[2])}",
        text,
    )
    text = re.sub(
        "([一二三四五六七八九十百千]+)[块元]([一二三四五六七八九])(?![个斤只十百])", r"\1点\2", text
    )
    found: list[float] = []
    for match in _NUMBER.finditer(text):
        try:
            found.append(float(cn2an.cn2an(match[0].replace("两", "二").strip("点"), "smart")))
        except ValueError:
            continue
    return found
