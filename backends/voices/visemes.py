"""Mouth shapes of Mandarin text over the sound that speaks it.

The sound carries no phoneme times, so each syllable takes a share of the voiced stretches in proportion to
how long its initial and final usually last; silence inside the sound keeps the mouth at rest.

Shapes (:data:`SHAPES`): ``rest`` closed and still; ``m`` lips pressed (b p m); ``f`` teeth on lip (f); ``s``
teeth together (z c s zh ch sh r j q x); ``t`` tongue up, little open (d t n l g k h); ``a`` wide open; ``o``
round and open; ``e`` half open; ``i`` spread; ``u`` round and small (also w); ``v`` round and spread (ü).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pypinyin import Style, lazy_pinyin

from core.events import Samples, Viseme

SHAPES = ("rest", "m", "f", "s", "t", "a", "o", "e", "i", "u", "v")

INITIALS = (
    dict.fromkeys(("b", "p", "m"), "m")
    | {"f": "f"}
    | dict.fromkeys(("z", "c", "s", "zh", "ch", "sh", "r", "j", "q", "x"), "s")
    | dict.fromkeys(("d", "t", "n", "l", "g", "k", "h"), "t")
)

VOWELS = {"a": "a", "o": "o", "e": "e", "i": "i", "u": "u", "v": "v", "ü": "v", "ê": "e"}

INITIAL_WEIGHT = 0.45
GLIDE_WEIGHT = 0.35
VOWEL_WEIGHT = 1.0
CODA_WEIGHT = 0.35
PAUSE_WEIGHT = 1.0
FRAME = 0.02
HAN = re.compile(r"[\u3400-\u9fff]")
RUNS = re.compile(r"[\u3400-\u9fff]+|[^\u3400-\u9fff]", re.DOTALL)
QUIET = 0.02
GAP = 0.08


@dataclass(frozen=True, slots=True)
class Shape:
    """A mouth shape and its relative length."""

    name: str
    weight: float


def syllable(initial: str, final: str) -> list[Shape]:
    """The shapes of one pinyin syllable: initial, glide, vowel, coda."""
    shapes = [Shape(INITIALS[initial], INITIAL_WEIGHT)] if initial in INITIALS else []
    if initial in ("zh", "ch", "sh", "r", "z", "c", "s") and final == "i":
        return [*shapes, Shape("s", VOWEL_WEIGHT)]
    mouths = [VOWELS[letter] for letter in final if letter in VOWELS]
    if not mouths:
        return [*shapes, Shape("e", VOWEL_WEIGHT)]
    main = 1 if len(mouths) > 1 and mouths[0] in "iuv" else 0
    for i, mouth in enumerate(mouths):
        weight = VOWEL_WEIGHT if i == main else GLIDE_WEIGHT if i < main else CODA_WEIGHT
        shapes.append(Shape(mouth, weight))
    if final.endswith(("n", "ng", "r")):
        shapes.append(Shape("t", CODA_WEIGHT))
    return shapes


def shapes(text: str) -> list[Shape]:
    """The shapes of a text, in order; punctuation is a short rest, other letters are half open."""
    found: list[Shape] = []
    for run in RUNS.findall(text):
        if not HAN.match(run):
            found.append(Shape("e", VOWEL_WEIGHT) if run.isalnum() else Shape("rest", PAUSE_WEIGHT))
            continue
        initials = lazy_pinyin(run, style=Style.INITIALS)
        finals = lazy_pinyin(run, style=Style.FINALS)
        for initial, final in zip(initials, finals, strict=True):
            found += syllable(initial, final)
    return found


def voiced(samples: Samples, rate: int) -> list[tuple[float, float]]:
    """Stretches of sound in seconds, apart by at least :data:`GAP` of near silence."""
    size = int(rate * FRAME)
    count = len(samples) // size
    if not count:
        return []
    level = np.sqrt(np.square(samples[: count * size], dtype=np.float64).reshape(count, size).mean(axis=1))
    peak = float(level.max())
    spans: list[tuple[float, float]] = []
    for frame in np.flatnonzero(level > QUIET * peak) if peak > 0 else ():
        start, end = int(frame) * FRAME, (int(frame) + 1) * FRAME
        if spans and start - spans[-1][1] < GAP:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def visemes(text: str, samples: Samples, rate: int) -> tuple[Viseme, ...]:
    """Mouth shapes that cover the sound from 0 to its end without gap or overlap."""
    total = len(samples) / rate
    spans = voiced(samples, rate)
    mouths = [shape for shape in shapes(text) if shape.name != "rest"]
    if not spans or not mouths:
        return (Viseme("rest", 0.0, total),) if total else ()
    track: list[Viseme] = []
    for begin, end, name in _laid(mouths, spans):
        here = track[-1].end if track else 0.0
        if begin > here:
            track.append(Viseme("rest", here, begin))
        track.append(Viseme(name, begin, end))
    if track[-1].end < total:
        track.append(Viseme("rest", track[-1].end, total))
    return tuple(track)


def _laid(mouths: Sequence[Shape], spans: Sequence[tuple[float, float]]) -> list[tuple[float, float, str]]:
    """Lay shapes end to end over the stretches; one that crosses a silence is split by it."""
    scale = sum(end - start for start, end in spans) / sum(shape.weight for shape in mouths)
    laid: list[tuple[float, float, str]] = []
    stretches = iter(spans)
    here, limit = next(stretches)
    for shape in mouths:
        left = shape.weight * scale
        while left > 1e-9:
            if limit - here <= 1e-9:
                following = next(stretches, None)
                if following is None:
                    return laid
                here, limit = following
            take = min(left, limit - here)
            laid.append((here, here + take, shape.name))
            here, left = here + take, left - take
    return laid
