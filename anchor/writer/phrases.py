"""The phrase bank: patterns of honest selling as data, and the fixed sentences of the host.

``data/phrases.tsv``: id, move, register, needs, text. ``needs`` lists every slot of the text and any
condition (:data:`anchor.writer.slots.CONDITIONS`); a pattern speaks only where all are facts of one product.
``data/replies.tsv``: id, kind, text: the notice, care, deferral and calm sentences, without slots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, get_args

from anchor.writer.slots import CONDITIONS, SLOTS
from core.errors import ConfigurationError

Move = Literal[
    "greet", "place", "grow", "what", "use", "price", "shipping", "aftersales", "certificate", "reminder",
    "invite", "thanks",
]  # fmt: skip
MOVES: tuple[Move, ...] = get_args(Move)
"""The twelve moves of honest selling."""
Register = Literal["plain", "warm", "lively"]
REGISTERS: tuple[Register, ...] = get_args(Register)
ReplyKind = Literal[
    "notice", "resume", "withheld", "distress", "overbuying", "minor", "scam", "pii", "troll", "injection",
    "ritual",
]  # fmt: skip
REPLY_KINDS: tuple[ReplyKind, ...] = get_args(ReplyKind)

HEADER = ("author", "source", "licence", "date")
_SLOT = re.compile(r"\{([^{}]*)\}")
_PIECES = re.compile(r"(\{[^{}]*\})")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One sentence with slots. ``pieces`` alternate literal texts and slot names in braces."""

    id: str
    move: Move
    register: Register
    needs: tuple[str, ...]
    text: str

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots in order of the text, without repeats."""
        return tuple(dict.fromkeys(_SLOT.findall(self.text)))

    @property
    def pieces(self) -> tuple[str, ...]:
        """Literals and ``{slot}`` pieces, in order."""
        return tuple(piece for piece in _PIECES.split(self.text) if piece)


def bad(file: str, line: int, what: str) -> ConfigurationError:
    """The error that names file and line."""
    return ConfigurationError(
        "phrases.bad_line", f"数据文件 {file} 第 {line} 行有误：{what}。", "请照文件开头的格式改正。"
    )


def parse_patterns(content: str, file: str = "phrases.tsv") -> tuple[Pattern, ...]:
    """Patterns of a phrase file; ConfigurationError names file and line of a bad row."""
    found: dict[str, Pattern] = {}
    texts: set[str] = set()
    for number, cells in _rows(content, file, 5):
        name, move, register, listed, text = cells
        needs = tuple(listed.split())
        if name in found or text in texts:
            raise bad(file, number, f"编号“{name}”或句子重复")
        if move not in MOVES or register not in REGISTERS:
            raise bad(file, number, f"不认识的环节“{move}”或语气“{register}”")
        if unknown := [n for n in needs if n not in SLOTS and n not in CONDITIONS]:
            raise bad(file, number, f"没有叫“{'、'.join(unknown)}”的槽")
        if {n for n in needs if n in SLOTS} != set(_SLOT.findall(text)):
            raise bad(file, number, "needs 与句子里的槽不一致")
        if re.search(r"[{}]", _SLOT.sub("", text)) or text[-1] not in "。！？":
            raise bad(file, number, "花括号不成对，或句子没有结尾标点")
        found[name] = Pattern(name, move, register, needs, text)
        texts.add(text)
    return tuple(found.values())


def parse_replies(content: str, file: str = "replies.tsv") -> Mapping[ReplyKind, tuple[str, ...]]:
    """Fixed sentences by kind; every kind has at least one."""
    found: dict[ReplyKind, list[str]] = {kind: [] for kind in REPLY_KINDS}
    for number, (_, kind, text) in _rows(content, file, 3):
        if kind not in found:
            raise bad(file, number, f"没有叫“{kind}”的类别")
        if _SLOT.search(text) or text in found[kind]:
            raise bad(file, number, "固定句子不能有槽，也不能重复")
        found[kind].append(text)
    if missing := [kind for kind, texts in found.items() if not texts]:
        raise bad(file, 1, f"缺少 {'、'.join(missing)} 的句子")
    return {kind: tuple(texts) for kind, texts in found.items()}


def _rows(content: str, file: str, columns: int) -> Iterator[tuple[int, list[str]]]:
    header: set[str] = set()
    for number, line in enumerate(content.splitlines(), 1):
        if line.startswith("#"):
            header.add(line.lstrip("# ").partition(":")[0])
        elif line.strip():
            cells = [cell.strip() for cell in line.split("\t")]
            if len(cells) != columns or not cells[0] or not cells[-1]:
                raise bad(file, number, f"要有 {columns} 栏，用制表符隔开")
            yield number, cells
    if missing := [key for key in HEADER if key not in header]:
        raise bad(file, 1, f"文件头缺少 {'、'.join(missing)}")


def _read(file: str) -> str:
    return (resources.files("anchor.writer") / "data" / file).read_text(encoding="utf-8")


@cache
def patterns() -> tuple[Pattern, ...]:
    """The patterns of the house."""
    return parse_patterns(_read("phrases.tsv"))


@cache
def replies() -> Mapping[ReplyKind, tuple[str, ...]]:
    """The fixed sentences of the house, by kind."""
    return parse_replies(_read("replies.tsv"))
