"""The host's own fixed sentences: kind words for people in need, the AI notice, what it leaves to a person.

``data/replies.tsv``: id, kind, text. Written beforehand and read past the guard: nothing here is generated,
sells, presses or gives medical advice. A machine cannot help on the spot, so the words of care point to
family, neighbours, a hotline.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from core.tables import bad, shipped

Need = Literal[
    "despair", "grief", "loneliness", "illness", "confusion", "worry", "overbuying", "minor", "scam"
]
NEEDS: tuple[Need, ...] = get_args(Need)
"""What a person may need: kinds of care."""
ReplyKind = Need | Literal["notice", "resume", "withheld", "late", "pii", "troll", "injection", "ritual"]
REPLY_KINDS: tuple[ReplyKind, ...] = (
    *NEEDS, "notice", "resume", "withheld", "late", "pii", "troll", "injection", "ritual",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reply:
    """Something to say as it stands, and the kind of comment or moment that it answers."""

    id: str
    kind: ReplyKind
    text: str


def table(file: str, columns: int) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of the rows of ``anchor/data/file``; ids do not repeat, no cell is empty."""
    seen: set[str] = set()
    for number, cells in shipped("anchor", file, columns):
        if cells[0] in seen:
            raise bad(file, number, f"编号“{cells[0]}”重复")
        seen.add(cells[0])
        yield number, cells


@cache
def replies() -> Mapping[ReplyKind, tuple[Reply, ...]]:
    """All replies by kind; ConfigurationError names file and line of a bad one, or the kind that has none."""
    found: dict[ReplyKind, list[Reply]] = {kind: [] for kind in REPLY_KINDS}
    texts: set[str] = set()
    for number, (name, kind, text) in table("replies.tsv", 3):
        if kind not in REPLY_KINDS or text in texts:
            raise bad("replies.tsv", number, f"没有叫“{kind}”的类别，或句子重复")
        texts.add(text)
        found[kind].append(Reply(name, kind, text))
    if silent := [kind for kind, held in found.items() if not held]:
        raise bad("replies.tsv", 1, f"{'、'.join(silent)} 一句话也没有")
    return {kind: tuple(held) for kind, held in found.items()}
