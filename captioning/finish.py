"""The last touch on a final caption: punctuation where there is none, amounts in digits.

Glosses stay aligned and are never written into; words of the shop (八宝粥) stay as the shop writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from captioning import figures, punctuation
from captioning.edits import Edit, applied, moved
from core.events import Gloss, Word

_NUMERAL = re.compile("[零〇一二两三四五六七八九十百千万亿]")


def finish(
    raw: str,
    mandarin: str,
    glosses: tuple[Gloss, ...],
    words: Sequence[Word] = (),
    names: Iterable[str] = (),
    *,
    digits: bool = True,
) -> tuple[str, tuple[Gloss, ...]]:
    """The Mandarin as it is shown, and its glosses. ``words`` are timed words of ``raw``, where known."""
    pauses = [punctuation.in_mandarin(at, raw, mandarin, glosses) for at in punctuation.paused(raw, words)]
    marks = punctuation.edits(mandarin, glosses, [at for at in pauses if at is not None])
    mandarin, glosses = _made(mandarin, glosses, marks)
    if not digits:
        return mandarin, glosses
    kept = [(g.mandarin_start, g.mandarin_end) for g in glosses]
    return _made(mandarin, glosses, figures.edits(mandarin, [*kept, *_named(mandarin, names)]))


def _made(mandarin: str, glosses: tuple[Gloss, ...], edits: Sequence[Edit]) -> tuple[str, tuple[Gloss, ...]]:
    return (applied(mandarin, edits), moved(glosses, edits)) if edits else (mandarin, glosses)


def _named(text: str, names: Iterable[str]) -> Iterable[tuple[int, int]]:
    """Where names that hold numerals stand in ``text``."""
    for name in names:
        if _NUMERAL.search(name):
            yield from (found.span() for found in re.finditer(re.escape(name), text))
