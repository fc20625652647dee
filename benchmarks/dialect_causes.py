"""Why a gloss of the development sets was not found: one cause for each, counted.

``python -m benchmarks.dialects --causes`` prints the counts pooled and per group. Only categories are shown,
never words: nobody who writes a lexicon should learn from here what these sentences hold.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from dialects import match
from dialects.render import Renderer
from dialects.sentence import Sentence

RIGHT = "right"
CAUSES: Mapping[str, str] = {
    "elsewhere": "only other groups' lexicons have the word",
    "missing": "no lexicon has the word",
    "other word": "the lexicon has the word, not this sense",
    "other group": "another group was taken, whose lexicon lacks the word",
    "no group": "nothing was believed: the sentence stayed as it is",
    "blocked": "the reading existed and lost: its neighbours, ambiguity or the best path",
    "unheard": "no word was near enough in sound",
    "wrong sense": "found with another sense",
    "boundary": "found, cut differently",
}


def tally(
    renderer: Renderer, rows: Iterable[Mapping[str, Any]], field: str, scorer: Path
) -> dict[str, Counter[str]]:
    """Causes by group, and under ``all``; a gloss that was found counts as ``right``."""
    judge = _module(scorer)
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        rendering = renderer.render(row[field])
        got = sorted({(g.start, g.end, g.mandarin) for g in rendering.glosses})
        written = judge.spans(row, "text")
        for wanted, original in zip(judge.spans(row, field), written, strict=True):
            cause = _cause(renderer, row, field, wanted, original, rendering.group, got, judge)
            for key in ("all", row["group"]):
                counts.setdefault(key, Counter())[cause] += 1
    return counts


def _cause(
    renderer: Renderer,
    row: Mapping[str, Any],
    field: str,
    wanted: tuple[int, int, list[str]],
    original: tuple[int, int, list[str]],
    group: str | None,
    got: list[tuple[int, int, str]],
    judge: ModuleType,
) -> str:
    start, end, accepted = wanted
    same = [g for g in got if judge.same_span(g, wanted)]
    if same:
        return RIGHT if any(judge.same_sense(g[2], accepted) for g in same) else "wrong sense"
    if any(min(g[1], end) > max(g[0], start) for g in got):
        return "boundary"
    word = row["text"][original[0] : original[1]]
    owners = _owners(renderer, row["text"], original, accepted, judge)
    if row["group"] not in owners:
        if owners:
            return "elsewhere"
        return "other word" if any(s == word for s in renderer.dictionary.tables.exact) else "missing"
    if not got:
        return "no group"
    if group is not None and group != row["group"] and group not in owners:
        return "other group"
    if field == "text":
        return "blocked"
    sentence = Sentence(row[field], renderer.spellings)
    parse = match.best_parse(sentence, row["group"])
    heard = (s for s in sentence.sound.get(row["group"], ()) if judge.same_span((s.start, s.end), wanted))
    exact = (h for h in sentence.exact.get(row["group"], ()) if judge.same_span(h[:2], wanted))
    if any(judge.same_span((r.start, r.end), wanted) for r in parse.readings):
        return "other group"
    return "blocked" if any(True for _ in heard) or any(True for _ in exact) else "unheard"


def _owners(
    renderer: Renderer, text: str, span: tuple[int, int, list[str]], accepted: list[str], judge: ModuleType
) -> set[str]:
    """Groups whose lexicon has a word here, in any cut that counts as the same span, with this sense."""
    start, end, _ = span
    exact, senses = renderer.dictionary.tables.exact, renderer.dictionary.senses
    return {
        group
        for i in range(max(0, start - 2), end)
        for j in range(i + 1, min(len(text), end + 2) + 1)
        if judge.same_span((i, j), span)
        for group, ids in exact.get(text[i:j], ())
        if any(judge.same_sense(senses[n].mandarin, accepted) for n in ids)
    }


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("dialect_scorer", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"no scorer at {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def report(counts: Mapping[str, Counter[str]], field: str) -> None:
    """Print the counts as a table."""
    print(f"\nwhere glosses of {field} are lost")
    names = (RIGHT, *CAUSES)
    print(f"{'':14} " + " ".join(f"{n:>11}" for n in names))
    for group in sorted(counts, key=lambda g: (g != "all", g)):
        print(f"{group:14} " + " ".join(f"{counts[group][n]:>11}" for n in names))
    for name, meaning in CAUSES.items():
        print(f"  {name}: {meaning}")
