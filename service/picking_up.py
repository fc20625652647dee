"""What a show that goes on after a restart finds unfinished: comments undecided, answers of people unsaid."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from anchor.comments.queue import PATIENCE
from anchor.dialogue import ticket
from anchor.director import Director
from core.events import Event, Finding, Verdict, utc_now
from service.questions import Questions


async def pick_up(
    director: Director, questions: Questions, publish: Callable[[Event], Awaitable[Event]]
) -> None:
    """Comments wait again, or become tickets when too old; answers are said, or their tickets open again."""
    now = utc_now()
    for comment in questions.undecided:
        if (now - comment.wall).total_seconds() <= PATIENCE["functional"]:
            await director.wait_again(comment, comment.text)
            continue
        late = Finding("comment.stale", 0, len(comment.text), comment.text, "没来得及回答")
        await publish(Verdict(on=comment.id, by="triage", action="ignore", findings=(late,)))
        await publish(ticket(comment, "直播中断时没来得及回答"))
    for unsaid in director.relays.restore(questions.answers, now):
        await publish(unsaid)
