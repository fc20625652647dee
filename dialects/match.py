"""Which words of a sentence are dialect: a lattice over readings, one scoring rule, one best path.

Every stretch of the sentence can be read as ordinary Mandarin (log-probability of its words) or, for one
group at a time, as a dialect word (:mod:`dialects.evidence`). A path gains over pure Mandarin what its
dialect words explain better, and loses what they break: a word that would cut 允许 in two costs more than
it gains. What of the gain stands on its own proves the group; :mod:`dialects.identify` weighs it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dialects import evidence
from dialects.evidence import Reading
from dialects.sentence import LEAST_SOUND_GAIN, SOUND_PRIOR, Sentence

UNWRITTEN = 3.0
"""What leaving Mandarin costs more where every word is only taken by its sound."""
LIKELIEST = 4
"""At most so many groups are worked out in full."""
BEHIND = 10.0
"""A group that promises so many nats less than the best one is not worked out."""
READS = 1.2
"""What a nat of :mod:`dialects.affinity` counts against one of proof, in choosing groups to work out."""


@dataclass(frozen=True, slots=True)
class Parse:
    """The best path of one group: its dialect readings in order, its gain, and the gain that stands alone."""

    group: str
    readings: tuple[Reading, ...]
    gain: float
    alone: float


def best_parse(sentence: Sentence, group: str, prior: float = 0.0) -> Parse:
    """The best path of the sentence if it is in ``group``; ``prior`` is what already speaks for the group."""
    own = evidence.written(sentence, group)
    shown = prior + sum(r.alone for r in own if r.alone > 0)
    readings = [*own, *evidence.borrowed(sentence, group, own)]
    return _viterbi(sentence, group, [*readings, *evidence.heard(sentence, group, readings, shown)])


def _viterbi(sentence: Sentence, group: str, readings: list[Reading]) -> Parse:
    size = len(sentence.text)
    starting: dict[int, list[Reading]] = {}
    for reading in readings:
        starting.setdefault(reading.lead if reading.lead >= 0 else reading.start, []).append(reading)
    best = [float("-inf")] * (size + 1)
    best[0] = 0.0
    back: list[tuple[int, Reading | None]] = [(0, None)] * (size + 1)
    for i in range(size):
        here = best[i]
        for j, logp in sentence.edges[i]:
            if here + logp > best[j]:
                best[j], back[j] = here + logp, (i, None)
        for reading in starting.get(i, ()):
            score = here + sentence.plain(i, reading.end) + reading.gain
            if score > best[reading.end]:
                best[reading.end], back[reading.end] = score, (i, reading)
    chosen: list[Reading] = []
    at = size
    while at > 0:
        at, step = back[at]
        if step is not None:
            chosen.append(step)
    chosen.reverse()
    gain = best[size] - sentence.plain(0, size)
    return Parse(group, tuple(chosen), gain, gain - sum(r.gain for r in chosen) + _convincing(chosen))


def _convincing(readings: Sequence[Reading]) -> float:
    """What readings prove, each word once; those by sound alone must first outweigh that sounds deceive."""
    once = {(r.spelled, r.sense): r for r in readings}.values()
    heard = sum(r.alone for r in once if r.kind == "sound")
    shown = sum(r.alone for r in once if r.kind != "sound")
    return shown + heard - min(heard, max(0.0, UNWRITTEN - max(0.0, shown)))


def parses(
    sentence: Sentence, prior: Mapping[str, float], odds: Mapping[str, float], at_most: int = LIKELIEST
) -> list[Parse]:
    """Best paths of the most promising groups, the likeliest first.

    ``prior`` adds to a group's proof; ``odds`` (see :mod:`dialects.affinity`) only help to choose.
    """
    promise = promises(sentence)
    weight = {g: p + prior.get(g, 0.0) + READS * odds.get(g, 0.0) for g, p in promise.items()}
    least = max(weight.values(), default=0.0) - BEHIND
    likely = sorted((g for g in weight if weight[g] >= least), key=lambda g: -weight[g])[:at_most]
    return [best_parse(sentence, g, prior.get(g, 0.0)) for g in likely]


def promises(sentence: Sentence) -> dict[str, float]:
    """About what each group will prove, without looking at conditions: enough to leave most groups out."""
    promise = {group: _promise(sentence, hits) for group, hits in sentence.exact.items()}
    for group, spelled in sentence.sound.items():
        gains = (SOUND_PRIOR + channel - sentence.plain(i, j) for i, j, _, channel in spelled if j > i + 1)
        best = sum(sorted((g for g in gains if g > LEAST_SOUND_GAIN), reverse=True)[:3])
        promise[group] = promise.get(group, 0.0) + 0.5 * best
    return promise


def _promise(sentence: Sentence, hits: Sequence[tuple[int, int, Sequence[int]]]) -> float:
    best: dict[int, float] = {}
    once: set[str] = set()
    for start, end, ids in hits:
        surface = sentence.text[start:end]
        proof = evidence.promise(sentence.dictionary, surface, ids)
        if proof > best.get(start, 0.0) and surface not in once:
            best[start] = proof
            once.add(surface)
    return sum(best.values())
