"""What the host says, heard again: product terms and amounts through the voice, the ears and their repair.

usage: python -m benchmarks.round_trip [--sheet F] [--lines 40] [--voice V] [--keep FOLDER]

Lines of the phrase bank about the shop's products are spoken by the settings' voice and recognised by the
settings' recogniser, then repaired with the shop's vocabulary, as a live caption is. A term counts where it
stands in the text as the shop writes it, an amount where its value does; ``by sound`` also takes other
characters of the same syllables. Bars: terms 0.90, amounts 0.95, both as written.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from anchor.speech.front_end import read_out
from anchor.speech.speaker import joined
from anchor.writer.compose import write
from anchor.writer.memory import Used
from anchor.writer.phrases import Move
from benchmarks.report import machine, row
from captioning.bias import ShopWords
from core.events import Line, Samples
from core.ports import RecognitionRequest
from core.settings import load
from core.text.numbers import canonical, find_amounts
from core.text.sound import syllables
from knowledge_graph.facts import Shop
from knowledge_graph.ingest.importer import import_file
from knowledge_graph.vocabulary import Vocabulary
from media.audio import RATE, resample, write_wav
from service.assemble import Assembly
from service.shop_words import words_of

DEMO = Path(__file__).resolve().parents[1] / "examples" / "demo_shop.xlsx"
MOVES: tuple[Move, ...] = ("price", "place", "what", "shipping", "use")
TERMS, AMOUNTS = 0.90, 0.95


def lines(shop: Shop, count: int) -> Iterator[Line]:
    """Lines of the phrase bank, products and moves taking turns."""
    used, products = Used(), shop.products()
    for number in range(3 * count):
        product, move = products[number % len(products)], MOVES[number % len(MOVES)]
        found = write(move, shop, product, used, number)
        if found is not None and product:
            used.add(found[0].text, found[1].id)
            yield found[0]


def alike(words: str, text: str) -> bool:
    """Whether the syllables of the words occur."""
    return " ".join(syllables(words)) in " ".join(syllables(text))


def terms(line: Line, words: tuple[str, ...]) -> list[str]:
    """The shop's words in a line, the longest where they overlap."""
    left, found = line.text, list[str]()
    for word in sorted(words, key=len, reverse=True):
        if len(word) > 1 and word in left:
            found.append(word)
            left = left.replace(word, "\n")
    return found


def amounts(line: Line, text: str) -> list[tuple[str, bool, bool]]:
    """Each amount of the line as it is written, whether its value was heard, and whether its sound was."""
    values = [canonical(amount)[0] for amount in find_amounts(text)]
    found = []
    for amount in find_amounts(line.text):
        said = line.text[amount.start : amount.end]
        exact = canonical(amount)[0] in values
        found.append((said, exact, exact or alike(read_out(said), read_out(text))))
    return found


@dataclass
class Tally:
    """What was heard of all lines so far: as written, and by sound."""

    terms: list[tuple[bool, bool]] = field(default_factory=list)
    amounts: list[tuple[bool, bool]] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)

    def take(self, line: Line, words: tuple[str, ...], text: str) -> None:
        """Compare one line with what was heard; what was missed is printed."""
        heard = [(term, term in text, alike(term, text)) for term in terms(line, words)]
        self.terms += [(written, sound) for _, written, sound in heard]
        counted = amounts(line, text)
        self.amounts += [(written, sound) for _, written, sound in counted]
        for what, written, _ in (*heard, *counted):
            if not written:
                print(f"  missed {what}: {line.text} → {text}", flush=True)

    def print(self) -> None:
        """Shares beside their bars."""
        for name, hits, bar in (("terms", self.terms, TERMS), ("amounts", self.amounts, AMOUNTS)):
            written = sum(hit for hit, _ in hits) / max(1, len(hits))
            sound = sum(hit for _, hit in hits) / max(1, len(hits))
            verdict = "kept" if written >= bar else "MISSED"
            print(
                f"{name} n={len(hits)}: as written {written:.3f} (bar {bar}: {verdict}), by sound {sound:.3f}"
            )
        print(row("speak and hear a line", self.spent))


def _keep(folder: Path, number: int, samples: Samples, heard: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_wav(folder / f"{number}.wav", samples, RATE)
    (folder / f"{number}.json").write_text(json.dumps(heard, ensure_ascii=False), "utf-8")


def _same(words: ShopWords) -> ShopWords:
    return words


def main() -> None:
    """Speak, hear, compare, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sheet", type=Path, default=DEMO)
    parser.add_argument("--lines", type=int, default=40)
    parser.add_argument("--voice", default="")
    parser.add_argument("--keep", type=Path, help="a folder for the sound and what was heard")
    asked = parser.parse_args()
    shop = import_file(asked.sheet, date.today()).shop("bench")
    assembly = Assembly(load(None))
    speaker, recognizer = assembly.speaker(asked.voice), assembly.recognizer()
    vocabulary = Vocabulary.of(shop)
    print(machine("onnxruntime", "faster-whisper"), f"| voice {speaker.name}, ears {recognizer.name}")
    tally = Tally()
    with contextlib.suppress(KeyboardInterrupt):  # what was heard until then is reported
        for number, line in zip(range(asked.lines), lines(shop, asked.lines), strict=False):
            words = words_of(vocabulary, line.product or "")
            captioner = assembly.captioner("mandarin", functools.partial(_same, words))
            began = time.perf_counter()
            speech = joined(speaker.speak(line.text))
            samples = resample(speech.samples, speech.rate)
            raw = recognizer.transcribe(samples, RecognitionRequest(hotwords=captioner.hotwords())).text
            text = captioner.repair(raw).text
            tally.spent.append(time.perf_counter() - began)
            tally.take(line, words.all, text)
            if asked.keep:
                _keep(asked.keep, number, samples, {"said": line.text, "raw": raw, "text": text})
    tally.print()


if __name__ == "__main__":
    main()
