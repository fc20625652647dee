"""Words on air compared: does a turn belong to the stream, is the hour told true, what is said again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from compliance.presence.log import Said, han

CHINA = timezone(timedelta(hours=8))
GRAM = 13
TURN_GAP = 3.0
"""Seconds of silence that end a person's turn."""

_COMMON = frozenset(
    "这个 那个 我们 你们 他们 大家 可以 什么 怎么 就是 是不 不是 一个 一下 一点 现在 今天 没有 还有 的话 "
    "来看 看看 来了 这里 那里 自己 有点 时候 真的 欢迎 谢谢 直播 播间 家人 人们 朋友 友们 主播 知道 觉得 "
    "因为 所以 但是 如果 然后 以后 已经 我的 你的 他的 的时 我是 你是 我说 说的 多少 个是 "
    "是我 是你 都是 也是".split()
)
_NUMBER = "零一二三四五六七八九十两〇0-9"
_TIME = re.compile(
    rf"(凌晨|早上|上午|中午|下午|晚上|傍晚)?([{_NUMBER}]{{1,3}})[点點时](?:钟|整)?(?:(半)|([{_NUMBER}]{{1,3}})分?)?"
)
_NOT_NOW = re.compile(r"(?:之?前|以前|之?后|开播|发货|截止|下单|明天|昨天|后天)")
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def turns(said: Sequence[Said]) -> list[Said]:
    """Captions of one person's turn joined: less than :data:`TURN_GAP` apart."""
    found: list[Said] = []
    for one in sorted(said, key=lambda s: s.start):
        if found and one.start - found[-1].end <= TURN_GAP:
            last = found[-1]
            found[-1] = Said(last.text + "，" + one.text, last.start, max(last.end, one.end), last.wall)
        else:
            found.append(one)
    return found


def pairs(text: str) -> frozenset[str]:
    """Pairs of neighbouring Chinese characters that tell something."""
    words = han(text)
    return frozenset(words[i : i + 2] for i in range(len(words) - 1)) - _COMMON


def linked(turn: str, other: str) -> bool:
    """Whether a turn takes up other words: two telling pairs of them, or one of a short comment."""
    asked = pairs(other)
    return len(pairs(turn) & asked) >= (2 if len(asked) > 3 else 1)


def names(turn: str, product: str) -> bool:
    """Whether a turn speaks of a product: its name, or the last two characters of it (红富士苹果: 苹果)."""
    name = han(product)
    return bool(name) and (name in turn or (len(name) > 2 and name[-2:] in turn))


def grams(text: str) -> frozenset[str]:
    """All runs of :data:`GRAM` Chinese characters."""
    words = han(text)
    return frozenset(words[i : i + GRAM] for i in range(len(words) - GRAM + 1))


def tells_time(text: str, wall: datetime, within: float = 300.0) -> bool:
    """Whether ``text`` tells the hour it was said at, in China, right within ``within`` seconds."""
    now = wall.astimezone(CHINA)
    seconds = now.hour * 3600 + now.minute * 60 + now.second
    return any(
        _near(m, seconds, within)
        for m in _TIME.finditer(text)
        if not _NOT_NOW.search(text[max(0, m.start() - 4) : m.end() + 3])
    )


def _near(found: re.Match[str], seconds: int, within: float) -> bool:
    part, hours, half, minutes = found.groups()
    hour, minute = _number(hours), 30 if half else _number(minutes or "零")
    if hour is None or minute is None or hour > 24 or minute > 59:
        return False
    told = {hour % 24}
    if hour <= 12 and part not in ("凌晨", "早上", "上午"):
        told = {(hour % 12) + 12} if part else {hour % 24, (hour % 12) + 12}
    distances = [abs(t * 3600 + minute * 60 - seconds) for t in told]
    return min(min(d, 86400 - d) for d in distances) <= within


def _number(text: str) -> int | None:
    if text.isascii():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)
    return _DIGITS.get(text[-1]) if len(text.lstrip("零〇")) <= 1 else None
