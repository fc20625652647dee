"""A language model may smooth the Mandarin of a rendering; what it must not touch is checked afterwards.

The model gets the dialect text, the rendering by rule and the words it must keep. Its answer stands only
when every rendered word, every number and every product word is still there, in order, and nothing long was
added; otherwise the rendering by rule stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from core.events import Gloss
from core.ports import Cancelled, ChatMessage, ChatModel, ChatRequest, never
from dialects.render import Rendering

_INSTRUCTION = (
    "你把方言直播字幕改成通顺的普通话。只调整语序和虚词，不增加、不解释、不省略信息。"
    "“必须保留”里的每个词要原样、按顺序出现，数字、钱数、品名一个字都不能改。只输出改好的一句话。"
)
_SHOTS = (
    (
        "方言：你走先，我等阵就嚟。\n规则译文：你先走，我等一下就来。\n必须保留：等一下、来",
        "你先走，我等一下就来。",
    ),
    ("方言：这个花椒嘿麻得很。\n规则译文：这个花椒很麻得很。\n必须保留：很", "这个花椒麻得很。"),
)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?|[零〇一二两三四五六七八九十百千万亿半几]+")
_LENGTH = 1.3


def rewrite(
    rendering: Rendering,
    model: ChatModel,
    vocabulary: Collection[str] = (),
    cancelled: Cancelled = never,
) -> Rendering:
    """The rendering with its Mandarin smoothed by ``model``, or unchanged where the answer breaks a rule."""
    if not rendering.glosses or rendering.group is None:
        return rendering
    answer = "".join(model.stream(_request(rendering), cancelled)).strip().splitlines()
    proposed = answer[0].strip().strip('“”"') if answer else ""
    glosses = keeps(rendering, proposed, vocabulary)
    return rendering if glosses is None else replace(rendering, mandarin=proposed, glosses=glosses)


def _request(rendering: Rendering) -> ChatRequest:
    messages = [ChatMessage("system", _INSTRUCTION)]
    for question, reply in _SHOTS:
        messages += [ChatMessage("user", question), ChatMessage("assistant", reply)]
    kept = "、".join(g.mandarin for g in _in_mandarin_order(rendering.glosses) if g.mandarin)
    question = f"方言：{rendering.text}\n规则译文：{rendering.mandarin}\n必须保留：{kept}"
    messages.append(ChatMessage("user", question))
    return ChatRequest(tuple(messages), max_tokens=2 * len(rendering.mandarin) + 16, temperature=0.0)


def _in_mandarin_order(glosses: Sequence[Gloss]) -> list[Gloss]:
    return sorted(glosses, key=lambda g: g.mandarin_start)


def keeps(rendering: Rendering, proposed: str, vocabulary: Collection[str] = ()) -> tuple[Gloss, ...] | None:
    """The glosses on the proposed Mandarin; None where it lost a word, a value or a name, or grew."""
    before = rendering.mandarin
    if not proposed or len(proposed) > _LENGTH * len(before) + 2:
        return None
    if Counter(_NUMBER.findall(before)) != Counter(_NUMBER.findall(proposed)):
        return None
    if any(before.count(word) != proposed.count(word) for word in vocabulary if word):
        return None
    if _latin(before) != _latin(proposed):
        return None
    placed: dict[int, Gloss] = {}
    at = 0
    for gloss in _in_mandarin_order(rendering.glosses):
        found = proposed.find(gloss.mandarin, at)
        if found < 0:
            return None
        at = found + len(gloss.mandarin)
        placed[gloss.start] = replace(gloss, mandarin_start=found, mandarin_end=at)
    return tuple(placed[g.start] for g in rendering.glosses)


def _latin(text: str) -> list[str]:
    return re.findall(r"[A-Za-z]+", text)
