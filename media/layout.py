"""From cues to what fits on a screen: lines, reading speed, durations, and the notes that there is room for.

The limits are Netflix's for simplified Chinese: two lines of 16 full-width characters, 9 characters a
second, 5/6 s to 7 s; Latin letters and digits count half. Notes count as text. A note that does not fit in
full is shown short, else it moves to the next block of its cue, else it is dropped, and the drop is counted.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.events import Cue
from core.text.numbers import find_amounts
from media.cues import Block, Notes, Run, runs, short_label

SENTENCE = "。！？!?；;…"
CLAUSE = SENTENCE + "，、：,:"
CLOSING = CLAUSE + "”’』」）》〉】〕)]%％℃"
ATOM = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,:/%+-]*[A-Za-z0-9%]|[A-Za-z0-9]|\s+|.", re.DOTALL)

LONGEST_ATOM = 12.0
"""Width up to which an amount is kept whole: a longer one could not be broken into balanced lines."""


@dataclass(frozen=True, slots=True)
class LayoutSettings:
    """``width`` in full-width characters a line, ``speed`` in characters a second, times in seconds."""

    width: int = 16
    lines: int = 2
    speed: float = 9.0
    shortest: float = 5 / 6
    longest: float = 7.0
    notes: Notes = "full"


@dataclass(frozen=True, slots=True)
class Laid:
    """The blocks of a cue and how many of its notes found no room."""

    blocks: tuple[Block, ...]
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class _Atom:
    """A piece that no line break cuts. ``note`` and ``short`` are the forms of its note."""

    text: str
    note: str = ""
    short: str = ""


def width(text: str) -> float:
    """Width in full-width characters; narrow ones count half."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def lay_out(cue: Cue, settings: LayoutSettings | None = None, until: float | None = None) -> Laid:
    """The blocks of one cue. ``until`` is when the next cue starts, where that is known."""
    s = settings or LayoutSettings()
    atoms = _atoms(cue, s.notes)
    if not atoms:
        return Laid(())
    groups = _split(atoms, s.width * s.lines, _longest_text(cue, s))
    spans = _times(cue, groups, s, until)
    blocks: list[Block] = []
    waiting: list[str] = []
    dropped = 0
    for group, (start, end) in zip(groups, spans, strict=True):
        fitted, left, moved = _fit_notes(group, end - start, s, waiting)
        dropped += len(waiting) - moved
        waiting = left
        blocks.append(Block(start, end, tuple(_lines(fitted, s.width)), cue.cue))
    return Laid(tuple(blocks), dropped + len(waiting))


def lay_out_all(cues: Sequence[Cue], settings: LayoutSettings | None = None) -> Laid:
    """The blocks of many cues in order, never overlapping."""
    blocks: list[Block] = []
    dropped = 0
    for cue, after in itertools.zip_longest(cues, cues[1:]):
        laid = lay_out(cue, settings, after.start if after else None)
        blocks += laid.blocks
        dropped += laid.dropped
    return Laid(tuple(untangle(blocks)), dropped)


def untangle(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks with monotone, non-overlapping times of at least a millisecond."""
    previous: Block | None = None
    for block in blocks:
        if previous is not None:
            start = max(block.start, previous.start + 0.002)
            yield Block(previous.start, min(previous.end, start), previous.lines, previous.cue)
            block = Block(start, max(block.end, start + 0.002), block.lines, block.cue)
        previous = block
    if previous is not None:
        yield previous


def _atoms(cue: Cue, notes: Notes) -> list[_Atom]:
    shorts = {g.mandarin_start: short_label(g) for g in cue.glosses}
    out: list[_Atom] = []
    at = 0
    for run in runs(cue, notes):
        if run.note:
            short = shorts.get(at, "")
            out.append(_Atom(run.text, run.note, short if len(short) < len(run.note) else run.note))
        else:
            for piece in _pieces(run.text):
                _append(out, piece)
        at += len(run.text)
    return out


def _pieces(text: str) -> Iterator[str]:
    """What may be parted by a line break: characters, but Latin words, numbers and amounts as wholes."""
    at = 0
    for amount in find_amounts(text):
        yield from ATOM.findall(text[at : amount.start])
        whole = text[amount.start : amount.end]
        if width(whole) <= LONGEST_ATOM:
            yield whole
        else:
            yield from ATOM.findall(whole)
        at = amount.end
    yield from ATOM.findall(text[at:])


def _append(atoms: list[_Atom], piece: str) -> None:
    """Closing punctuation never starts a line: it joins the atom before it, unless a note stands between."""
    if atoms and piece in CLOSING and not atoms[-1].note:
        atoms[-1] = _Atom(atoms[-1].text + piece)
    else:
        atoms.append(_Atom(" " if piece.isspace() else piece))


def _longest_text(cue: Cue, s: LayoutSettings) -> float:
    """How much text a block may hold so that none stands longer than allowed."""
    seconds = max(cue.end - cue.start, s.shortest)
    total = width(cue.mandarin)
    return max(s.width / 2, s.longest * total / seconds) if seconds > s.longest else float("inf")


def _split(atoms: Sequence[_Atom], room: float, text_room: float) -> list[list[_Atom]]:
    """Cut atoms into blocks that fit, at sentence or clause ends where one is near the end of the room."""
    limit = min(room, text_room)
    groups: list[list[_Atom]] = []
    rest = list(atoms)
    while rest:
        if sum(width(a.text) for a in rest) <= limit:
            groups.append(rest)
            break
        cut = _cut(rest, limit)
        groups.append(rest[:cut])
        rest = rest[cut:]
    return groups


def _cut(atoms: Sequence[_Atom], limit: float) -> int:
    total, fitting = 0.0, 0
    best: dict[str, int] = {}
    for index, atom in enumerate(atoms, 1):
        total += width(atom.text)
        if total > limit and index > 1:
            break
        fitting = index
        if total >= limit * 0.4:
            if atom.text[-1] in SENTENCE:
                best["sentence"] = index
            elif atom.text[-1] in CLAUSE:
                best["clause"] = index
    return best.get("sentence") or best.get("clause") or max(1, fitting)


def _times(
    cue: Cue, groups: Sequence[Sequence[_Atom]], s: LayoutSettings, until: float | None
) -> list[tuple[float, float]]:
    """Share the cue's time by text; the last block may stay until it can be read or the next cue comes."""
    weights = [max(0.5, sum(width(a.text) for a in group)) for group in groups]
    spoken = max(cue.end - cue.start, 0.1)
    out: list[tuple[float, float]] = []
    at = cue.start
    for weight in weights:
        end = at + spoken * weight / sum(weights)
        out.append((at, end))
        at = end
    start, end = out[-1]
    reading = sum(width(a.text) + width(a.note) for a in groups[-1]) / s.speed
    wished = min(start + s.longest, max(end, start + s.shortest, start + reading))
    out[-1] = (start, max(end, wished if until is None else min(wished, until)))
    return out


def _fit_notes(
    group: Sequence[_Atom], seconds: float, s: LayoutSettings, waiting: Sequence[str]
) -> tuple[list[Run], list[str], int]:
    """Runs with the notes there is room for; the notes left over; how many waiting ones were placed."""
    room = min(s.width * s.lines, max(seconds, s.shortest) * s.speed) - sum(width(a.text) for a in group)
    # Reading may lag a little behind a short cue: one short note is better than none.
    room = max(room, min(s.width * s.lines - sum(width(a.text) for a in group), 10.0))
    out: list[Run] = []
    left: list[str] = []
    for atom in group:
        chosen = next((n for n in (atom.note, atom.short) if n and width(n) <= room), "")
        if atom.note and not chosen:
            left.append(atom.short)
        room -= width(chosen)
        out.append(Run(atom.text, chosen))
    moved = 0
    for note in waiting:
        if width(note) <= room:
            out.append(Run("", note))
            room -= width(note)
            moved += 1
    return out, left, moved


def _lines(pieces: Sequence[Run], limit: int) -> Iterator[tuple[Run, ...]]:
    """Break runs into lines: balanced, at a clause end where there is one near the middle."""
    total = sum(width(p.inline) for p in pieces)
    if total <= limit:
        yield tuple(_merge(pieces))
        return
    at, best, best_cost = 0.0, 1, float("inf")
    for index, piece in enumerate(pieces[:-1], 1):
        at += width(piece.inline)
        over = max(0.0, at - limit) + max(0.0, total - at - limit)
        clause = piece.inline.endswith(tuple(CLAUSE))
        hanging = pieces[index].text[:1] in CLOSING and not pieces[index].text.isspace()
        cost = over * 100 + abs(at - total / 2) - (4.0 if clause else 0.0) + (50.0 if hanging else 0.0)
        if cost < best_cost:
            best, best_cost = index, cost
    yield tuple(_merge(pieces[:best]))
    yield from (
        _lines(pieces[best:], limit)
        if total - limit > limit and best < len(pieces) - 1
        else [tuple(_merge(pieces[best:]))]
    )


def _merge(pieces: Sequence[Run]) -> list[Run]:
    """Join neighbours without notes, drop spaces at the edges."""
    out: list[Run] = []
    for piece in pieces:
        if out and not out[-1].note and not piece.note:
            out[-1] = Run(out[-1].text + piece.text)
        else:
            out.append(piece)
    if out:
        out[0] = Run(out[0].text.lstrip(), out[0].note)
        out[-1] = Run(out[-1].text if out[-1].note else out[-1].text.rstrip(), out[-1].note)
    return [run for run in out if run.inline]
