"""Is what a show said in its facts? Reads ``show.jsonl`` and the shop's papers, and nothing of the program.

usage: python -m benchmarks.spoken_claims SHOW.jsonl SHOP_FOLDER; the folder holds ``facts.json`` (what a
person read from the sheet), ``products.csv`` and ``meta.json``.

It knows no grammar, only strings: every figure, place, certificate number and word of certification in a
spoken line must stand in the facts that the record names for this line and in the shop's papers, or in what
the papers say of the products it names. A figure may also be one the viewer asked with, or follow by
arithmetic (so many times a price, sums, 斤 and 克) from figures that are carried; those are counted apart.
What a line says is not written down is no claim. Blind spots: claims in words that are none of these.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product as pairs
from pathlib import Path
from typing import Any

FIGURE = re.compile(r"\d+(?:\.\d+)?")
CERTIFICATE = re.compile(r"[A-Z]{2,}[-A-Z0-9]{4,}")
DIVISION = re.compile(r"[\u4e00-\u9fff]{2}[市县镇村州]")
PROVINCES = (
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 "
    "四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门"
).split()
CERTIFIED = ("有机", "绿色食品", "地理标志", "检测报告", "质检", "认证", "专利", "食品生产许可")
NO_PLACE = ("超市", "城市", "上市", "农村", "夜市", "集市", "股市", "门市", "乡镇", "城镇")
DIGITS = "零一二三四五六七八九"
UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
UNWRITTEN = re.compile(r"[^，。；]*(?:资料里没有?写|没有写|不敢乱说)[^，。；]*")
HELP = re.compile(r"12356|96110")
"""Help lines that the host's fixed sentences name."""


def fold(text: object) -> str:
    """One form for full-width and half-width, no white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(text)))


def figures(text: object) -> set[Decimal]:
    """The figures of a text as numbers: 45.90 is 45.9, 2,980 is 2980, 二百六十八 is 268."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", fold(text))
    found = {Decimal(one).normalize() for one in FIGURE.findall(plain)}
    return found | {counted(one).normalize() for one in re.findall(f"[{DIGITS}十百千万两]{{2,}}", plain)}


def counted(words: str) -> Decimal:
    """A Chinese numeral."""
    total = last = 0
    for word in words:
        if word in UNITS:
            total, last = total + (last or 1) * UNITS[word], 0
        else:
            last = 2 if word == "两" else DIGITS.index(word)
    return Decimal(total + last)


@dataclass
class Tally:
    """Claims found in spoken lines, and how they were carried. ``wrong`` says which were not, and where."""

    lines: int = 0
    claims: int = 0
    stated: int = 0
    reckoned: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def carried(self) -> int:
        """Claims that stand in the facts, or follow by one step."""
        return self.stated + self.reckoned


@dataclass(frozen=True)
class Papers:
    """Everything the shop's own papers say: the facts that a person read, by product, and the cells."""

    text: str
    products: dict[str, str]

    @classmethod
    def of(cls, folder: Path) -> Papers:
        """The papers of a folder."""
        facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        with (folder / "products.csv").open(encoding=meta["csv_encoding"], newline="") as sheet:
            cells = [fold(cell) for row in csv.reader(sheet) for cell in row]
        products = {fold(f["product"]): fold(json.dumps(f, ensure_ascii=False)) for f in facts}
        return cls("\n".join([*products.values(), *cells]), products)


def check(show: Path, folder: Path) -> Tally:
    """Count the claims of a show."""
    papers, tally = Papers.of(folder), Tally()
    for raw in show.read_text(encoding="utf-8").splitlines():
        record = json.loads(raw)
        if record["type"] == "line" and record["spoken"]:
            tally.lines += 1
            _line(record, papers, tally)
    return tally


def figures_of(texts: Iterable[object]) -> set[Decimal]:
    """All figures of several texts."""
    return {n for text in texts for n in figures(text)}


def _line(record: dict[str, Any], papers: Papers, tally: Tally) -> None:
    text = fold(HELP.sub("", UNWRITTEN.sub("", record["text"])))
    facts = [fold(json.dumps([f["product"], f["value"]], ensure_ascii=False)) for f in record["facts"]]
    about = [papers.products.get(fold(f["product"]), "") for f in record["facts"]]
    said = "\n".join([*facts, *about])
    asked = "\n".join(fold(c["text"]) for c in record["answers"])
    stated = (figures_of(facts) & figures(papers.text)) | figures_of(about)
    carried, waiting = stated & figures(text), sorted(figures(text) - stated)
    tally.claims += len(figures(text))
    tally.stated += len(carried)
    held = figures_of(facts) | carried
    while found := [n for n in waiting if _follows(n, held, figures(asked) | _spoken(asked))]:
        tally.reckoned += len(found)
        waiting = [n for n in waiting if n not in found]
        held |= set(found)
    tally.wrong += [f"{number:f}: {record['text']}" for number in waiting]
    for words in _names(text):
        tally.claims += 1
        if words in said and words in papers.text:
            tally.stated += 1
        elif words in asked or words[-2:] in asked:
            tally.reckoned += 1
        else:
            tally.wrong.append(f"{words}: {record['text']}")


def _names(text: str) -> list[str]:
    """Places, certificate numbers and words of certification in a text."""
    found = CERTIFICATE.findall(text) + [p for p in PROVINCES if p in text]
    found += [d for d in DIVISION.findall(text) if not any(d.endswith(n) for n in NO_PLACE)]
    return found + [word for word in CERTIFIED if word in text]


def _spoken(text: str) -> set[Decimal]:
    """Single Chinese digits of a question: 两斤, 三箱, 半斤."""
    single = {c: Decimal(n) for n, c in enumerate(DIGITS)} | {"两": Decimal(2), "半": Decimal("0.5")}
    return {single[c] for c in text if c in single}


def _follows(number: Decimal, held: set[Decimal], asked: set[Decimal]) -> bool:
    """Asked for by the viewer, or one step from what is held; 500 and 50 turn 斤 and 两 into 克."""
    if number in asked:
        return True
    counts = asked | held | {Decimal(n) for n in (2, 10, 20, 50, 500, 1000)}
    for a, b in pairs(held, counts):
        steps = [a * b, a + b, abs(a - b)] + ([a / b] if b else []) + ([b / a] if a else [])
        if any(abs(step - number) <= Decimal("0.005") for step in steps):
            return True
    return False


def planted(show: Path, folder: Path) -> tuple[int, int]:
    """Every figure of a spoken line made wrong in turn (3.7 more): how many are caught, of how many."""
    papers, caught, total = Papers.of(folder), 0, 0
    for raw in show.read_text(encoding="utf-8").splitlines():
        record = json.loads(raw)
        if record["type"] != "line" or not record["spoken"]:
            continue
        for found in FIGURE.finditer(HELP.sub("", UNWRITTEN.sub("", record["text"]))):
            lie = f"{Decimal(found[0]) + Decimal('3.7'):f}"
            tally = Tally()
            _line(record | {"text": record["text"].replace(found[0], lie, 1)}, papers, tally)
            total += 1
            caught += bool(tally.wrong)
    return caught, total


def main() -> None:
    tally = check(Path(sys.argv[1]), Path(sys.argv[2]))
    print(
        f"spoken lines {tally.lines}, claims {tally.claims}: {tally.stated} in the facts, "
        f"{tally.reckoned} asked with or reckoned, {len(tally.wrong)} not carried"
    )
    for wrong in tally.wrong:
        print("  not carried:", wrong)
    print(
        "of figures made wrong on purpose {} of {} are caught".format(
            *planted(Path(sys.argv[1]), Path(sys.argv[2]))
        )
    )


if __name__ == "__main__":
    main()
