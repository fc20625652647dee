"""Comment to the first sample of the first content clause, with the real voice: from facts, and by the model.

Run: ``python -m benchmarks.answer_latency [--n 20] [--model 8]`` on an otherwise idle machine. The clauses
are new to the voice's cache, nothing was anticipated; the time is that of understanding, facts and guard (and
the model's first clause), and of speaking that clause. The first request to a fresh model is printed as cold.
Then the same with the names of the goods and the beginnings of refusals known by heart, as they are in a
show: what begins with one sounds as soon as it may be said. The *gap* is the silence after that first clause.

With ``--show SHEET`` the real host is asked 4 times a minute in a running show instead
(:mod:`benchmarks.answers_live`); ``--keep FOLDER`` keeps what it learnt, as a shop does, for the next run.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path

from anchor.comments.triage import triage
from anchor.dialogue import Dialogue, bind
from anchor.expected import Expected
from anchor.expected import questions as expected_questions
from anchor.speech.shelf import Shelf
from anchor.speech.speaker import Clause, Speaker
from anchor.writer.author import Author, Phrases
from anchor.writer.gate import Gate, passed
from anchor.writer.model import ModelAuthor, ModelWriter
from backends import choose, load, voices
from benchmarks import answers_live
from benchmarks.answers import small_shop
from benchmarks.report import machine, row
from compliance.guard import Guard
from core.events import Line
from core.ports import Voice
from core.settings import load as load_settings
from core.weights import Weights
from knowledge_graph.claims import Checker
from knowledge_graph.questions import Answerer, mandarin
from knowledge_graph.search import Catalogue
from service.assemble import Assembly
from service.writing import chat_model, in_turn

ASKS = ("{}多少钱", "{}哪里产的", "{}能放多久", "{}几天发货", "{}净重多少", "{}怎么存放")


def questions(n: int) -> Iterator[tuple[str, str]]:
    """Product and question, products and kinds taking turns."""
    shop = small_shop()
    names, products = Catalogue(shop), shop.products()
    for i in range(n):
        product = products[i % len(products)]
        yield product, ASKS[(i + i // len(products)) % len(ASKS)].format(names.label(product))


@dataclass(frozen=True, slots=True)
class Reply:
    """Seconds from the comment to the first sample and to the first words of ``writer`` beyond a name; the
    first clause, and the seconds of silence after it."""

    sound: float
    words: float
    clause: str
    gap: float
    writer: str


def reply(
    author: Author, gate: Gate, answerer: Answerer, speaker: Speaker, leads: Sequence[str], product: str,
    question: str,
) -> Reply | None:  # fmt: skip
    """How soon a question is answered; None where nothing may be said."""
    began = time.perf_counter()
    triage(question)
    found = answerer.answer(question, product)
    line = Line(segments=bind(found.text, found.facts), purpose="answer", product=product, writer="answers")
    words, writer, ready, made = nan, "", list[float](), list[Clause]()
    for draft in author.answer(question, found, line):
        if not passed(draft.verdicts or gate.judge(draft.line)):
            continue
        if not draft.goes_on and not writer:
            words, writer = time.perf_counter() - began, draft.line.writer
        for clause in speaker.speak(draft.line.text, leads=leads):
            ready.append(time.perf_counter() - began)
            made.append(clause)
            if len(made) > 1 and writer:
                gap = max(0.0, ready[1] - ready[0] - made[0].speech.seconds)
                return Reply(ready[0], words, made[0].written, gap, writer)
    return Reply(ready[0], words, made[0].written, 0.0, writer) if made else None


def learnt(voice: Voice, beginnings: Iterable[str], names: Sequence[str]) -> Path:
    """A folder of clauses in which the beginnings of replies lie and nothing else."""
    folder = Path(tempfile.mkdtemp())
    speaker = Speaker(voice).keeping(Shelf(folder, voice.name))
    for each in beginnings:
        speaker.learn(each, names)
    return folder


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--show", type=Path, help="a product sheet")
    parser.add_argument("--minutes", type=float, default=6.0)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--paced", action="store_true", help="a tone at the pace of the voice, for --show")
    parser.add_argument("--n", type=int, default=20)
    parser.add_argument("--model", type=int, default=8)
    asked = parser.parse_args()
    if asked.show:
        answers_live.main(asked.minutes, asked.show, asked.keep, asked.paced)
        return
    settings = load_settings()
    shop = small_shop()
    gate = Gate(shop, Guard.load(shop.meta.as_of), Checker(shop))
    answerer = Answerer(shop, mandarin(shop))
    voice = load(
        choose(voices.BACKENDS, "kokoro"), Weights(settings.weights.folder), threads=settings.voice.threads
    )
    print(machine("onnxruntime", "xllamacpp"))
    next(Speaker(voice).speak("各位好。"))

    names = tuple(map(answerer.catalogue.label, shop.products()))
    expected = Expected(Dialogue(answerer.answer), lambda line: passed(gate.judge(line)))
    usual = [each.text for each in expected_questions()]
    refusals = filter(None, expected.openings(usual, shop.products()))
    beginnings = tuple(dict.fromkeys((*names, *refusals)))

    def measured(author: Author, n: int, known: Path, leads: Sequence[str]) -> list[Reply]:
        shelf = Shelf(Path(shutil.copytree(known, Path(tempfile.mkdtemp()) / "spoken")), voice.name)
        told = (
            reply(author, gate, answerer, Speaker(voice).keeping(shelf), leads, *each)
            for each in questions(n)
        )
        return [each for each in told if each is not None]

    triage("这个多少钱")  # its tables are read when a show begins
    began = time.perf_counter()
    run = in_turn(settings, Assembly(settings).compute)  # as in a live show
    writer = ModelWriter(chat_model(settings), gate.judge, shop, answer_seconds=30, names=names, run=run)
    print(f"model load {time.perf_counter() - began:.2f} s")
    nothing = learnt(voice, (), ())
    print(row("model, cold", [each.words for each in measured(ModelAuthor(writer), 1, nothing, ())]))
    heart = learnt(voice, beginnings, names)
    for title, known, leads in (
        ("nothing known by heart", nothing, ()),
        (f"{len(beginnings)} beginnings known by heart", heart, names),
    ):
        print(title)
        fast = measured(Phrases(), asked.n, known, leads)
        print(row("facts: comment to first sample", [each.sound for each in fast]))
        print(row("facts: comment to words", [each.words for each in fast]))
        print(row("facts: gap after the first clause", [each.gap for each in fast]))
        print(row("facts: characters of the first clause", [float(len(each.clause)) for each in fast], ""))
        slow = measured(ModelAuthor(writer), asked.model, known, leads)
        warm = [each for each in slow if each.writer == "model"]
        print(row("model, warm: comment to first sample", [each.sound for each in warm]))
        print(row("model, warm: comment to the model's words", [each.words for each in warm]))
        print(row("model, warm: gap after the first clause", [each.gap for each in warm]))
        print(f"first words by the model {len(warm)} of {asked.model}; else by facts after it was refused")


if __name__ == "__main__":
    main()
