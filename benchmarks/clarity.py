"""What is shown and what is 听不清: character error of the shown, by the threshold of confidence.

usage: python -m benchmarks.clarity [--audio ../shared/audio] [--shops ../shared/eval/shops] [--kept FOLDER]

Hears every clip with a human reference, and sentences of the embedded voice (as ``benchmarks.bias_repair``
keeps them) in white noise at 10, 5 and 0 dB. The error counts against the reference or its Mandarin side,
whichever is nearer. The plain baseline shows a segment whatever it is; at the same share it shows any
segments, so that its error stays that of all.
"""

from __future__ import annotations

import argparse
import functools
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import opencc
from rapidfuzz.distance import Levenshtein

from benchmarks.bias_repair import Ears
from benchmarks.report import machine
from benchmarks.shop_speech import sentences, shops
from captioning.hearing import final_request
from captioning.plausible import PlausibilitySettings, bare, implausible
from core.events import Samples
from core.ports import Transcript
from media.audio import RATE, read

HUMAN = ("human", "ground truth", "text shipped")


@dataclass(frozen=True, slots=True)
class Heard:
    """One stretch of speech: where it is from, its length, references and transcript."""

    kind: str
    seconds: float
    references: tuple[str, ...]
    transcript: Transcript

    @property
    def errors(self) -> int:
        """Edits to the nearest reference."""
        return min(Levenshtein.distance(bare(self.transcript.text), r) for r in self.references)

    @property
    def length(self) -> int:
        """Characters of the first reference."""
        return len(self.references[0])


def noisy(sound: Samples, snr: float, seed: int) -> Samples:
    """Sound with white noise at ``snr`` dB."""
    power = float(np.sqrt(np.mean(sound**2)))
    noise = np.random.default_rng(seed).normal(0, power * 10 ** (-snr / 20), len(sound))
    return (sound + noise).astype(np.float32)


def clips(folder: Path) -> Iterator[tuple[str, str, tuple[str, ...], Callable[[], Samples]]]:
    """Name, kind, references and sound of the clips that a person wrote down."""
    simplify = opencc.OpenCC("t2s").convert
    for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["text_quality"].startswith(HUMAN):
            references = tuple(bare(simplify(t)) for t in (row["text"], row["mandarin"]) if t)
            yield (
                row["id"],
                row["group"] or "unknown",
                references,
                functools.partial(read, folder / row["audio"]),
            )


def spoken(folder: Path, kept: Path) -> Iterator[tuple[str, str, tuple[str, ...], Callable[[], Samples]]]:
    """The same of kept sentences of the embedded voice, clear and in noise."""
    for name, shop in shops(folder).items():
        for number, said in enumerate(sentences(name, shop, 8, 1)):
            path = kept / f"{said.name}.wav"
            if path.exists():
                for snr in (None, 10, 5, 0):

                    def sound(path: Path = path, snr: int | None = snr, seed: int = number) -> Samples:
                        return read(path) if snr is None else noisy(read(path), snr, seed)

                    kind = "voice" if snr is None else f"voice at {snr} dB"
                    yield f"{said.name}-{snr}", kind, (bare(said.text),), sound


def hear_all(ears: Ears, audio: Path, folder: Path) -> list[Heard]:
    """Every stretch as a final hears it; transcripts are kept."""
    found = []
    for name, kind, references, sound in (*clips(audio), *spoken(folder, ears.kept)):
        path = ears.kept / f"clarity-{name}.json"
        if not path.exists():
            samples = sound()
            transcript = ears.recognizer().transcribe(samples, final_request(()))
            record = asdict(replace(transcript, words=())) | {"seconds": len(samples) / RATE}
            path.write_text(json.dumps(record, ensure_ascii=False), "utf-8")
        record = json.loads(path.read_text("utf-8"))
        seconds = record.pop("seconds")
        found.append(Heard(kind, seconds, references, Transcript(**record)))
    return found


def error(heard: Sequence[Heard]) -> float:
    """Character error over all."""
    return sum(h.errors for h in heard) / max(1, sum(h.length for h in heard))


def table(title: str, heard: Sequence[Heard]) -> None:
    """Share shown and its error for thresholds of confidence."""
    print(f"{title}: n={len(heard)}, shown whatever it is: character error {error(heard):.3f}")
    total = sum(h.length for h in heard)
    for threshold in (0.28, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7):
        settings = PlausibilitySettings(confidence=threshold)
        shown = [h for h in heard if not implausible(h.transcript, h.seconds, settings)]
        hidden = [h for h in heard if h not in shown]
        print(
            f"  confidence {threshold:.2f}: shows {sum(h.length for h in shown) / total:.2f}"
            f" of the characters, error of the shown {error(shown):.3f}, of the hidden {error(hidden):.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--audio", type=Path, default=Path("../shared/audio"))
    parser.add_argument("--shops", type=Path, default=Path("../shared/eval/shops"))
    parser.add_argument("--kept", type=Path, default=Path(tempfile.gettempdir()) / "shop_speech")
    args = parser.parse_args()
    args.kept.mkdir(parents=True, exist_ok=True)
    print(machine("faster-whisper", "ctranslate2"))
    heard = hear_all(Ears.open(args.kept, {}), args.audio, args.shops)
    for kind in sorted({h.kind for h in heard}):
        of_kind = [h for h in heard if h.kind == kind]
        sure = [h.transcript.confidence for h in of_kind]
        print(
            f"  {kind:<14} n={len(of_kind):<3} error {error(of_kind):.2f}"
            f" confidence {min(sure):.2f}–{max(sure):.2f}"
        )
    table("recorded speech, human references", [h for h in heard if not h.kind.startswith("voice")])
    table("the embedded voice, clear and in noise", [h for h in heard if h.kind.startswith("voice")])


if __name__ == "__main__":
    main()
