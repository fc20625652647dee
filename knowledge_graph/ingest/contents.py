"""What one sale contains: 500g×2袋, 带箱5斤净重4.5斤, 1.1-1.3kg/只, 腊肉500g+香肠500g共2斤, 200ml."""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal

from core.text.numbers import Amount, find_amounts, parse_numeral, to_grams, to_millilitres
from knowledge_graph.facts import Quantity

_PACK = "袋盒瓶罐包桶条只个枚箱件支片块饼颗份筒提壶坛杯卷套听碗串板盅匣"
_N = r"(?P<{0}>[0-9]+|[一二两三四五六七八九十]+)"
_TIMES = re.compile(
    rf"^\s*(?:/|每)?\s*(?P<pack>小?[{_PACK}])?\s*(?:装)?\s*[*×xX✕✖·]\s*{_N.format('n')}\s*(?P<pack2>小?[{_PACK}])?"
)
_TIMES_BEFORE = re.compile(rf"{_N.format('n')}\s*(?P<pack>小?[{_PACK}])?\s*[*×xX✕✖]\s*$")
_TIMES_ANY = re.compile(r"[*×xX✕✖]")
_EACH_BEFORE = re.compile(
    rf"(?:每|单|一|1)\s*(?:小)?(?P<pack>[{_PACK}果头粒])\s*(?:净重|净含量|重|约|装)*\s*$"
)
_EACH_AFTER = re.compile(rf"^\s*(?:左右|上下)?\s*(?:/|每|一)\s*小?(?P<pack>[{_PACK}头粒])")
_SMALL_PACK = re.compile(r"^\s*(?:左右|上下)?\s*(?:/|每|一)\s*小?[^箱盒提件筐篮]")
_NUMBER_OF = re.compile(
    rf"(?:共|合计|内含|内装|含|装|一共|总共|一?[箱盒提]装?)?\s*{_N.format('n')}\s*小?(?P<pack>[{_PACK}])"
)
_NET = re.compile(r"(?:净重|净含量|净果|实重|净|到手|去皮|去箱|果重)\s*(?:约|为|[:：≥])?\s*$")
_GROSS = re.compile(
    r"(?:毛重|带箱|含箱|连箱|带皮|含冰|带冰|带叶|带水|带包装|含包装|毛)\s*(?:重|约|为|[:：])*\s*$"
)
_TOTAL = re.compile(r"(?:共|合计|总重|一共|总共|总计|总)\s*(?:重|约|计|[:：])*\s*$")
_ASIDE = re.compile(
    r"(?:固形物|沥干物?|单果|单个|单只|单颗|单条|单枚|个头|每果|果重|规格|肉含量|配|送|赠|另送)\s*(?:含量|重量?|不低于|大概|约|在|[≥:：])*\s*$"
)


@dataclass(frozen=True, slots=True)
class Content:
    """Weights in grams, volume in millilitres. ``high`` ends a range of ``net``.

    ``unit`` is the weight of one pack of ``packs`` packs; ``stated`` is set where the text says 净重.
    ``fault``: ``no_unit``, ``conflict``, ``out_of_range`` or ``unreadable`` (text with figures, no content).
    """

    net: Decimal | None = None
    high: Decimal | None = None
    unit: Decimal | None = None
    gross: Decimal | None = None
    volume: Decimal | None = None
    packs: Quantity | None = None
    count: Quantity | None = None
    count_high: Decimal | None = None
    stated: bool = False
    per_pack: str = ""
    nominal: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True)
class _Weight:
    start: int
    end: int
    grams: Decimal
    high: Decimal | None
    unit: str


def fold(text: str) -> str:
    """Width and compatibility forms folded; line breaks are commas."""
    return unicodedata.normalize("NFKC", text).replace("\n", ",").strip()


def read_content(text: str, unit: str = "") -> Content:
    """Read a weight or specification. ``unit`` is what a bare number counts in, from the heading."""
    plain = fold(text)
    parts = [p for p in re.split(r"\s*\+\s*", plain) if p]
    if len(parts) > 1 and all(_TIMES_ANY.search(p) for p in parts):
        return _together([read_content(p) for p in parts])
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", plain):
        if not unit:
            return Content(fault="no_unit")
        plain += unit
    elif unit and (times := re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([×xX*]\s*[0-9]+\D*)", plain)):
        plain = f"{times[1]}{unit}{times[2]}"
    amounts = find_amounts(plain)
    volume = _volume(plain, amounts)
    weights = _compound([_weight(a) for a in amounts if a.kind == "mass" and a.value > 0])
    count, count_high = _count(plain, amounts)
    if not weights:
        return Content(volume=volume, count=count, count_high=count_high, packs=None)
    return _read_weights(plain, weights, volume, count, count_high)


def _together(parts: list[Content]) -> Content:
    """公蟹4两×4只+母蟹3两×4只: the contents of all parts."""
    if any(p.net is None or p.high or p.fault for p in parts):
        return Content(fault="conflict" if any(p.fault == "conflict" for p in parts) else "")
    return Content(sum((p.net for p in parts if p.net is not None), Decimal(0)))


def _weight(amount: Amount) -> _Weight:
    factor = to_grams(amount) / amount.value
    high = None if amount.high is None else (amount.high * factor).normalize()
    return _Weight(amount.start, amount.end, to_grams(amount), high, amount.unit)


def _compound(weights: list[_Weight]) -> list[_Weight]:
    """3斤2两 is one weight."""
    found: list[_Weight] = []
    for weight in weights:
        last = found[-1] if found else None
        if last and last.end == weight.start and not (last.high or weight.high) and weight.grams < last.grams:
            found[-1] = _Weight(last.start, weight.end, last.grams + weight.grams, None, last.unit)
        else:
            found.append(weight)
    return found


def _volume(text: str, amounts: list[Amount]) -> Decimal | None:
    found = [a for a in amounts if a.kind == "volume"]
    if not found:
        return None
    first = to_millilitres(found[0])
    times = _TIMES.match(text[found[0].end :])
    number = parse_numeral(times["n"]) if times else None
    before = _TIMES_BEFORE.search(text[: found[0].start])
    number = number or (parse_numeral(before["n"]) if before else None)
    return first * number.value if number else first


def _count(text: str, amounts: list[Amount]) -> tuple[Quantity | None, Decimal | None]:
    for amount in amounts:
        after = text[amount.end : amount.end + 1]
        if (
            amount.kind == "count"
            and after not in ("*", "×", "x", "X")
            and amount.unit in _PACK + "头粒对双朵棵根尾"
        ):
            if amount.value == 1 and text[max(0, amount.start - 1) : amount.start] in ("/", "每"):
                continue
            return Quantity(amount.value, amount.unit), amount.high
    return None, None


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The weight that is taken, the end of its range, and why it is doubtful."""

    grams: Decimal | None = None
    high: Decimal | None = None
    fault: str = ""


def _read_weights(
    text: str,
    weights: list[_Weight],
    volume: Decimal | None,
    count: Quantity | None,
    count_high: Decimal | None,
) -> Content:
    net, gross, total, rest = _labelled(text, weights)
    unit, packs, product, per_pack = _packs(text, rest)
    chosen = _choose(net, total, rest, product if product is not None else _summed(text, rest))
    if net and product is not None and gross is None and abs(net.grams - product) > product / 5:
        chosen = replace(chosen, fault="conflict")
    if chosen.grams is not None and not Decimal("0.5") <= chosen.grams <= 200_000:
        chosen = replace(chosen, fault="out_of_range")
    if per_pack and packs is None and count and count.value > 1 and count.unit == per_pack:
        chosen = _of_all(chosen, count.value)
    base = (net or total or (rest[0] if rest else weights[0])).unit
    return Content(
        net=None if chosen.fault else chosen.grams,
        high=None if chosen.fault else chosen.high,
        unit=unit,
        gross=gross.grams if gross else None,
        volume=volume,
        packs=packs,
        count=count,
        count_high=count_high,
        stated=net is not None,
        per_pack=per_pack,
        nominal=base in ("斤", "千克"),
        fault=chosen.fault,
    )


def _choose(
    net: _Weight | None, total: _Weight | None, rest: list[_Weight], whole: Decimal | None
) -> _Chosen:
    """净重 first, then packs multiplied or summed, then a total, then the one weight there is."""
    if net:
        return _Chosen(net.grams, net.high)
    if whole is not None:
        off = total is not None and total.high is None and abs(total.grams - whole) > whole / 200
        return _Chosen(whole, None, "conflict" if off else "")
    if total:
        return _Chosen(total.grams, total.high)
    if rest:
        return _Chosen(rest[0].grams, rest[0].high, "conflict" if len({w.grams for w in rest}) > 1 else "")
    return _Chosen()


def _of_all(chosen: _Chosen, number: Decimal) -> _Chosen:
    """A range for each pack is as many times that for all of them."""
    if chosen.high is None:
        return chosen
    return replace(chosen, grams=chosen.grams and chosen.grams * number, high=chosen.high * number)


def _labelled(
    text: str, weights: list[_Weight]
) -> tuple[_Weight | None, _Weight | None, _Weight | None, list[_Weight]]:
    net = gross = total = None
    rest = []
    for weight in weights:
        before = text[max(0, weight.start - 8) : weight.start]
        if _ASIDE.search(before):
            continue
        if _GROSS.search(before):
            gross = gross or weight
        elif (
            _NET.search(before)
            and not _SMALL_PACK.match(text[weight.end :])
            and not _TIMES.match(text[weight.end :])
        ):
            net = net or weight
        elif _TOTAL.search(before):
            total = total or weight
        elif text[weight.end : weight.end + 2] in ("毛重", "带箱"):
            gross = gross or weight
        else:
            rest.append(weight)
    if net is None and gross is not None and len(rest) == 1 and "净" in text:
        net, rest = rest[0], []
    return net, gross, total, rest


def _packs(text: str, rest: list[_Weight]) -> tuple[Decimal | None, Quantity | None, Decimal | None, str]:
    """Weight of one pack, number of packs, their product, and the pack a lone weight is for."""
    for weight in rest:
        after, before = text[weight.end :], text[: weight.start]
        if match := _TIMES.match(after):
            if number := parse_numeral(match["n"]):
                pack = match["pack2"] or match["pack"] or ""
                return weight.grams, Quantity(number.value, pack), weight.grams * number.value, pack
        if (match := _TIMES_BEFORE.search(before)) and (number := parse_numeral(match["n"])):
            return weight.grams, Quantity(number.value, match["pack"] or ""), weight.grams * number.value, ""
        each = _EACH_AFTER.match(after) or _EACH_BEFORE.search(before)
        if each:
            pack = each["pack"]
            if count_of := _number_of(text, pack, weight):
                return weight.grams, Quantity(count_of, pack), weight.grams * count_of, pack
            return None, None, None, pack
    return None, None, None, ""


def _number_of(text: str, pack: str, weight: _Weight) -> Decimal | None:
    """How many packs the rest of the text names: 每袋100g，共10袋."""
    for match in _NUMBER_OF.finditer(text):
        outside = match.end() <= weight.start or match.start() >= weight.end
        if (
            outside
            and match["pack"] == pack
            and text[max(0, match.start() - 1) : match.start()] not in ("/", "每")
        ):
            number = parse_numeral(match["n"])
            if number and number.value > 1 and weight.high is None:
                return number.value
    return None


def _summed(text: str, rest: list[_Weight]) -> Decimal | None:
    """The sum of weights joined by +: 腊肉500g+香肠500g."""
    if len(rest) < 2 or any(w.high for w in rest):
        return None
    joined = all("+" in text[a.end : b.start] for a, b in itertools.pairwise(rest))
    return sum((w.grams for w in rest), Decimal(0)) if joined else None
