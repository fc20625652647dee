"""A viewer's comment on the one road to a voice: triage, facts, guard, speech.

The first room of the host that a person can try: what it would say, which facts carry it, what was refused.
Anything that cannot be judged is not spoken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from anchor.comments.triage import triage
from anchor.speech.speaker import Speaker, joined
from compliance.guard import Guard
from compliance.privacy import mask
from core.errors import InputError
from core.events import Finding
from core.ports import Speech
from knowledge_graph.facts import Shop
from knowledge_graph.questions import Answerer, mandarin
from service.second_opinion import second_opinion, sentence_embedding

LONGEST = 500
"""Characters of a comment that are read; viewers' questions are far shorter."""

FOR_PEOPLE = {
    "minor": "像是未成年人，请真人来回应。",
    "distress": "这位观众可能心里难受，请真人来安慰，不要卖货。",
    "overbuying": "这位观众可能买得太多了，请真人劝一劝，不要卖货。",
    "scam": "像是骗人的留言，不回应，请真人看一眼。",
    "pii": "留言里有个人信息，已经遮住，不念出来。",
    "injection": "这是想指挥主播的话，不照办。",
    "troll": "这是捣乱的话，不回应。",
    "ritual": "打招呼的话，主播不一定每条都回。",
}
"""What the operator reads where the host does not answer a comment from facts, by kind of comment."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a comment."""

    comment: str
    kind: str
    text: str
    answerable: bool = False
    facts: Sequence[dict[str, Any]] = ()
    action: str = "ignore"
    findings: tuple[Finding, ...] = ()


class Answering:
    """Answers comments about one shop."""

    def __init__(self, shop: Shop, guard: Guard, speaker: Speaker | None, as_of: date | None = None) -> None:
        """``speaker`` may be None, where the voice's weights are missing: answers are then only written."""
        self._answerer = Answerer(shop, mandarin(shop), embed=sentence_embedding())
        self._understand = mandarin(shop)
        self._opinion = second_opinion()
        self._guard = guard
        self._speaker = speaker
        self._as_of = as_of

    def reply(self, comment: str, on_screen: str | None = None) -> Reply:
        """Triage, answer from facts, check."""
        text = comment.strip()[:LONGEST]
        if not text:
            raise InputError("comment.empty", "还没有写留言。", "请写一句观众会问的话。")
        shown = mask(text).text
        kind = triage(text, self._understand, self._opinion).kind
        if kind != "functional":
            return Reply(shown, kind, FOR_PEOPLE[kind])
        answer = self._answerer.answer(shown, on_screen, self._as_of)
        judged = self._guard.check(answer.text, speaker="ai", as_of=self._as_of)
        facts = answer.record()["facts"]
        if judged.action != "allow":
            return Reply(shown, kind, answer.text, False, facts, judged.action, judged.findings)
        return Reply(shown, kind, answer.text, answer.answerable, facts, "answer")

    def speech(self, reply: Reply) -> Speech | None:
        """The host's voice saying a reply; None where nothing may be said or there is no voice. Blocking: it
        takes about as long as the reply is.
        """
        return joined(self._speaker.speak(reply.text)) if self._speaker and reply.action == "answer" else None
