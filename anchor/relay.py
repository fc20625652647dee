"""What a person answered to a viewer, said on air as that person's word: the host vouches for none of it.

The guard judges it as it judges every line; that it is not in the sheet is the reason why a person was asked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from anchor.delivery import HEARD
from anchor.writer.author import Draft
from anchor.writer.gate import Gate, passed
from core.errors import RefusedError
from core.events import Act, Event, Line, Notice, Segment

ANSWERED = "answer_ticket"
"""The act of a person who answered; ``detail`` has the ``ticket`` (the comment's id) and the ``text``."""
SETTLED = "settle_ticket"
"""The act that closes a ticket; ``detail["ticket"]``."""
UNSAID = "ticket.unsaid"
"""The notice that an answer was not said after all; ``subject`` is the ticket, which is open again."""
LATEST = 600.0
"""Seconds after which 刚才 is no longer true, and the answer is not said any more."""


@dataclass(frozen=True, slots=True)
class Word:
    """The answer of ``who`` to the comment ``ticket``."""

    who: str
    ticket: str
    text: str

    @classmethod
    def of(cls, act: Act) -> Word:
        """The word that an act of the kind :data:`ANSWERED` gave."""
        return cls(act.who, str(act.detail.get("ticket", "")), str(act.detail.get("text", "")))

    def act(self) -> Act:
        """What the journal keeps of it."""
        return Act(kind=ANSWERED, who=self.who, detail={"ticket": self.ticket, "text": self.text})

    def line(self) -> Line:
        """A new line that says it."""
        said = (Segment(f"{self.who}刚才说：{self.text}"),)
        return Line(segments=said, purpose="relay", writer="person", answers=(self.ticket,))

    def check(self, gate: Gate) -> None:
        """Raise ``RefusedError``, with the reasons, where the host may not say it."""
        verdicts = gate.judge(self.line())
        if passed(verdicts):
            return
        found = [f for verdict in verdicts for f in verdict.findings]
        why = "；".join(dict.fromkeys(f"“{f.surface[:20]}”{f.reason}" for f in found)) or "没有通过检查"
        better = next((verdict.suggestion for verdict in verdicts if verdict.suggestion), "")
        raise RefusedError(
            "question.refused",
            f"这句话不能在直播里说：{why.rstrip('。')}。",
            f"可以这样说：{better}" if better else "请换个说法再答。",
        )

    def unsaid(self, why: str) -> Notice:
        """The person is told that it was not said."""
        text = f"{self.who}的回答没能播出（{why}），这个问题还要人答。"
        return Notice(code=UNSAID, text=text, level="warning", subject=self.ticket)


class Relays:
    """Words of people that wait to be said, first come first said."""

    def __init__(self) -> None:
        self._words: deque[Word] = deque()

    def __bool__(self) -> bool:
        return bool(self._words)

    @property
    def next(self) -> Line:
        """The line that would be said next."""
        return self._words[0].line()

    def put(self, word: Word) -> None:
        """Let ``word`` be said, once."""
        if word not in self._words:
            self._words.append(word)

    def restore(self, acts: Iterable[Act], now: datetime) -> list[Notice]:
        """Take up what was promised before a restart; the notices about what is too old to be said."""
        late = []
        for act in acts:
            if (now - act.wall).total_seconds() <= LATEST:
                self.put(Word.of(act))
            else:
                late.append(Word.of(act).unsaid("直播中断了"))
        return late

    async def say(
        self,
        say: Callable[[Draft], Awaitable[float | None]],
        publish: Callable[[Event], Awaitable[Event]],
        on: Callable[[], bool],
    ) -> None:
        """Say the next word and close its ticket. One that was cut off before it was heard waits again."""
        word = self._words.popleft()
        heard = await say(Draft(word.line()))
        if heard is not None and heard >= HEARD:
            await publish(Act(kind=SETTLED, who=word.who, detail={"ticket": word.ticket}))
        elif not on():
            self._words.appendleft(word)
        else:
            await publish(word.unsaid("没有通过检查" if heard is None else "声音没出来"))
