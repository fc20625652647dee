"""What the graph does for the ears: product words, amounts and ordinary words, plain, biased and repaired.

usage: python -m benchmarks.bias_repair [--shops ../shared/eval/shops] [--sentences 60] [--seed 1]
                                        [--kept FOLDER] [--budget N …] [--tuned NAME …] [--show]

The embedded voice (three speakers) says sentences about each shop's products; the default recogniser hears
them. Sound and transcripts are kept in ``--kept``, so that a second run only repairs. A product word is an
error where its mention is not in the text as written; an amount is right where its value is found; ordinary
words are all other characters, by their edits. Constants were set on the shops named by ``--tuned``.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from anchor.speech.speaker import Speaker
from backends import choose, load
from backends.recognizers import BACKENDS as RECOGNIZERS
from backends.voices import BACKENDS as VOICE_BACKENDS
from benchmarks.report import machine
from benchmarks.shop_speech import VOICES, Sentence, heard, sentences, shops, sound
from captioning.bias import hotwords
from captioning.hearing import final_request
from captioning.plausible import bare
from captioning.repair import Repaired, Repairer
from core.ports import Recognizer
from core.settings import load as load_settings
from core.text.numbers import find_amounts, to_yuan
from core.weights import Weights
from dialects.render import default_renderer
from knowledge_graph.vocabulary import Vocabulary


@dataclass(slots=True)
class Score:
    """Counts over sentences."""

    terms: int = 0
    missed: int = 0
    amounts: int = 0
    right: int = 0
    ordinary: int = 0
    edits: int = 0

    def add(self, said: Sentence, text: str) -> None:
        """Judge one sentence as it was heard."""
        shown = bare(text)
        self.terms += len(said.terms)
        self.missed += sum(
            max(0, n - shown.count(term)) for term, n in Counter(map(bare, said.terms)).items()
        )
        found = Counter(money(text))
        wanted = Counter(value for a in said.amounts for value in money(a))
        self.amounts += wanted.total()
        self.right += (found & wanted).total()
        ordinary, edits = ordinary_edits(said, shown)
        self.ordinary += ordinary
        self.edits += edits


def money(text: str) -> Iterable[object]:
    """The values of the amounts of money of a text, in yuan."""
    return [to_yuan(a) for a in find_amounts(text) if a.kind == "money"]


def ordinary_edits(said: Sentence, shown: str) -> tuple[int, int]:
    """Characters that belong to no term and no amount, and the edits among them."""
    wanted = bare(said.text)
    special = bytearray(len(wanted) + 1)
    for piece in map(bare, (*said.terms, *said.amounts)):
        at = wanted.find(piece)
        while at >= 0:
            special[at : at + len(piece)] = b"\1" * len(piece)
            at = wanted.find(piece, at + 1)
    edits = 0
    for operation in Levenshtein.editops(wanted, shown):
        at = operation.src_pos
        beside = special[at] or (operation.tag == "insert" and at > 0 and special[at - 1])
        edits += not beside
    return len(wanted) - sum(special), edits


def line(name: str, score: Score, plain: Score) -> str:
    """One variant beside the plain recogniser."""
    ratio = score.missed / max(1, plain.missed)
    return (
        f"  {name:<10} product words missed {score.missed}/{score.terms} ({ratio:.2f} of plain)"
        f" | amounts right {score.right}/{score.amounts} ({score.right / max(1, score.amounts):.3f})"
        f" | ordinary character error {score.edits / max(1, score.ordinary):.4f} ({score.edits})"
    )


@dataclass(frozen=True, slots=True)
class Ears:
    """Everything that hears: voice and recogniser, the folder of kept sound, and each shop's words."""

    voice: Callable[[str], Speaker]
    recognizer: Callable[[], Recognizer]
    kept: Path
    words: dict[str, Vocabulary]

    @classmethod
    def open(cls, kept: Path, words: dict[str, Vocabulary]) -> Ears:
        """With the models that the settings name; each loads when it is first needed."""
        settings = load_settings(None)
        weights = Weights(settings.weights.folder)
        ears, mouth = choose(RECOGNIZERS, settings.recognizer.backend), choose(VOICE_BACKENDS, "kokoro")
        recognizer = cache(lambda: load(ears, weights, threads=settings.recognizer.threads))
        voice = cache(lambda: load(mouth, weights, threads=settings.voice.threads))
        return cls(lambda name: Speaker(voice(), name), recognizer, kept, words)

    def hear(self, said: Sentence, budget: int) -> str:
        """The transcript with so many characters of hotwords."""
        terms = [t.text for t in self.words[said.shop].terms(said.on_show) if t.kind != "unit"]
        return heard(
            said,
            self.kept,
            lambda: sound(said, self.kept, self.voice),
            lambda samples, wanted: self.recognizer().transcribe(samples, wanted),
            final_request(hotwords(terms, budget) if budget else ()),
        ).text

    def repair(self, repairer: Repairer, said: Sentence, text: str) -> Repaired:
        """The transcript repaired with the shop's words."""
        terms = [t for t in self.words[said.shop].terms(said.on_show) if t.kind != "unit"]
        repairer.learn([t.text for t in terms], [t.text for t in terms if said.on_show in t.products])
        return repairer.repair(text)


def measure(ears: Ears, all_said: Sequence[Sentence], budgets: Sequence[int], show: bool) -> None:
    """Print every variant, for all voices and each."""
    dictionary = default_renderer().dictionary
    repairer = Repairer(dictionary.ordinary, dictionary.tables.exact.__contains__)
    for voice in ("", *VOICES):
        chosen = [s for s in all_said if s.voice == voice or not voice]
        scores: dict[str, Score] = {}
        for said in chosen:
            for budget in (0, *budgets):
                text = ears.hear(said, budget)
                repaired = ears.repair(repairer, said, text)
                name = f"bias {budget}" if budget else "plain"
                scores.setdefault(name, Score()).add(said, text)
                scores.setdefault("repair" if not budget else f"both {budget}", Score()).add(
                    said, repaired.text
                )
                if show and not voice:
                    print(f"{name:<8} {said.text}\n         {text}")
                    for r in repaired.repairs:
                        print(f"         {r.why}: {r.heard} -> {r.became}")
        print(f" {voice or 'all voices'}: {len(chosen)} sentences")
        for name, score in scores.items():
            print(line(name, score, scores["plain"]))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shops", type=Path, default=Path("../shared/eval/shops"))
    parser.add_argument("--sentences", type=int, default=60, help="of each shop")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kept", type=Path, default=Path(tempfile.gettempdir()) / "shop_speech")
    parser.add_argument("--budget", type=int, nargs="*", default=[40])
    parser.add_argument("--tuned", nargs="*", default=["gannan-qicheng", "qinling-tufengmi"])
    parser.add_argument("--only-kept", action="store_true", help="only sentences that were spoken before")
    parser.add_argument("--show", action="store_true", help="print every sentence and repair")
    args = parser.parse_args()
    args.kept.mkdir(parents=True, exist_ok=True)
    print(machine("faster-whisper", "ctranslate2"))
    found = shops(args.shops)
    ears = Ears.open(args.kept, {n: Vocabulary.of(s) for n, s in found.items()})
    for title, names in (
        ("tuned on", [n for n in found if n in args.tuned]),
        ("not tuned on", [n for n in found if n not in args.tuned]),
    ):
        said = [s for n in names for s in sentences(n, found[n], args.sentences, args.seed)]
        if args.only_kept:
            said = [s for s in said if len(list(args.kept.glob(f"{s.name}-*.json"))) > len(args.budget)]
        print(f"{title}: {', '.join(names)}; seed {args.seed}")
        measure(ears, said, args.budget, args.show)


if __name__ == "__main__":
    main()
