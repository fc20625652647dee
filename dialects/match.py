"""Which words of a sentence are dialect: a lattice over readings, one scoring rule, one best path.

Every stretch of the sentence can be read as ordinary Mandarin (log-probability of its words) or, for one
group at a time, as a dialect word. The score of a dialect reading is

    written as the lexicon writes it:  (Mandarin log-probability of the same characters) + evidence
    written by sound:                  (prior of a dialect word) − (cost of the misspelling)

so a path gains over pure Mandarin what its dialect words explain better, and loses what they break: a word
that would cut 允许 in two costs more than it gains. A group is believed when the gain of its best path,
counting only readings that stand on their own, exceeds the cost of leaving Mandarin (``GROUP_COST``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from dialects import amounts, conditions
from dialects.lexicon import FUNCTION_WORDS, Sense
from dialects.ordinary import NUMERALS, WordClasses
from dialects.spelling import Spelling, Spellings

Kind = Literal["exact", "sound", "amount"]

GROUP_COST = 2.5
SAFE_EVIDENCE = (0.0, 3.5, 5.0, 7.0, 9.0)
SHOWN_EVIDENCE = (0.0, 3.0, 3.5, 4.0, 5.0)
PLAIN_SHARED = (0.0, 0.6, 1.2, 2.2, 3.0)
LONGER = 3.6
"""What each further character adds to a word's gain, so that a longer word beats the words it is made of."""
ONLY_DIALECT = 4.0
"""What a character that only dialect writing uses adds to its word."""
ONE_CHARACTER = 2.3
"""At most so much proves a word of one character that Mandarin has too: less than leaving Mandarin costs."""
MISSING_NEIGHBOUR = -0.8
LIKELY = 0.3
RARE_ALONE = -9.6
RARE_WORD = -12.1
REPEATED = 2.0
SOUND_PRIOR = -10.0
FUNCTION_PRIOR = 1.0
SHARED_SOUND = -1.5
NO_NEIGHBOUR = 1.0
ORDINARY_WORD = 4.0
MOST_SOUND_GAIN = 7.0
SINGLE_GRAMMAR = -7.0
SINGLE_WORD = -8.5
NEVER = -99.0
LEAST_SINGLE = 1.5
LEAST_SOUND_GAIN = 2.0
LEAST_SOUND_GAIN_ALONE = 4.0
"""The least gain of a word taken by its sound where nothing written shows the group yet."""
ESTABLISHED = 2.2
LIKELIEST = 5
"""Groups that are worked out in full."""
SOUND_ALONE = 2.5
"""What a word taken by its sound convinces us less of the group than one that is written."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One dialect reading of ``text[start:end]`` and what it gains over Mandarin, in nats.

    ``alone`` is the part of the gain that may convince us of the group by itself. ``mandarin`` stands for
    that of the sense where it is not None; an amount has no sense (-1), and ``lead`` is where its number
    begins.
    """

    start: int
    end: int
    kind: Kind
    sense: int
    gain: float
    alone: float
    spelled: str
    why: str = ""
    mandarin: str | None = None
    lead: int = -1


@dataclass(frozen=True, slots=True)
class Parse:
    """The best path of one group: its dialect readings in order, its gain, and the gain that stands alone."""

    group: str
    readings: tuple[Reading, ...]
    gain: float
    alone: float


_TITLE = re.compile(r"《[^》]*》|〈[^〉]*〉")
_BRAND_AFTER = re.compile(r"牌(?!子|坊|楼|照|匾|桌|局|九|友)|(?:商标|旗舰店|专卖店|集团|有限公司|股份)|《")


class Sentence:
    """One normalised text with everything that does not depend on the group looked up once."""

    def __init__(self, text: str, spellings: Spellings, vocabulary: Collection[str] = ()) -> None:
        self.text = text
        self.spellings = spellings
        self.dictionary = dictionary = spellings.dictionary
        self.classes = WordClasses(text, dictionary.ordinary, dictionary.parts_of_speech)
        self.edges = dictionary.ordinary.edges(text)
        self.closed = _closed(text, vocabulary)
        self.has_number = any(c in NUMERALS or c == "把" for c in text)
        self._plain: dict[tuple[int, int], float] = {}
        self.exact = self._find_exact()
        self.sound = self._find_sound()

    def plain(self, start: int, end: int) -> float:
        """Log-probability of the best ordinary reading of ``text[start:end]`` by itself."""
        key = (start, end)
        known = self._plain.get(key)
        if known is not None:
            return known
        best = [float("-inf")] * (end - start + 1)
        best[0] = 0.0
        for i in range(start, end):
            here = best[i - start]
            for j, logp in self.edges[i]:
                if j <= end and here + logp > best[j - start]:
                    best[j - start] = here + logp
        self._plain[key] = best[-1]
        return best[-1]

    def open(self, start: int, end: int) -> bool:
        """Whether nothing protects this stretch: no title, product word or brand."""
        return not any(self.closed[start:end]) and not _BRAND_AFTER.match(self.text, end)

    def _find_exact(self) -> dict[str, list[tuple[int, int, Sequence[int]]]]:
        exact, reach = self.dictionary.tables.exact, self.dictionary.reach
        found: dict[str, list[tuple[int, int, Sequence[int]]]] = {}
        text = self.text
        for i, first in enumerate(text):
            for j in range(i + 1, min(len(text), i + reach.get(first, 0)) + 1):
                by_group = exact.get(text[i:j])
                if by_group and self.open(i, j):
                    for group, ids in by_group:
                        found.setdefault(group, []).append((i, j, ids))
        return found

    def _find_sound(self) -> dict[str, list[Spelling]]:
        """Words that the text may spell by sound, where that could gain enough."""
        found: dict[str, list[Spelling]] = {}
        least = LEAST_SOUND_GAIN - SOUND_PRIOR - FUNCTION_PRIOR
        for spelling in self.spellings.words(self.text):
            start, end, sounding, channel = spelling
            if channel - self.plain(start, end) >= least and self.open(start, end):
                found.setdefault(sounding.group, []).append(spelling)
        return found


def _closed(text: str, vocabulary: Collection[str]) -> bytearray:
    closed = bytearray(len(text))
    for found in _TITLE.finditer(text):
        closed[found.start() : found.end()] = b"\1" * (found.end() - found.start())
    for word in vocabulary:
        at = text.find(word) if word else -1
        while at >= 0:
            closed[at : at + len(word)] = b"\1" * len(word)
            at = text.find(word, at + 1)
    return closed


def best_parse(sentence: Sentence, group: str, prior: float = 0.0) -> Parse:
    """The best path of the sentence if it is in ``group``; ``prior`` is what already speaks for the group."""
    written = _exact_readings(sentence, group)
    written += _repeated(sentence, written)
    written += _amount_readings(sentence, group)
    shown = prior + sum(r.alone for r in written if r.alone > 0)
    least = LEAST_SOUND_GAIN if shown >= ESTABLISHED else LEAST_SOUND_GAIN_ALONE
    sure = {at for r in written if r.gain >= SHOWN_EVIDENCE[1] for at in range(r.start, r.end)}
    spelled = (r for r in _sound_readings(sentence, group, least) if not _contradicts(sentence.text, r, sure))
    return _viterbi(sentence, group, [*written, *spelled])


def _contradicts(text: str, reading: Reading, sure: Collection[int]) -> bool:
    """Whether a word taken by its sound changes a character that is surely a dialect word as written."""
    spelled = reading.spelled
    return any(
        at in sure and text[at] != spelled[at - reading.start : at - reading.start + 1]
        for at in range(reading.start, reading.end)
    )


def _repeated(sentence: Sentence, readings: Sequence[Reading]) -> list[Reading]:
    """A verb of one syllable said as X一X is one word: 汏一汏 → 洗一洗."""
    text, out = sentence.text, []
    for r in readings:
        sense = sentence.dictionary.senses[r.sense]
        again = text[r.start : r.end]
        if r.end - r.start == 1 and sense.pos == "v" and text.startswith("一" + again, r.end):
            one = len(sense.mandarin) == 1
            said = f"{sense.mandarin}一{sense.mandarin}" if one else f"{sense.mandarin}一下"
            gain = 2 * max(r.gain, PLAIN_SHARED[1]) + REPEATED
            out.append(replace(r, end=r.end + 2, gain=gain, why="重叠", mandarin=said))
    return out


def _amount_readings(sentence: Sentence, group: str) -> list[Reading]:
    if not sentence.has_number:
        return []
    return [
        Reading(a.start, a.end, "amount", -1, a.gain, a.alone, "", a.note, a.mandarin, a.lead)
        for a in amounts.find(sentence.text, group)
        if sentence.open(a.start, a.end)
    ]


def _sized(table: tuple[float, ...], size: int) -> float:
    return table[min(size, len(table) - 1)]


def _exact_readings(sentence: Sentence, group: str) -> list[Reading]:
    out, text = [], sentence.text
    for start, end, ids in sentence.exact.get(group, ()):
        chosen = _choose(sentence, start, end, ids)
        if chosen is None:
            continue
        sense_id, outcome = chosen
        sense = sentence.dictionary.senses[sense_id]
        size = end - start
        if _same(sense.mandarin, text[start:end]):
            continue
        plain = sentence.plain(start, end)
        gain, alone, why = _evidence(sense, size, outcome, plain, len(ids))
        if size == 1 and text[start] not in sentence.dictionary.marked:
            alone = min(alone, ONE_CHARACTER)
        if not sense.shared and not sentence.dictionary.marked.isdisjoint(text[start:end]):
            gain += ONLY_DIALECT
        lead = _number_before(text, start) if sense.pos == "clf" else start
        written = text[start:end]
        out.append(Reading(start, end, "exact", sense_id, gain, alone, written, why, lead=lead))
    return out


def _number_before(text: str, at: int) -> int:
    """Where the number that ends at ``at`` begins: 两支 is counted here, no word of its own."""
    while at and text[at - 1] in NUMERALS:
        at -= 1
    return at


def _evidence(
    sense: Sense, size: int, outcome: conditions.Outcome, plain: float, senses: int
) -> tuple[float, float, str]:
    """Gain, the part of it that stands alone, and why, of a word as the lexicon writes it."""
    if outcome.holds:
        table, why = (PLAIN_SHARED, "普通话也有") if sense.shared else (SAFE_EVIDENCE, "方言特有")
        if sense.shared and outcome.shown:
            table, why = SHOWN_EVIDENCE, "邻词合条件"
        return table[1] + LONGER * (size - 1), _sized(table, size), why
    why = "缺少条件里的邻词"
    if not sense.shared:
        alone = _sized(SAFE_EVIDENCE, size) * 0.5
        return alone, alone, why
    # Conditions name the neighbours somebody thought of; a word that Mandarin hardly uses alone may stand
    # without them once the group is clear.
    rare = sense.pos in ("adv", "pron") and plain <= RARE_ALONE
    if rare or (size > 1 and senses == 1 and plain <= RARE_WORD):
        return LIKELY, 0.0, why
    return MISSING_NEIGHBOUR, MISSING_NEIGHBOUR, why


def _same(mandarin: str, surface: str) -> bool:
    """Whether rendering would change nothing but an erhua: then there is nothing to teach."""
    return mandarin.replace("儿", "") == surface.replace("儿", "")


def _choose(
    sentence: Sentence, start: int, end: int, ids: Sequence[int]
) -> tuple[int, conditions.Outcome] | None:
    """The sense whose neighbours fit best: one with a positive test met, else one that needs none."""
    best: tuple[int, int, conditions.Outcome] | None = None
    for sense_id in ids:
        outcome = conditions.evaluate(
            sentence.dictionary.condition(sense_id), sentence.text, start, end, sentence.classes
        )
        if outcome.vetoed:
            continue
        rank = 2 * outcome.holds + (outcome.holds and outcome.shown)
        if best is None or rank > best[0]:
            best = (rank, sense_id, outcome)
    return best and best[1:]


def _sound_readings(sentence: Sentence, group: str, least: float) -> Iterator[Reading]:
    for spelling in sentence.sound.get(group, ()):
        reading = _sound_reading(sentence, spelling, least)
        if reading is not None:
            yield reading
    if least == LEAST_SOUND_GAIN:
        for spelling in sentence.spellings.single(sentence.text, group):
            reading = _single_reading(sentence, spelling)
            if reading is not None:
                yield reading


def _sound_reading(sentence: Sentence, spelling: Spelling, least: float) -> Reading | None:
    start, end, sounding, channel = spelling
    chosen = _choose(sentence, start, end, sounding.senses)
    if chosen is None:
        return None
    sense_id, outcome = chosen
    sense = sentence.dictionary.senses[sense_id]
    if _same(sense.mandarin, sentence.text[start:end]):
        return None
    score = SOUND_PRIOR + channel + FUNCTION_PRIOR * (sense.pos in FUNCTION_WORDS)
    score += SHARED_SOUND * (sense.shared and not outcome.shown)
    score -= NO_NEIGHBOUR * (not outcome.holds)
    if sentence.text[start:end] in sentence.dictionary.ordinary.words:
        score -= ORDINARY_WORD
    gain = min(score - sentence.plain(start, end), MOST_SOUND_GAIN)
    if gain < least:
        return None
    why = f"音近“{sounding.surface}”"
    return Reading(start, end, "sound", sense_id, gain, gain - SOUND_ALONE, sounding.surface, why)


def _single_reading(sentence: Sentence, spelling: Spelling) -> Reading | None:
    """A word of one syllable by its sound: only in a group already clear, and never proof of it."""
    start, end, sounding, channel = spelling
    most = SINGLE_GRAMMAR + channel - sentence.plain(start, end)
    if most < LEAST_SINGLE or not sentence.open(start, end):
        return None
    chosen = _choose(sentence, start, end, sounding.senses)
    if chosen is None:
        return None
    sense_id, outcome = chosen
    gain = _single_prior(sentence.dictionary.senses[sense_id], outcome) - SINGLE_GRAMMAR + most
    if gain < LEAST_SINGLE:
        return None
    why = f"音近“{sounding.surface}”"
    return Reading(start, end, "sound", sense_id, gain, 0.0, sounding.surface, why)


def _single_prior(sense: Sense, outcome: conditions.Outcome) -> float:
    """Log-probability of a word of one syllable: grammar words are frequent, others need their neighbours."""
    grammar = sense.pos in FUNCTION_WORDS
    if not outcome.holds:
        return NEVER
    if outcome.shown:
        return SINGLE_GRAMMAR if grammar else SINGLE_WORD
    return SINGLE_GRAMMAR if grammar and not sense.shared else NEVER


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
    once = {(r.spelled, r.sense): r.alone for r in chosen}
    return Parse(group, tuple(chosen), gain, gain - sum(r.gain for r in chosen) + sum(once.values()))


def parses(sentence: Sentence, prior: Mapping[str, float], at_most: int = LIKELIEST) -> list[Parse]:
    """Best paths of the most promising groups, best first; ``prior`` adds to a group's gain."""
    promise = {
        group: sum(_promise(sentence, i, j, ids) for i, j, ids in hits) + prior.get(group, 0.0)
        for group, hits in sentence.exact.items()
    }
    for group, spelled in sentence.sound.items():
        gains = (SOUND_PRIOR + channel - sentence.plain(i, j) for i, j, _, channel in spelled if j > i + 1)
        best = sum(sorted((g for g in gains if g > LEAST_SOUND_GAIN), reverse=True)[:3])
        promise[group] = promise.get(group, prior.get(group, 0.0)) + 0.5 * best
    likely = sorted(promise, key=lambda g: -promise[g])[:at_most]
    found = [best_parse(sentence, g, prior.get(g, 0.0)) for g in likely]
    return sorted(found, key=lambda p: -(p.alone + prior.get(p.group, 0.0)))


def _promise(sentence: Sentence, start: int, end: int, ids: Sequence[int]) -> float:
    shared = sentence.dictionary.senses[ids[0]].shared
    return _sized(PLAIN_SHARED if shared else SAFE_EVIDENCE, end - start)
