"""What viewers will probably ask is learnt by heart while the voice has nothing else to do.

A reply that is known by heart begins at once. Learning gives way to everything: a line that is due, the
captions, an answer that must be made now; what was half learnt is begun anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from itertools import chain

from core.errors import XiangyinError
from core.ports import Cancelled

Learn = Callable[[str, Cancelled], Awaitable[bool | None]]
"""Learn the next clause of a reply; False where all of it is known, None where the voice was wanted."""
AT_FIRST = 2
"""Clauses of a reply that are learnt before the next reply has its turn: a name, and what is said of it."""
IN_ALL = 12


class Rehearsal:
    """Learns the replies that ``expected`` names, likeliest first, their beginnings before their ends."""

    def __init__(
        self, learn: Learn, expected: Callable[[], Iterator[str]], about: Callable[[], object]
    ) -> None:
        """``about`` is what the replies depend on (product, facts); when it changes they are asked anew.

        An empty reply is one that took a moment to think of and has nothing to learn.
        """
        self._learn = learn
        self._expected = expected
        self._about = about
        self._begun: object = object()
        self._turns: Iterator[str] = iter(())
        self._known: set[str] = set()

    async def one(self, cancelled: Cancelled) -> bool:
        """Learn one more clause; False where nothing is left to learn, or the voice is wanted elsewhere."""
        if (about := self._about()) != self._begun:
            self._begun, self._turns = about, self._in_turn()
        for text in self._turns:
            await asyncio.sleep(0)  # to think of a reply takes milliseconds: the show goes first
            if cancelled():
                self._turns = chain((text,), self._turns)
                return False
            if not text or text in self._known:
                continue
            try:
                learnt = await self._learn(text, cancelled)
            except XiangyinError:
                learnt = False  # whoever speaks it is told
            if learnt is None:
                self._turns = chain((text,), self._turns)
                return False
            if learnt:
                return True
            self._known.add(text)
        return False

    def _in_turn(self) -> Iterator[str]:
        for clauses in (AT_FIRST, IN_ALL):
            for text in self._expected():
                for _ in range(clauses):
                    yield text
