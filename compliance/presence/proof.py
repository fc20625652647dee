"""A proof of presence: a phrase nobody could have recorded, shown at a random moment, read aloud in time."""

from __future__ import annotations

import random
from dataclasses import dataclass

from core.text.sound import distance, key, merges

COUNTS = "三四六七八九"
THINGS = (
    "个南瓜", "棵白菜", "把小葱", "条黄瓜", "只母鸡", "斤花生", "张竹席", "朵蘑菇",
    "块豆腐", "根甘蔗", "头大蒜", "颗红枣", "碗米饭", "匹白马", "扇木门", "盏油灯",
)  # fmt: skip
MERGED = merges("n/l", "zh/z", "eng/en", "ing/in", "f/h", "r/l")
ALIKE = 0.6
"""Share of the phrase's syllables that must be heard: recognisers misspell, dialects merge sounds."""
LATE = 8.0
"""Seconds that the last caption may come behind the voice."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A phrase that was shown ``at`` a second of the room and must be begun within ``seconds``."""

    phrase: str
    at: float
    seconds: float = 10.0

    @property
    def due(self) -> float:
        """When it counts as missed, captions on their way included."""
        return self.at + self.seconds + LATE

    def read_by(self, text: str, start: float) -> bool:
        """Whether words that began at ``start`` are this phrase, read in time."""
        return self.at - 0.5 <= start <= self.at + self.seconds and alike(text, self.phrase) >= ALIKE


def phrase(chance: random.Random) -> str:
    """Three counted things, such as 六个南瓜四把小葱九块豆腐: about 750,000 of them."""
    things = chance.sample(THINGS, 3)
    return "".join(chance.choice(COUNTS) + thing for thing in things)


def alike(text: str, wanted: str) -> float:
    """How much of ``wanted``, in [0, 1], sounds somewhere in ``text``."""
    heard, asked = key(text, MERGED), key(wanted, MERGED)
    if not asked or not heard:
        return 0.0
    best = min(
        distance(heard[i : i + size], asked)
        for size in (len(asked) - 1, len(asked), len(asked) + 1)
        for i in range(max(1, len(heard) - size + 1))
    )
    return max(0.0, 1.0 - best / len(asked))


class Proofs:
    """When to ask, who answered. ``per_hour`` questions, one in each stretch of time, at a random moment."""

    def __init__(self, per_hour: float, seconds: float, chance: random.Random | None = None) -> None:
        self._per_hour, self._seconds = per_hour, seconds
        self._chance = chance or random.SystemRandom()
        self._next: float | None = None
        self.asked: Proof | None = None
        self.missed = 0

    def ask(self, now: float) -> Proof:
        """Show a phrase now."""
        self.asked = Proof(phrase(self._chance), now, self._seconds)
        return self.asked

    def due(self, now: float) -> Proof | None:
        """The phrase to show now, if it is time and none is open."""
        if self._per_hour <= 0 or self.asked is not None:
            return None
        stretch = 3600.0 / self._per_hour
        if self._next is None or now - self._next > stretch:
            self._next = now + self._chance.uniform(0.2, 1.0) * stretch
        if now < self._next:
            return None
        # After a miss the second chance comes soon: who is there shows it, who is not is found out.
        again = stretch if self.missed == 0 else 60.0
        self._next += self._chance.uniform(0.5, 1.5) * again
        return self.ask(now)

    def heard(self, text: str, start: float) -> Proof | None:
        """The open phrase if these words are it."""
        if self.asked is None or not self.asked.read_by(text, start):
            return None
        proof, self.asked, self.missed = self.asked, None, 0
        return proof

    def expired(self, now: float) -> Proof | None:
        """The open phrase if nobody read it in time."""
        if self.asked is None or now < self.asked.due:
            return None
        proof, self.asked = self.asked, None
        self.missed += 1
        if self._next is not None and self.missed:
            self._next = min(self._next, now + self._chance.uniform(20.0, 60.0))
        return proof
