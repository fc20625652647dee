"""Prices as people write them: ￥29.9元/5斤, 39.9元3瓶, 29.9-39.9, 1件29.9 2件55, 拍两箱立减10元."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from core.text.numbers import Amount, find_amounts, parse_numeral, to_yuan
from knowledge_graph.facts import Quantity

_CONTAINERS = (
    "件个只箱盒袋瓶罐枚颗粒套包桶捆把根棵株头匹张片块串双对"
    "副本杯碗盘盆份朵束台支枝条提坛壶饼筐篮篓兜卷尾卡筒板刀床"
)
_MASS = "公斤|千克|市斤|kg|KG|Kg|斤|两|克|g"
_PER = re.compile(rf"^\s*(?:/|每|一)?\s*(?:一|1)?\s*(?P<unit>{_MASS}|[{_CONTAINERS}米尺])(?:装|起)?\s*$")
_BY_LENGTH = re.compile(r"(?:[/每]|[元块]一)\s*[米尺]")
"""Cloth and rope are sold by length; elsewhere a length tells a size."""
_BUY_LESS = re.compile(
    rf"(?:拍|买|购|满|凑)?\s*(?P<n>[0-9一二两三四五六七八九十]+)\s*(?P<unit>[{_CONTAINERS}斤])\s*(?:立减|减|再减|优惠|便宜|省)\s*(?P<off>[0-9.]+)\s*[元块]?"
)
_SECOND = re.compile(
    rf"第\s*(?:二|2)\s*(?P<unit>[{_CONTAINERS}])\s*(?:(?P<half>半价)|(?P<fold>[0-9.]+)\s*折|(?:立减|再减|减|便宜|优惠|省)\s*(?P<off>[0-9.]+)\s*[元块]?|(?:只要|仅需|仅|加)?\s*(?P<cash>[0-9.]+)\s*[元块])"
)
_PROMOTION = re.compile(
    r"满\s*[0-9.]+\s*(?:元|块)?\s*(?:立减|减|打|送|包邮)[^,，;；。\n]*|买\s*\S{1,4}\s*(?:送|赠|得)\s*[^,，;；。\n]*"
    r"|(?:再|另|加)?(?:送|赠)[^,，;；。\n]*|立减[^,，;；。\n]*|领券[^,，;；。\n]*|包邮|限时[^,，;；。\n0-9]*|限前[^,，;；。\n]*|已?含运费"
    r"|(?:运|邮|快递)费[^,，;；。\n]*"
)
_LIST = re.compile(
    r"(?:原价|划线价?|日常价?|市场价|吊牌价|门市价|平时|专柜价?|标价|超市价?|店里)\s*[:：]?\s*(?=[0-9¥￥零一二两三四五六七八九十百千])"
)
_PAID = re.compile(
    r"(?:券后|到手|折后|实付|拍下|直播(?:间)?|现价|活动|秒杀|粉丝|今天|会员)(?:价|到手价?|只要)?\s*[:：]?\s*(?=[0-9¥￥零一二两三四五六七八九十百千])"
)
_NEXT_OFFER = re.compile(
    rf"(?<=[0-9元块角毛{_CONTAINERS}斤])\s+(?=(?:[0-9]+|[一二两三四五六七八九十])(?:{_MASS}|[{_CONTAINERS}]))"
)
_BRACKETED = re.compile(r"[（(][^（）()]*[）)]|[（(].*$")
_LENGTH = (
    r"[^\d¥/每]{0,4}\d[\d.]*(?:\s*[*×xX]\s*\d[\d.]*)*\s*"
    r"(?:(?:cm|mm|m|厘米|毫米|米|英?寸|码)(?=[\s:：¥])|(?:cm|厘米|米|尺)[\u4e00-\u9fff]{0,3}(?=[¥\d]))"
)
_RANGE = re.compile(r"^\s*(?:[-~—–至到]|--|——)\s*$")


@dataclass(frozen=True, slots=True)
class Offer:
    """``price`` for ``per``; ``high`` ends a range; ``name`` tells an option (大份, 500g)."""

    price: Decimal
    per: Quantity | None = None
    high: Decimal | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Price:
    """A price cell read. ``offers`` in the order written, the first being the one to pay for one offer.

    ``fault`` says why there is no price: ``missing``, ``not_numeric``, ``out_of_range``, ``ambiguous``.
    """

    offers: tuple[Offer, ...] = ()
    options: tuple[Offer, ...] = ()
    list_price: Decimal | None = None
    promotions: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    money: Amount | None = None
    quantity: Quantity | None = None


_VAGUE = re.compile(r"^(?:约|大概|差不多|大约)\s*¥?[0-9]|^¥?[0-9.]+\s*[元块]?(?:左右|上下)$")


def read_price(text: str) -> Price:
    """The offers of a price cell. Bare numbers are 元; nothing is guessed."""
    plain = _fold(text)
    if not plain or plain in "-—–/":
        return Price(fault="missing")
    if re.match(r"^\s*[¥]?\s*-\s*[0-9]", plain):
        return Price(fault="out_of_range")
    if _VAGUE.search(plain):
        return Price(fault="ambiguous")
    plain, list_price = _cut_labelled(plain, _LIST)
    paid, promotions, rest = _cut_promotions(plain)
    offers, options, understood = _offers(paid)
    if not offers:
        return Price(list_price=list_price, promotions=promotions, fault="not_numeric")
    if not understood:
        return Price(list_price=list_price, promotions=promotions, fault="ambiguous")
    if any(o.price <= 0 for o in (*offers, *options)):
        return Price(promotions=promotions, fault="out_of_range")
    offers = _with_reductions(offers, rest)
    return Price(offers, options, list_price, promotions)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).replace("￥", "¥").replace("\n", ";").strip()
    # 39.9两袋 is 39.9元 for two bags, not 39.9 两.
    plain = re.sub(rf"(?<=[0-9])([两二三四五六七八九十])(?=[{_CONTAINERS}])", r"元\1", plain)
    plain = re.sub(r"元([0-9一二三四五六七八九])角", r"块\1毛", plain)
    return _NEXT_OFFER.sub(";", plain)


def _cut_labelled(text: str, label: re.Pattern[str]) -> tuple[str, Decimal | None]:
    match = label.search(text)
    if match is None:
        return text, None
    amount = next((a for a in find_amounts(text[match.end() :]) if a.start == 0), None)
    if amount is None or amount.kind not in ("money", "number"):
        return text, None
    return text[: match.start()] + ";" + text[match.end() + amount.end :], amount.value


def _cut_promotions(text: str) -> tuple[str, tuple[str, ...], str]:
    """The text without promotions, the promotions, and the text that reductions are read from."""
    reductions = _SECOND.sub("", _BUY_LESS.sub("", text))
    found = [m[0].strip() for p in (_BUY_LESS, _SECOND) for m in p.finditer(text)]
    found += [m[0].strip() for m in _PROMOTION.finditer(reductions)]
    rest = _PROMOTION.sub("", reductions)
    paid = _PAID.search(rest)
    if paid:
        rest = rest[paid.end() :]
    return rest, tuple(dict.fromkeys(p for p in found if p != "包邮")), text


def _pieces(text: str, by_length: bool = False) -> list[_Piece]:
    found: list[_Piece] = []
    for amount in find_amounts(text):
        written = text[amount.start : amount.end]
        if written.endswith("块") and found and found[-1].money and re.search("[元¥]", text[: amount.start]):
            # 32.8元2块: two pieces, the money has been named.
            found.append(_Piece(amount.start, amount.end, quantity=Quantity(amount.value, "块")))
        elif amount.kind in ("money", "number") and not (amount.unit and amount.kind == "number"):
            found.append(_Piece(amount.start, amount.end, money=amount))
        elif amount.kind in ("count", "mass", "volume") or (by_length and amount.kind == "length"):
            found.append(_Piece(amount.start, amount.end, quantity=Quantity(amount.value, amount.unit)))
    return found


def _offers(text: str) -> tuple[tuple[Offer, ...], tuple[Offer, ...], bool]:
    """Offers and named options; the flag is false where a clause could not be read."""
    offers: list[Offer] = []
    options: list[Offer] = []
    understood = True
    by_length = bool(_BY_LENGTH.search(text))
    slashed = text.split("/")
    if len(slashed) > 1 and all(map(_named_option, slashed)):
        text = ";".join(slashed)
    for clause in re.split(r"(?<![0-9]),|,(?![0-9]{3}(?![0-9]))|[，;；、。|]|\s+或\s*", text):
        if not clause.strip(" ()（）+") or not any(p.money for p in _pieces(clause)):
            continue
        named = None if by_length else _named_option(clause)
        read = [] if named else _clause(clause, by_length)
        if named:
            options.append(named)
        elif read:
            offers += read
        elif not offers:
            understood = False
    if options and not offers:
        cheapest = min(options, key=lambda o: o.price)
        return (cheapest,), tuple(options), True
    return _ordered(offers), tuple(options), understood


def _ordered(offers: list[Offer]) -> tuple[Offer, ...]:
    """The offer for the least quantity first: that is the one a viewer pays for one offer."""
    if len(offers) > 1 and all(o.per for o in offers) and len({o.per.unit for o in offers if o.per}) == 1:
        return tuple(sorted(offers, key=lambda o: o.per.value if o.per else Decimal(0)))
    return tuple(offers)


def _named_option(clause: str) -> Offer | None:
    """小份29.9, 大果(特级)49元, 24cm 49元: a word that is no unit, or a length, then a price."""
    match = re.fullmatch(
        r"\s*(?P<name>[^\d¥零一二两三四五六七八九十百/每]{1,8}?|" + _LENGTH + ")"
        r"\s*[:：]?\s*(?P<rest>[¥\d零一二两三四五六七八九十百].*)",
        clause,
    )
    if not match or re.search(r"约|起|共|价|元|单|到手|只要|仅|才|卖", match["name"]):
        return None
    pieces = _pieces(match["rest"])
    if len(pieces) != 1 or pieces[0].money is None or len(match["name"].strip(" ()（）")) == 0:
        return None
    return Offer(_yuan(pieces[0].money), name=match["name"].strip(" ()（）:："))


def _yuan(amount: Amount) -> Decimal:
    return to_yuan(amount) if amount.kind == "money" else amount.value


def _clause(clause: str, by_length: bool) -> list[Offer]:
    clause = _BRACKETED.sub("", clause)
    pieces = _pieces(clause, by_length)
    if (
        len(pieces) >= 2
        and all(p.money for p in pieces[:2])
        and _RANGE.match(clause[pieces[0].end : pieces[1].start])
    ):
        low, high = _money(pieces[0]), _money(pieces[1])
        per = _tail_unit(clause[pieces[1].end :]) or next((p.quantity for p in pieces[2:]), None)
        return [Offer(low, per, high)] if low < high and len(pieces) <= 3 else []
    if len(pieces) == 1:
        money = pieces[0].money
        if money is None:
            return []
        head, tail = clause[: pieces[0].start], clause[pieces[0].end :]
        per = _tail_unit(tail) or _head_unit(head)
        return [Offer(_yuan(money), per, money.high)]
    return _pairs(clause, pieces)


def _money(piece: _Piece) -> Decimal:
    return _yuan(piece.money) if piece.money else Decimal(0)


def _tail_unit(tail: str) -> Quantity | None:
    tail = re.sub(r"[（(].*", "", tail)
    match = _PER.match(tail.strip())
    return Quantity(Decimal(1), match["unit"]) if match else None


def _head_unit(head: str) -> Quantity | None:
    match = re.match(rf"^\s*(?:每|一|1|单)(?P<unit>{_MASS}|[{_CONTAINERS}])(?:装)?\s*[:：]?\s*$", head)
    return Quantity(Decimal(1), match["unit"]) if match else None


def _pairs(clause: str, pieces: list[_Piece]) -> list[Offer]:
    """Money and quantity in turn, in either order: 1件29.9 2件55, 79元1瓶 148元2瓶."""
    kinds = "".join("M" if p.money else "Q" for p in pieces)
    tail = _tail_unit(clause[pieces[-1].end :]) if kinds == "M" else None
    if re.fullmatch(r"(QM)+", kinds):
        return [Offer(_money(m), q.quantity) for q, m in zip(pieces[::2], pieces[1::2], strict=True)]
    if re.fullmatch(r"(MQ)+", kinds):
        return [Offer(_money(m), _counted(q, tail)) for m, q in zip(pieces[::2], pieces[1::2], strict=True)]
    if re.fullmatch(r"MQQ", kinds) or (re.fullmatch(r"MQ.*", kinds) and "M" not in kinds[1:]):
        return [Offer(_money(pieces[0]), pieces[1].quantity)]
    if re.fullmatch(r"Q+M", kinds):
        return [Offer(_money(pieces[-1]), pieces[0].quantity)]
    return []


def _counted(piece: _Piece, tail: Quantity | None) -> Quantity | None:
    return piece.quantity or tail


def _with_reductions(offers: tuple[Offer, ...], text: str) -> tuple[Offer, ...]:
    """拍两箱立减10元 and 第二件半价 as further offers, reckoned exactly from the price of one."""
    one = offers[0]
    if len(offers) > 1 or one.high is not None:
        return offers
    found = [one]
    for match in _BUY_LESS.finditer(text):
        number = parse_numeral(match["n"])
        if number and number.value > 1:
            total = one.price * number.value - Decimal(match["off"])
            found.append(Offer(total, Quantity(number.value, match["unit"])))
    if (again := _SECOND.search(text)) and len(found) == 1:
        total = one.price + _second(again, one.price)
        found.append(Offer(total, Quantity(Decimal(2), again["unit"])))
    return tuple(found)


_SO_MANY = re.compile(
    rf"^(?:.*[日号天止期]|.*[:：，,])?\s*(?:拍|买|购|拿)?\s*(?P<n>[0-9]+|[一二两三四五六七八九十]+)\s*(?P<unit>[{_CONTAINERS}])"
    r"\s*(?:只要|仅需|一共|共|只|[:：=])?\s*(?P<all>[0-9]+(?:\.[0-9]+)?)\s*[元块]$"
)
_MORE_FREE = re.compile(
    rf"[买拍拿](?P<n>[0-9]+|[一二两三四五六七八九十]+)(?P<unit>[{_CONTAINERS}])?[送赠得]"
    rf"(?P<free>[0-9]+|[一二两三四五六七八九十]+)(?P<of>[{_CONTAINERS}])?$"
)


def read_offers(text: str, price: Decimal) -> tuple[Offer, ...]:
    """What a promotion makes of several at once: 2袋36元, 第2袋减10元, 买3袋送1袋; of other gifts nothing."""
    plain = unicodedata.normalize("NFKC", text).strip(" 。.;；!！")
    if (match := _SO_MANY.match(plain)) and (number := parse_numeral(match["n"])) and number.value > 1:
        return (Offer(Decimal(match["all"]), Quantity(number.value, match["unit"])),)
    if match := _MORE_FREE.search(plain):
        bought, free = parse_numeral(match["n"]), parse_numeral(match["free"])
        same = match["of"] in (None, match["unit"])
        if bought and free and match["unit"] and same:
            return (Offer(price * bought.value, Quantity(bought.value + free.value, match["unit"])),)
    return _with_reductions((Offer(price),), plain)[1:]


def _second(match: re.Match[str], price: Decimal) -> Decimal:
    if match["half"]:
        return price / 2
    if match["off"]:
        return price - Decimal(match["off"])
    return price * Decimal(match["fold"]) / 10 if match["fold"] else Decimal(match["cash"])
