"""How people say amounts: 39.9 元 → 三十九块九, 2 箱 → 两箱, 30 % → 百分之三十."""

from __future__ import annotations

from decimal import Decimal

from core.text.numerals import EXACT, say_integer, say_number

_MINUTE = 60


def read_aloud(value: Decimal, unit: str = "") -> str:
    """``value`` with ``unit`` (a name as :class:`~core.text.numbers.Amount` carries it) as it is said.

    Parsing the result gives the same amount again; no digit is ever lost.
    """
    match unit:
        case "元":
            return _money(value)
        case "斤":
            return _jin(value)
        case "%" | "‰":
            return ("百" if unit == "%" else "千") + "分之" + say_number(value)
        case "年月日" | "年月":
            return _date(value, unit)
        case "年" if value in range(1900, 2100):
            return _date(value, unit)
        case "月日" | "月":
            return _month_day(value, unit)
        case "点":
            return _clock(value)
        case "两" | "":
            return _plain(value) + unit
        case _:
            return _counted(value, unit)


def _plain(value: Decimal) -> str:
    return say_number(value.normalize() if value == value.to_integral_value() else value)


def _liang(said: str) -> str:
    """两 where people say it: alone before a measure, and before 百, 千, 万, 亿 at the head."""
    if said == "二" or (said[:1] == "二" and said[1:2] in tuple("百千万亿")):
        said = "两" + said[1:]
    return said.replace("万二千", "万两千").replace("亿二千", "亿两千")


def _counted(value: Decimal, unit: str) -> str:
    whole = value.to_integral_value()
    if value == Decimal("0.5") and unit not in ("折", "倍", "成", "度", "岁", "元"):
        return "半" + unit
    if value != whole or value < 0:
        return _plain(value) + unit
    return _liang(_plain(value)) + unit


def _money(value: Decimal) -> str:
    fen = EXACT.multiply(value, Decimal(100))
    if value < 0 or fen != fen.to_integral_value():
        return say_number(value) + "元"
    yuan, rest = divmod(int(fen), 100)
    jiao, cents = divmod(rest, 10)
    if not yuan:
        return _small_money(jiao, cents)
    said = _liang(say_integer(yuan)) + "块"
    if not rest:
        return said
    if not jiao:
        return said + "零" + say_integer(cents) + "分"
    tenths = ("零" if yuan % 10 == 0 else "") + ("两" if jiao == 2 and yuan % 10 == 0 else say_integer(jiao))
    if cents:
        return said + tenths + "毛" + say_integer(cents)
    return said + tenths + ("毛" if yuan % 10 == 0 else "")


def _small_money(jiao: int, cents: int) -> str:
    if not jiao:
        return (_liang(say_integer(cents)) + "分钱") if cents else "零元"
    return _liang(say_integer(jiao)) + "毛" + (say_integer(cents) if cents else "")


def _jin(value: Decimal) -> str:
    liang = EXACT.multiply(value, Decimal(10))
    if value < 0 or liang != liang.to_integral_value():
        return _plain(value) + "斤"
    jin, rest = divmod(int(liang), 10)
    if not jin:
        return "半斤" if rest == 5 else (say_integer(rest) + "两" if rest else "零斤")
    said = _liang(say_integer(jin)) + "斤"
    return said + ("半" if rest == 5 else say_integer(rest) + "两" if rest else "")


def _date(value: Decimal, unit: str) -> str:
    digits = str(int(value))
    year = "".join("零一二三四五六七八九"[int(c)] for c in digits[:4])
    rest = Decimal(digits[4:]) if digits[4:] else None
    return year + "年" + (_month_day(rest, unit[1:]) if rest is not None else "")


def _month_day(value: Decimal, unit: str) -> str:
    month, day = divmod(int(value), 100) if unit == "月日" else (int(value), 0)
    return say_integer(month) + "月" + (say_integer(day) + "日" if day else "份" if unit == "月" else "")


def _clock(value: Decimal) -> str:
    hour, minute = divmod(int(value), _MINUTE)
    said = ("两" if hour == 2 else say_integer(hour)) + "点"
    if not minute:
        return said + "钟"
    return said + ("半" if minute == 30 else ("零" if minute < 10 else "") + say_integer(minute) + "分")
