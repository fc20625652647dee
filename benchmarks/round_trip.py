"""What the host says, heard again: product terms and amounts through the voice, the ears and their repair.

usage: python -m benchmarks.round_trip [--sheet F] [--lines 40] [--voice V] [--keep FOLDER] [--show]

Lines of the phrase bank about the shop's products are spoken by the settings' voice and recognised by the
settings' recogniser as the final of a live caption is, then repaired with the shop's vocabulary. A term
counts where it stands in the text as the shop writes it, an amount where its value and unit do, once for
each time it was said (九斤半 is 9.5斤, 盒 is not 袋, 6到9月 is not 9月); ``by sound`` also takes other
characters of the same syllables. Bars: terms 0.90, amounts 0.95, both as written. Beside them: the amounts
that were heard and that nobody said. What is in ``--keep`` is not spoken and recognised again.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import hashlib
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from anchor.speech.front_end import read_out
from anchor.speech.speaker import Speaker, joined
from anchor.writer.compose import write
from anchor.writer.memory import Used
from anchor.writer.phrases import Move
from benchmarks.report import machine, row
from captioning.bias import ShopWords
from captioning.hearing import final_request
from core.events import Line, Samples
from core.ports import Recognizer
from core.settings import load
from core.text.numbers import Amount, canonical, find_amounts
from core.text.numerals import DIGITS
from core.text.sound import syllables
from knowledge_graph.facts import Shop
from knowledge_graph.ingest.importer import import_file
from knowledge_graph.vocabulary import Vocabulary
from media.audio import RATE, read, resample, write_wav
from service.assemble import Assembly
from service.shop_words import amounts_of, words_of

DEMO = Path(__file__).resolve().parents[1] / "examples" / "demo_shop.xlsx"
MOVES: tuple[Move, ...] = ("price", "place", "what", "shipping", "use")
TERMS, AMOUNTS = 0.90, 0.95
_SINGLE = frozenset("二两三四五六七八九")
"""一 alone is an article (一下)."""


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


Stated = tuple[Decimal, Decimal | None, str, str]
"""Value, end of range, base unit, and the measure that a count is in."""


def _key(amount: Amount) -> Stated:
    return (*canonical(amount), amount.unit if amount.kind == "count" else "")


def stated(text: str) -> Counter[Stated]:
    """The amounts of a text that was heard, and the single figures that it writes as characters: 乘三."""
    found = find_amounts(text)
    inside = {i for amount in found for i in range(amount.start, amount.end)}
    single = (DIGITS[c] for i, c in enumerate(text) if c in _SINGLE and i not in inside)
    return Counter(map(_key, found)) + Counter((Decimal(digit), None, "", "") for digit in single)


def amounts(line: Line, text: str) -> list[tuple[str, bool, bool]]:
    """Each amount of the line as it is written, whether it was heard as such, and whether its sound was."""
    heard = stated(text)
    found = []
    for amount in find_amounts(line.text):
        said, key = line.text[amount.start : amount.end], _key(amount)
        exact = heard[key] > 0
        heard[key] -= exact
        found.append((said, exact, exact or alike(read_out(said), read_out(text))))
    return found


def made_up(line: Line, text: str) -> list[str]:
    """The amounts with a unit that were heard and are none of the line's."""
    said = {_key(amount)[:3] for amount in find_amounts(line.text)}
    return [
        text[amount.start : amount.end]
        for amount in find_amounts(text)
        if amount.unit and _key(amount)[:3] not in said
    ]


@dataclass
class Tally:
    """What was heard of all lines so far: as written, and by sound."""

    terms: list[tuple[bool, bool]] = field(default_factory=list)
    amounts: list[tuple[bool, bool]] = field(default_factory=list)
    made_up: int = 0
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
        for what in made_up(line, text):
            self.made_up += 1
            print(f"  nobody said {what}: {line.text} → {text}", flush=True)

    def print(self) -> None:
        """Shares beside their bars."""
        for name, hits, bar in (("terms", self.terms, TERMS), ("amounts", self.amounts, AMOUNTS)):
            written = sum(hit for hit, _ in hits) / max(1, len(hits))
            sound = sum(hit for _, hit in hits) / max(1, len(hits))
            verdict = "kept" if written >= bar else "MISSED"
            print(
                f"{name} n={len(hits)}: as written {written:.3f} (bar {bar}: {verdict}), by sound {sound:.3f}"
            )
        print(f"amounts that nobody said: {self.made_up}")
        print(row("speak and hear a line", self.spent))


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """A voice and ears; what they made before is taken from the folder ``kept``, where there is one."""

    speaker: Speaker
    recognizer: Recognizer
    kept: Path | None = None

    def hear(self, line: str, hotwords: tuple[str, ...]) -> str:
        """What the ears make of the line that the voice says."""
        wanted = final_request(hotwords)
        if self.kept is None:
            return self.recognizer.transcribe(self._spoken(line), wanted).text
        self.kept.mkdir(parents=True, exist_ok=True)
        sound = self.kept / f"{_name(self.speaker.name, self.speaker.speed, self.speaker.plan(line))}.wav"
        text = sound.with_name(f"{sound.stem}-{_name(self.recognizer.name, wanted)}.txt")
        if not text.exists():
            if not sound.exists():
                part = sound.with_suffix(".part.wav")
                write_wav(part, self._spoken(line), RATE)
                part.rename(sound)
            text.write_text(self.recognizer.transcribe(read(sound), wanted).text, "utf-8")
        return text.read_text("utf-8")

    def _spoken(self, line: str) -> Samples:
        speech = joined(self.speaker.speak(line))
        return resample(speech.samples, speech.rate)


def _name(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


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
    parser.add_argument("--show", action="store_true", help="print every line and what was heard")
    asked = parser.parse_args()
    shop = import_file(asked.sheet, date.today()).shop("bench")
    assembly = Assembly(load(None))
    speaker, recognizer = assembly.speaker(asked.voice), assembly.recognizer()
    vocabulary = Vocabulary.of(shop)
    print(machine("onnxruntime", "faster-whisper"), f"| voice {speaker.name}, ears {recognizer.name}")
    tally, trip = Tally(), RoundTrip(speaker, recognizer, asked.keep)
    with contextlib.suppress(KeyboardInterrupt):  # what was heard until then is reported
        for _, line in zip(range(asked.lines), lines(shop, asked.lines), strict=False):
            product = line.product or ""
            words = words_of(vocabulary, product, amounts_of(shop, product))
            captioner = assembly.captioner("mandarin", functools.partial(_same, words))
            began = time.perf_counter()
            raw = trip.hear(line.text, captioner.hotwords())
            text = captioner.repair(raw).text
            tally.spent.append(time.perf_counter() - began)
            if asked.show:
                print(f"{line.text}\n  {raw}\n  {text}", flush=True)
            tally.take(line, words.all, text)
    tally.print()


if __name__ == "__main__":
    main()
