"""What the recogniser is told to expect: the words of the product on show, of the shop, and of the seller.

A recogniser's prompt is small (Whisper: 224 tokens, shared with what was said before) and every word in it is
a word that may be heard where nobody said it; so the list is short and the likeliest words come first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

BUDGET = 0
"""Characters of hotwords, a character being about 1.5 tokens. For Whisper base none is best: repair finds the
words anyway, and hotwords add errors among ordinary words (``benchmarks/bias_repair.py``). A stronger
recogniser may want about 40.
"""
OF_DIALECT = 0.25
"""Share of the budget that the seller's own dialect words may take."""
REMEMBERED = 200
LEAST_USES = 2


@dataclass(frozen=True, slots=True)
class ShopWords:
    """The words of a shop, likeliest first: those of the product on show, and those of all others.

    ``counted`` are whole names with the figure that is said with them (鲜花饼十枚), ``amounts`` those of the
    product on show as they are said (三盒, 保质期八个月); both are for repair alone.
    """

    shown: tuple[str, ...] = ()
    sold: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Both, the shown first."""
        return (*self.shown, *self.sold)


def hotwords(words: Iterable[str], budget: int = BUDGET) -> tuple[str, ...]:
    """As many words as fit into ``budget`` characters, the first first; none that another contains."""
    chosen: list[str] = []
    left = budget
    for word in words:
        if len(word) + 1 > left:
            break
        if len(word) > 1 and not any(word in other for other in chosen):
            chosen.append(word)
            left -= len(word) + 1
    return tuple(chosen)


@dataclass(slots=True)
class Habits:
    """The dialect words that this seller has used: the likeliest to be used again (a cache model)."""

    counts: Counter[str] = field(default_factory=Counter)

    def heard(self, words: Iterable[str]) -> None:
        """Count the dialect words of one final caption."""
        self.counts.update(w for w in words if len(w) > 1)
        if len(self.counts) > REMEMBERED:
            self.counts = Counter(dict(self.counts.most_common(REMEMBERED // 2)))

    def usual(self) -> Sequence[str]:
        """Words used more than once, most often first."""
        return [w for w, n in self.counts.most_common() if n >= LEAST_USES]


def expect(words: Iterable[str], usual: Iterable[str] = (), budget: int = BUDGET) -> tuple[str, ...]:
    """Hotwords of the shop's words (``words``, likeliest first) and the seller's ``usual`` dialect words."""
    own = hotwords(usual, round(budget * OF_DIALECT))
    return (*hotwords(words, budget - sum(len(w) + 1 for w in own)), *own)
