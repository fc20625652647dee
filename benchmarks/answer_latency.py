"""Comment to the first sample of the first content clause, with the real voice: from facts, and by the model.

Run: ``python -m benchmarks.answer_latency [--n 20] [--model 8]`` on an otherwise idle machine. The clauses
are new to the voice's cache, nothing was anticipated; the time is that of understanding, facts and guard (and
the model's first clause), and of speaking that clause. The first request to a fresh model is printed as cold.
Then the same with the names of the goods known by heart, as they are in a show: what begins with a name
sounds as soon as it may be said.

With ``--show SHEET`` the real host is asked 4 times a minute in a running show instead
(:mod:`benchmarks.answers_live`); ``--keep FOLDER`` keeps what it learnt, as a shop does, for the next run.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from anchor.comments.triage import triage
from anchor.dialogue import bind
from anchor.speech.shelf import Shelf
from anchor.speech.speaker import Speaker
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


def first_sound(
    author: Author,
    gate: Gate,
    answerer: Answerer,
    speaker: Speaker,
    leads: Sequence[str],
    product: str,
    question: str,
) -> tuple[float, float, str, str]:
    """Seconds to the first sample, to the first words, those words, and who wrote them."""
    began = time.perf_counter()
    triage(question)
    found = answerer.answer(question, product)
    line = Line(segments=bind(found.text, found.facts), purpose="answer", product=product, writer="answers")
    for draft in author.answer(question, found, line):
        if not passed(draft.verdicts or gate.judge(draft.line)):
            continue
        written = time.perf_counter() - began
        clause = next(speaker.speak(draft.line.text, leads=leads), None)
        if clause is not None:
            return time.perf_counter() - began, written, clause.written, draft.line.writer
    return float("nan"), float("nan"), "", ""


def knowing(voice: Voice, names: Sequence[str]) -> Shelf:
    """A new shelf on which the names lie and nothing else."""
    shelf = Shelf(Path(tempfile.mkdtemp()), voice.name)
    for name in names:
        Speaker(voice).keeping(shelf).learn(name, names)
    return shelf


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

    def measured(author: Author, n: int, leads: Sequence[str] = ()) -> list[tuple[float, float, str, str]]:
        shelf = knowing(voice, leads)
        return [
            first_sound(author, gate, answerer, Speaker(voice).keeping(shelf), leads, *each)
            for each in questions(n)
        ]

    triage("这个多少钱")  # its tables are read when a show begins
    began = time.perf_counter()
    run = in_turn(settings, Assembly(settings).compute)  # as in a live show
    writer = ModelWriter(chat_model(settings), gate.judge, shop, answer_seconds=30, run=run)
    print(f"model load {time.perf_counter() - began:.2f} s")
    print(row("model, cold", [measured(ModelAuthor(writer), 1)[0][0]]))
    for known, leads in (("nothing known by heart", ()), ("names known by heart", names)):
        print(known)
        fast = measured(Phrases(), asked.n, leads)
        print(row("facts: comment to first sample", [t for t, *_ in fast]))
        print(row("facts: comment to words", [t for _, t, *_ in fast]))
        print(row("facts: characters of the first clause", [float(len(c)) for _, _, c, _ in fast], ""))
        slow = measured(ModelAuthor(writer), asked.model, leads)
        warm = [s for s in slow if s[3] == "model"]
        print(row("model, warm: comment to first sample", [t for t, *_ in warm]))
        print(row("model, warm: comment to words", [t for _, t, *_ in warm]))
        print(f"first clause by the model {len(warm)} of {asked.model}; else by facts after it was refused")


if __name__ == "__main__":
    main()
