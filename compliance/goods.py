"""What kind of goods a product is, in the names that the rules use, from its name and its category cell.

Only a name that says so plainly counts: for goods of an unknown kind more rules hold, not fewer.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from compliance.rulebook import word_lists

GENERIC: Final = "generic"
KINDS: Final = ("seed", "alcohol", "cosmetics", "honey", "tea")


def category_of(name: str, cell: str = "") -> str:
    """The kind of ``name`` (高山脐橙苗: seed), else of its category ``cell`` (酒水 / 白酒), else ``generic``.

    The longest word that the name or a part of the cell ends with decides (料酒 is no 酒).
    """
    for text in (name, *cell.replace("/", " ").replace(">", " ").split()):
        plain = text.split("（")[0].split("(")[0].split()
        found = [word for word in _endings() if plain and plain[0].endswith(word)]
        if found:
            kind = _endings()[max(found, key=len)]
            return kind if kind in KINDS else GENERIC
    return GENERIC


@cache
def _endings() -> dict[str, str]:
    """Each ending with its kind; what ends alike but is of another kind is listed under ``other``."""
    lists = word_lists()
    return {word: kind for kind in (*KINDS, "other") for word in lists[f"goods_{kind}"]}
