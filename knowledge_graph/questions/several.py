"""Several questions in one sentence: each is read by itself and answered by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from knowledge_graph.questions import wording
from knowledge_graph.questions.asked import Asked, Understander

_CUT = re.compile(r"[，,。？?！!；;\s]+")
_ASKS = re.compile(
    r"多少|几|什么|怎么|哪|多久|多[大长重高远宽深厚]|(?:吗|么|没|没有|不|否|吧|呢|伐|啵)[呀啊嘛哈哦噻咯啦的]*$|"
    r"([\u4e00-\u9fff])[不没]\1|能不能|有没有|行不行|"
    r"(?:报|说|念|讲|算)(?:一?[下遍声]|给|出来?|来)|顺便"
)
"""What makes a clause a question or a request; the others are said around one."""
_ELLIPTIC = re.compile(
    r"^[＃\W\d零一二两三四五六七八九十半个只瓶袋盒罐包斤的那这款要又也各是得]*(?:多少|怎么样|呢)$"
)
"""柿子醋又是多少, 那三年的呢: the question before, of something else."""


def questions_in(
    reader: Understander, text: str, on_screen: str | None, day: date, outright: Callable[[Asked], bool]
) -> list[Asked]:
    """The questions of ``text``, one or more; ``outright`` tells what asks although no word family fits."""
    whole = reader.read(text, on_screen, day)
    pieces = _pieces(text)
    if len(pieces) < 2:
        return [whole]
    found: list[Asked] = []
    unheard = 0
    for piece in pieces:
        asked = reader.read(piece, on_screen, day, found[-1] if found else whole)
        if found and _ELLIPTIC.search(asked.bare[0]) and not asked.intents - {"price"}:
            asked = replace(asked, intents=found[-1].intents)
        heard = asked.intents and not asked.guessed
        unheard += not (heard or asked.conditions or asked.health or asked.unheld or outright(asked))
        if unheard > (len(pieces) > 2):
            return [whole]
        found.append(asked)
    return found


def _pieces(text: str) -> list[str]:
    """Clauses that ask, each with what is said before it; a remark at the end goes with the last."""
    found: list[str] = []
    waiting = ""
    for clause in filter(None, _CUT.split(text)):
        waiting = f"{waiting}，{clause}" if waiting else clause
        if _ASKS.search(wording.plain_question(clause)):
            found.append(waiting)
            waiting = ""
    if waiting and found:
        found[-1] += "，" + waiting
    return found
