"""What each dialect reading of a sentence gains over Mandarin: as written, by its sound, as an amount.

written as the lexicon writes it:  (Mandarin log-probability of the same characters) + evidence
written by sound:                  (prior of a dialect word) − (cost of the misspelling)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import Literal, NamedTuple

from dialects import amounts, conditions, groups, teachable
from dialects.dictionary import Dictionary
from dialects.lexicon import FUNCTION_WORDS, Sense
from dialects.ordinary import MEASURES, NUMERALS
from dialects.sentence import FUNCTION_PRIOR, LEAST_SOUND_GAIN, SOUND_PRIOR, Sentence
from dialects.spelling import MISSPELT, Spelling

Kind = Literal["exact", "sound", "amount"]

SAFE, SHOWN, PLAIN = 3.5, 3.0, 0.6
"""What a word gains that only dialect has; that Mandarin has too, where its neighbours fit; and elsewhere."""
SAFE_PROOF = (0.0, 3.5, 5.0, 7.0, 9.0)
SHOWN_PROOF = (0.0, 4.8, 4.7, 4.4, 5.0)
PLAIN_PROOF = (0.0, 3.2, 3.5, 2.2, 2.2)
"""What such words of so many characters prove: in Mandarin, long ones are met by chance about as often."""
LONGER = 3.6
"""What each further character adds to a word's gain, so that a longer word beats the words it is made of."""
ONLY_DIALECT = 4.0
"""What a character that only dialect writing uses adds to its word."""
ONE_CHARACTER = 3.2
"""At most so much proves a word of one character that Mandarin has too: less than leaving Mandarin costs."""
COMMON, MANDARIN_WORD, READABLE = 2.3, -11.5, -14.25
"""At most so much proves a longer word, or several together, that Mandarin says oftener than so."""
BORROWED = 1.0
"""What a word of a neighbouring group gains less than one's own."""
MISSING_NEIGHBOUR = -0.8
LIKELY = 0.3
UNCOMMON = -8.5
"""Log-probability above which a word is so common in Mandarin that neighbours alike say nothing."""
REPEATED = 2.0
RARELY = -0.6
USUAL = 0.7
SHARED_SOUND = -1.5
NO_NEIGHBOUR = 1.0
ORDINARY_WORD = 4.0
MOST_SOUND_GAIN = 7.0
SINGLE_GRAMMAR = -7.0
SINGLE_WORD = -8.5
RARE_FUNCTION_SPELLING = -10.8
"""Log-probability below which no recogniser writes a character (刨, 晾) for a word of grammar."""
NEVER = -99.0
LEAST_SINGLE = 1.5
MOST_ORDINARY = SINGLE_GRAMMAR - MISSPELT - LEAST_SINGLE
"""Log-probability above which no character can stand for a word of one syllable."""
ESTABLISHED, WELL_WRITTEN = 2.2, 14.0
"""What written words prove where their group is clear; and where whoever wrote them knows how to write it."""
LEAST_SOUND_GAIN_ALONE, LEAST_SOUND_GAIN_WRITTEN = 4.0, 4.5
"""The least gain of a word taken by its sound where nothing written shows the group yet; or so much does."""
SOUND_ALONE = 2.5
"""What a word taken by its sound convinces us less of the group than one that is written."""
MOST_SOUND_ALONE = 10.0
"""The odder the characters are together as Mandarin, the more the word convinces; up to here."""

_MONEY = frozenset("块毛角元")


class Reading(NamedTuple):
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


def written(sentence: Sentence, group: str) -> list[Reading]:
    """Readings of what stands there as the lexicon writes it, and of amounts."""
    found = _exact_readings(sentence, group)
    return [*found, *_repeated(sentence, found), *_amount_readings(sentence, group)]


def promise(dictionary: Dictionary, surface: str, ids: Sequence[int]) -> float:
    """About what a word as written will prove, its neighbours aside; remembered in ``dictionary``."""
    known = dictionary.promises.get((surface, ids[0]))
    if known is None:
        known = dictionary.promises[surface, ids[0]] = _promise(dictionary, surface, ids)
    return known


def _promise(dictionary: Dictionary, surface: str, ids: Sequence[int]) -> float:
    size = len(surface)
    senses = [dictionary.senses[i] for i in ids]
    if not all(s.shared for s in senses):
        proof = _sized(SAFE_PROOF, size)
    elif any(s.when for s in senses):
        proof = 0.5 * _sized(SHOWN_PROOF, size)
    else:
        proof = _sized(PLAIN_PROOF, size)
    common = size == 1 and surface not in dictionary.marked
    if common or (size > 1 and dictionary.ordinary.cost(surface) > MANDARIN_WORD):
        return min(proof, ONE_CHARACTER)
    return proof


def borrowed(sentence: Sentence, group: str, own: Sequence[Reading]) -> list[Reading]:
    """Words of neighbouring groups, unknown to Mandarin, where ``group`` has none; no lexicon is complete.

    ``own`` are the written readings of the group. Borrowed words prove nothing about the group; where
    neighbours differ in meaning, the one most of them give stands.
    """
    listed = {(i, j) for i, j, _ in sentence.exact.get(group, ())}
    said = {at for r in own if r.gain >= PLAIN for at in range(r.start, r.end)}
    senses, mandarin = sentence.dictionary.senses, sentence.dictionary.ordinary.words
    offers: dict[tuple[int, int], list[Reading]] = {}
    for other, hits in sentence.exact.items():
        if other == group or not groups.neighbours(group, other):
            continue
        for start, end, ids in hits:
            known = (start, end) in listed or not said.isdisjoint(range(start, end))
            if known or sentence.text[start:end] in mandarin or all(senses[i].shared for i in ids):
                continue
            r = _exact_reading(sentence, start, end, ids)
            if r and r.gain >= SAFE and not senses[r.sense].shared:
                offers.setdefault((start, end), []).append(r)
    out = []
    for offered in offers.values():
        votes = Counter(senses[r.sense].mandarin for r in offered)
        best = max(offered, key=lambda r: (votes[senses[r.sense].mandarin], r.gain))
        out.append(best._replace(gain=best.gain - BORROWED, alone=0.0, why=f"邻近方言，{best.why}"))
    return out


def heard(sentence: Sentence, group: str, found: Sequence[Reading], proof: float) -> list[Reading]:
    """Readings of words that the text spells by sound; ``proof`` is what written words prove of the group."""
    if proof < ESTABLISHED:
        least = LEAST_SOUND_GAIN_ALONE
    else:
        least = LEAST_SOUND_GAIN if proof < WELL_WRITTEN else LEAST_SOUND_GAIN_WRITTEN
    sure = {at for r in found if r.gain >= SHOWN for at in range(r.start, r.end)}
    return [r for r in _sound_readings(sentence, group, least) if not _contradicts(sentence.text, r, sure)]


def _contradicts(text: str, reading: Reading, sure: Collection[int]) -> bool:
    """Whether a word taken by its sound changes what is surely a dialect word as written.

    A verb on both sides of such a word (寄唔寄) asks whether: it is meant as it is written.
    """
    changed = [
        at
        for at in range(reading.start, reading.end)
        if text[at] != reading.spelled[at - reading.start : at - reading.start + 1]
    ]
    return any(
        at in sure
        or (at + 1 in sure and text[at] == text[at + 2 : at + 3])
        or (at - 1 in sure and at > 1 and text[at] == text[at - 2])
        for at in changed
    )


def _repeated(sentence: Sentence, readings: Sequence[Reading]) -> list[Reading]:
    """Verbs said twice: one syllable as X一X (汏一汏 → 洗一洗), two as they are (拾掇拾掇 → 收拾收拾)."""
    text, out = sentence.text, []
    for r in readings:
        sense = sentence.dictionary.senses[r.sense]
        again = text[r.start : r.end]
        if sense.pos != "v":
            continue
        if len(again) == 1 and text.startswith("一" + again, r.end):
            one = len(sense.mandarin) == 1
            said = f"{sense.mandarin}一{sense.mandarin}" if one else f"{sense.mandarin}一下"
            gain = 2 * max(r.gain, PLAIN) + REPEATED
            out.append(r._replace(end=r.end + 2, gain=gain, why="重叠", mandarin=said))
        elif len(again) == 2 == len(sense.mandarin) and text.startswith(again, r.end):
            gain = 2 * max(r.gain, PLAIN) + REPEATED
            out.append(r._replace(end=r.end + 2, gain=gain, why="重叠", mandarin=2 * sense.mandarin))
    return out


def _amount_readings(sentence: Sentence, group: str) -> list[Reading]:
    if not sentence.has_number:
        return []
    text, sounds = sentence.text, sentence.spellings.sounds
    found = [*amounts.find(text, group), *amounts.misheard(text, group, partial(sounds, group))]
    return [
        Reading(a.start, a.end, "amount", -1, a.gain, a.alone, "", a.note, a.mandarin, a.lead)
        for a in found
        if sentence.open(a.start, a.end)
    ]


def _sized(table: tuple[float, ...], size: int) -> float:
    return table[min(size, len(table) - 1)]


def _exact_readings(sentence: Sentence, group: str) -> list[Reading]:
    found = (_exact_reading(sentence, *hit) for hit in sentence.exact.get(group, ()))
    return [r for r in found if r is not None]


def _exact_reading(sentence: Sentence, start: int, end: int, ids: Sequence[int]) -> Reading | None:
    key = start, end, ids[0]
    if key not in sentence.read:
        sentence.read[key] = _read(sentence, start, end, ids)
    return sentence.read[key]


def _read(sentence: Sentence, start: int, end: int, ids: Sequence[int]) -> Reading | None:
    plain = sentence.plain(start, end)
    chosen = _choose(sentence, start, end, ids, likeness=plain <= UNCOMMON)
    if chosen is None:
        return None
    dictionary, written = sentence.dictionary, sentence.text[start:end]
    sense_id, outcome = chosen
    sense = dictionary.senses[sense_id]
    if not outcome.holds:
        outcome = _elsewhere(sentence, start, end, sense.mandarin) or outcome
    size = end - start
    if teachable.same(sense.mandarin, written) or (
        _within_amount(sentence.text, start, sense) and not outcome.shown
    ):
        return None
    if _reads_as_money(sentence, start, end, sense):
        return None
    words = dictionary.ordinary.words
    if sense.shared and (
        teachable.writes_out(sense, written)
        or (not outcome.shown and teachable.said_itself(sense, written, words))
    ):
        return None
    rare = teachable.hardly_mandarin(sense, written, plain, words)
    gain, alone, why = _evidence(sense, size, outcome, rare)
    if size == 1 and written not in dictionary.marked:
        alone = min(
            alone, ONE_CHARACTER + (0.0 if sense.shared else max(0.0, teachable.RARE_FUNCTION - plain) / 2)
        )
    if size > 1 and plain > (MANDARIN_WORD if written in words else READABLE):
        alone = min(alone, COMMON)
    if not sense.shared and not dictionary.marked.isdisjoint(written):
        gain += ONLY_DIALECT
    lead = _number_before(sentence.text, start) if sense.pos == "clf" else start
    return Reading(start, end, "exact", sense_id, gain, alone, written, why, lead=lead)


def _within_amount(text: str, start: int, sense: Sense) -> bool:
    """Whether a word of quantity would begin inside an amount (块八毛 in 三块八毛) and change its value."""
    return start > 0 and text[start - 1] in NUMERALS and (sense.pos == "num" or text[start] in _MONEY)


def _reads_as_money(sentence: Sentence, start: int, end: int, sense: Sense) -> bool:
    """Whether a measure right after a price would read as another: 十五块两坨 as 十五块两块."""
    text = sentence.text
    number = _number_before(text, start + (text[start] in NUMERALS))
    after_price = number > 0 and text[number - 1] in _MONEY and number < start + (text[start] in NUMERALS)
    follows = sentence.classes.begins
    counts = follows(end, "noun") and not follows(end, "verb")
    return sense.pos == "clf" and sense.mandarin in _MONEY and after_price and not counts


def _number_before(text: str, at: int) -> int:
    """Where the number that ends at ``at`` begins: 两支 is counted here, no word of its own."""
    while at and text[at - 1] in NUMERALS:
        at -= 1
    return at


def _evidence(sense: Sense, size: int, outcome: conditions.Outcome, rare: bool) -> tuple[float, float, str]:
    """Gain, the part of it that stands alone, and why, of a word as the lexicon writes it."""
    if outcome.holds:
        gain, proof, why = (
            (PLAIN, PLAIN_PROOF, "普通话也有") if sense.shared else (SAFE, SAFE_PROOF, "方言特有")
        )
        if sense.shared and outcome.shown:
            gain, proof, why = SHOWN, SHOWN_PROOF, "邻词合条件"
        return gain + LONGER * (size - 1), _sized(proof, size), why
    why = "缺少条件里的邻词"
    if not sense.shared:
        alone = _sized(SAFE_PROOF, size) * 0.5
        return alone, alone, why
    # Conditions name the neighbours somebody thought of; beside others of their kind, or where Mandarin
    # hardly uses the word alone, it may stand once the group is clear; a single character has too many
    # neighbours for that.
    if outcome.alike and size > 1:
        return PLAIN + LONGER * (size - 1), 0.0, "邻词与条件同类"
    if rare:
        return LIKELY, 0.0, why
    return MISSING_NEIGHBOUR, MISSING_NEIGHBOUR, why


def _choose(
    sentence: Sentence, start: int, end: int, ids: Sequence[int], likeness: bool = False
) -> tuple[int, conditions.Outcome] | None:
    """The sense whose neighbours fit best: one with a positive test met, else one that needs none."""
    best: tuple[int, int, conditions.Outcome] | None = None
    condition, text, classes = sentence.dictionary.condition, sentence.text, sentence.classes
    for sense_id in ids:
        outcome = conditions.evaluate(condition(sense_id), text, start, end, classes, likeness)
        if outcome.vetoed:
            continue
        rank = 3 * outcome.holds + (outcome.holds and outcome.shown) + outcome.alike
        if best is None or rank > best[0]:
            best = (rank, sense_id, outcome)
    return best and best[1:]


def _elsewhere(sentence: Sentence, start: int, end: int, mandarin: str) -> conditions.Outcome | None:
    """How a word fares, with the same meaning, by the conditions that all groups together list for it."""
    found, text = None, sentence.text
    for condition in sentence.dictionary.listed(text[start:end], mandarin):
        outcome = conditions.evaluate(condition, text, start, end, sentence.classes, False)
        if outcome.shown:
            return outcome
        if outcome.holds:
            found = outcome
    return found


def _sound_readings(sentence: Sentence, group: str, least: float) -> Iterator[Reading]:
    for spelling in sentence.sound.get(group, ()):
        reading = _sound_reading(sentence, spelling, least)
        if reading is not None:
            yield reading
    if least == LEAST_SOUND_GAIN:
        places = [
            (at, SINGLE_GRAMMAR - LEAST_SINGLE - plain)
            for at, plain in enumerate(sentence.alone)
            if plain <= MOST_ORDINARY
        ]
        for spelling in sentence.spellings.single(sentence.text, group, places):
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
    counted = start > 0 and sentence.text[start] in MEASURES and sentence.text[start - 1] in NUMERALS
    if teachable.same(sense.mandarin, sentence.text[start:end]) or (counted and sense.pos != "clf"):
        return None
    score = (
        SOUND_PRIOR
        + RARELY
        + USUAL * min(3.0, sounding.usual)
        + channel
        + FUNCTION_PRIOR * (sense.pos in FUNCTION_WORDS)
    )
    score += SHARED_SOUND * (sense.shared and not outcome.shown)
    score -= NO_NEIGHBOUR * (not outcome.holds)
    if sentence.text[start:end] in sentence.dictionary.ordinary.words:
        score -= ORDINARY_WORD
    odd = score - sentence.plain(start, end)
    gain = min(odd, MOST_SOUND_GAIN)
    if gain < least:
        return None
    why = f"音近“{sounding.surface}”"
    alone = max(0.0, min(odd, MOST_SOUND_ALONE) - SOUND_ALONE)
    return Reading(start, end, "sound", sense_id, gain, alone, sounding.surface, why)


_SHOWN = conditions.Outcome(holds=True, shown=True, vetoed=False)
"""The best that may come of the neighbours of a word."""


def _single_reading(sentence: Sentence, spelling: Spelling) -> Reading | None:
    """A word of one syllable by its sound: only in a group already clear, and never proof of it."""
    start, end, sounding, channel = spelling
    plain = sentence.alone[start]
    most = SINGLE_GRAMMAR + channel - plain
    senses = sentence.dictionary.senses
    likeliest = max(_single_prior(senses[i], _SHOWN, plain) for i in sounding.senses)
    if likeliest - SINGLE_GRAMMAR + most < LEAST_SINGLE or not sentence.open(start, end):
        return None
    chosen = _choose(sentence, start, end, sounding.senses)
    if chosen is None:
        return None
    sense_id, outcome = chosen
    gain = _single_prior(senses[sense_id], outcome, plain) - SINGLE_GRAMMAR + most
    if gain < LEAST_SINGLE:
        return None
    why = f"音近“{sounding.surface}”"
    return Reading(start, end, "sound", sense_id, gain, 0.0, sounding.surface, why)


def _single_prior(sense: Sense, outcome: conditions.Outcome, plain: float) -> float:
    """Log-probability of a word of one syllable: grammar words are frequent, others need their neighbours."""
    grammar = sense.pos in FUNCTION_WORDS
    if not outcome.holds or (grammar and plain < RARE_FUNCTION_SPELLING):
        return NEVER
    if outcome.shown:
        return SINGLE_GRAMMAR if grammar else SINGLE_WORD
    return SINGLE_GRAMMAR if grammar and not sense.shared else NEVER
