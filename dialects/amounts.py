"""Money and quantities said in dialect: only the units are put into Mandarin, the values never change.

``三个半`` (a Cantonese price) → ``三块五``, ``十八文`` → ``十八块``, ``一百廿`` → ``一百二十``,
``块把钱`` → ``一块来钱``. Each rule names the groups it belongs to; a rule marked ``price`` needs a place
where a price stands, such as right before ``一斤``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from dialects.groups import NAMES
from dialects.ordinary import MEASURES, NUMERALS

_DIGIT = "一二两三四五六七八九"
_NUMBER = rf"(?:[0-9]+(?:\.[0-9]+)?|[{_DIGIT}十百千万零〇几廿卅]+)"
_PER = "(?:(?:一|每|论)?(?:公斤|[斤只个包箱盒袋瓶条把串板件对盆棵枚碗份筐打扎樽罐头尾粒两]))"
_PER_AFTER = re.compile(rf"(?:一|每|{_DIGIT[1:3]})?{_PER}|[{_DIGIT}]{_PER}")
_PER_BEFORE = re.compile(rf"(?:{_PER}|卖|才|只要|就|块|元|价|便宜到)$")


@dataclass(frozen=True, slots=True)
class Amount:
    """The unit at ``start:end`` said in Mandarin; its number begins at ``lead``.

    ``gain`` and ``alone`` are as in :mod:`dialects.match`.
    """

    lead: int
    start: int
    end: int
    mandarin: str
    gain: float
    alone: float
    note: str


@dataclass(frozen=True, slots=True)
class _Rule:
    groups: frozenset[str]
    pattern: re.Pattern[str]
    mandarin: Callable[[re.Match[str]], str]
    gain: float
    alone: float
    note: str
    price: bool = False


def _rule(
    groups: str,
    unit: str,
    mandarin: str | Callable[[re.Match[str]], str],
    gain: float,
    alone: float,
    note: str,
    *,
    before: str = _NUMBER,
    price: bool = False,
) -> _Rule:
    """A rule for ``unit`` right after ``before``; a string ``mandarin`` is the replacement itself."""
    say = mandarin if callable(mandarin) else lambda _found, said=mandarin: str(said)
    return _Rule(
        frozenset(groups.split()), re.compile(rf"{before}(?P<u>{unit})"), say, gain, alone, note, price
    )


def _after_yuan(found: re.Match[str]) -> str:
    tail = found["f"]
    return "块" + ("五" if tail == "半" else tail)


def _one_yuan(found: re.Match[str]) -> str:
    return "一" + _after_yuan(found)


_EVERYONE = " ".join(NAMES)
_ROUND_NUMBER = f"[{_DIGIT}十百千万零]*[十百千万]"
_NO_NUMBER = rf"(?<![0-9{_DIGIT}十百千万零〇几半第这那每整])"
_ROUND = "个块斤百千万年里亩担两"

_FIFTH = rf"[半几{_DIGIT}]"
_END = "[，。！？；、,.!?;]|$"
_SILVER = "(?:银钱|银纸|银)"
_UNIT_NEXT = rf"[{_DIGIT}]|{_PER}|块|元|文|蚊|箍|日|号|岁|年|分|多"
_SOUTH = "wu yue minnan kejia xiang"
_GE, _YIN, _NIAN = "“个”是块", "“银”是钱", "“廿”是二十"

RULES: tuple[_Rule, ...] = (
    _rule("yue kejia", rf"个(?P<f>{_FIFTH}){_SILVER}", _after_yuan, 5.0, 4.0, _GE),
    _rule("yue", rf"个(?P<f>[{_DIGIT}])(?![个十百千万{_DIGIT}月人年]|{_PER})", _after_yuan, 3.0, 2.5, _GE),
    _rule("yue kejia", rf"个(?P<f>[{_DIGIT}])(?=一{_PER})", _after_yuan, 3.0, 2.5, _GE),
    _rule("yue kejia", "个(?P<f>半)(?![月小钟人天年多个世辈])", _after_yuan, 3.0, 2.5, _GE, price=True),
    _rule("yue kejia", rf"个(?P<f>{_FIFTH})(?:{_SILVER}|蚊)", _one_yuan, 4.0, 3.0, _GE, before=_NO_NUMBER),
    _rule("yue kejia", "个(?:银钱|银)(?![行色器])", "块钱", 5.0, 4.0, _YIN),
    _rule("minnan", "(?:银|箍)半", "块五", 5.0, 4.0, _YIN),
    _rule("minnan", "箍银|箍", "块", 5.0, 4.0, "“箍”是块"),
    _rule("minnan kejia", "银(?![行子色器杏饰针])", "块", 4.0, 3.0, _YIN),
    _rule("minnan", "外(?:银|箍)", "多块", 5.0, 4.0, "“外”是多", before=_ROUND_NUMBER),
    _rule("minnan", "外(?=[银箍块元斤个箱包年])", "多", 2.5, 0.8, "“外”是多", before=_ROUND_NUMBER),
    _rule("yue", "蚊鸡|蚊", "块", 5.0, 4.0, "“蚊”是块"),
    _rule("yue", "毫子|毫(?![米升克无不])", "毛", 4.0, 3.0, "“毫子”是毛"),
    _rule("yue kejia", "文鸡|文(?![件字化章明科凭具本旦武艺])", "块", 3.0, 1.0, "“文”是块", price=True),
    _rule("wu", "(?:洋钿|铜钿)", "钱", 4.0, 3.0, "“洋钿”是钱", before="[块角毛分]"),
    _rule(_EVERYONE, "角(?![度落色钢阀形铁铜楼币尖])", "毛", 1.5, 0.0, "“角”是毛", before=f"[{_DIGIT}几]"),
    _rule(_SOUTH, "廿(?![头书])", "二十", 2.5, 1.0, _NIAN, before=f"{_ROUND_NUMBER}零?"),
    _rule(_SOUTH, rf"廿(?=(?!四节|四史)(?:{_UNIT_NEXT}))", "二十", 2.5, 1.0, _NIAN, before=_NO_NUMBER),
    _rule(_SOUTH, rf"卅(?={_UNIT_NEXT})", "三十", 2.5, 1.0, "“卅”是三十", before=_NO_NUMBER),
    _rule(
        _EVERYONE,
        rf"(?P<r>[{_ROUND}])把(?=公里|公斤|小时|[月钱块斤路地重人个亩天里米年])",
        lambda found: f"一{found['r']}来",
        3.0,
        1.5,
        "“把”表示大约",
        before=_NO_NUMBER,
    ),
)

_BY_GROUP = {group: tuple(rule for rule in RULES if group in rule.groups) for group in NAMES}

COINS: Mapping[str, str] = {"yue": "蚊文", "kejia": "银文", "minnan": "银箍"}
"""Characters of money that a recogniser may write for their sound, by group."""
MISHEARD = 2.0
"""What an amount whose unit is taken by its sound gains less; it proves nothing alone."""


def misheard(text: str, group: str, sounds: Callable[[str, str], bool]) -> Iterator[Amount]:
    """Amounts whose unit ``text`` spells by sound, only where a price stands.

    ``sounds(written, right)`` tells whether the group may hear one character as the other. Neither numerals
    nor measures are ever taken for something else.
    """
    coins = COINS.get(group, "")
    places = [
        i for i in range(1, len(text) if coins else 0) if text[i - 1] in _BEFORE_COIN and text[i] not in _KEPT
    ]
    for coin in coins:
        changed_at = {i for i in places if sounds(text[i], coin)}
        spelled = "".join(coin if i in changed_at else c for i, c in enumerate(text)) if changed_at else text
        if spelled == text:
            continue
        for amount in find(spelled, group):
            changed = spelled[amount.start : amount.end] != text[amount.start : amount.end]
            if changed and _is_price(spelled, amount.lead, amount.end):
                yield replace(amount, gain=amount.gain - MISHEARD, alone=0.0)


def find(text: str, group: str) -> Iterator[Amount]:
    """Every amount of ``text`` whose unit ``group`` says differently from Mandarin."""
    for rule in _BY_GROUP.get(group, ()):
        for found in rule.pattern.finditer(text):
            if not rule.price or _is_price(text, found.start(), found.end()):
                start, end = found.span("u")
                yield Amount(
                    found.start(), start, end, rule.mandarin(found), rule.gain, rule.alone, rule.note
                )


_BEFORE_COIN = frozenset(f"{_DIGIT}十百千万半几个外0123456789")
_KEPT = MEASURES | NUMERALS


def _is_price(text: str, start: int, end: int) -> bool:
    return bool(_PER_AFTER.match(text, end) or _PER_BEFORE.search(text, 0, start))
