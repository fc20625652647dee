"""How the kinds of a question are read from its words alone, without any shop.

usage: python -m benchmarks.questions [FILE …]

Questions of ``data/questions`` (kinds between commas, the question), written without sight of the word
families. Printed for each kind: how many ask it, how many of them are heard, and how many of those heard are
right; ``silent`` counts the questions in which nothing is heard.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from benchmarks.report import machine
from knowledge_graph.facts import MemoryShop, ShopMeta
from knowledge_graph.questions import mandarin
from knowledge_graph.questions.answering import RESPONDERS
from knowledge_graph.questions.asked import Asked, Understander
from knowledge_graph.questions.choosing import intents_to_answer
from knowledge_graph.questions.several import questions_in
from knowledge_graph.questions.suitability import asks as asks_who_may
from knowledge_graph.questions.wording import intents
from knowledge_graph.search import Catalogue

LINES = Path(__file__).parent / "data" / "questions"
OTHER = "other"
"""What no sheet holds, and what is no question about goods."""
_COMPARING = frozenset({"cheapest", "worth", "difference", "alike"})
_DAY = date(2026, 11, 22)

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


def understander() -> Understander:
    """The reader of questions, in a shop without goods."""
    empty = MemoryShop(ShopMeta("empty", _DAY), {})
    return Understander(Catalogue(empty), mandarin(empty))


def heard(reader: Understander, text: str) -> frozenset[str]:
    """The kinds that are heard in a question."""
    return frozenset().union(*map(_kinds, questions_in(reader, text, None, _DAY, lambda _: False)))


def _kinds(asked: Asked) -> frozenset[str]:
    found = set(intents_to_answer(asked, tuple(RESPONDERS))) | asked.intents & _COMPARING
    if asks_who_may(asked):
        found.add("suitable_for")
    return frozenset(found or ({OTHER} if asked.health or asked.unheld else ()))


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, default=sorted(LINES.glob("*.tsv")))
    lines = questions(parser.parse_args().files)
    reader = understander()
    print(machine())
    report(lines, [heard(reader, text) for text, _ in lines])


if __name__ == "__main__":
    main()
