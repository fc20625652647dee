"""Which fact carries an amount: money by arithmetic over offers, the rest by its property."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.text.numbers import Amount, canonical, days, find_amounts, to_grams
from knowledge_graph.facts import Fact
from knowledge_graph.questions.pricing import CENT, GRAMS, Offers
from knowledge_graph.questions.texts import wanted_text
from knowledge_graph.schema import Property

_LISTED = re.compile(r"原价|划线|日常价|平时|平常|市场价|标价|以前卖")
_LESS = re.compile(r"省|便宜|优惠|立减|少花|少付|差价?|减了?|低了?")
_FREIGHT = re.compile(r"运费|邮费|快递费|补|加收|冰袋|加[0-9一二两三四五六七八九十]+(?:元|块)")
_DEPOSIT = re.compile(r"定金|订金")
_PER = re.compile(
    r"合|每|平均|折合|划|摊|单价|算下来|算起来|一(?:斤|两|公斤|个|只|枚|袋|盒|瓶|片|条|包|罐|颗|粒|支)(?:才|只要|就|是|要|卖|也就|大概|约)?\s*$"
)
_KEEPS = re.compile(r"保质|能放|可放|放得?住?|保存|存放|存|过期|冷藏|冷冻|常温|赏味")
_SENDS = re.compile(r"发货|发出|内发|后发|寄出|发走|出货|发快递|安排发|给您发|给你发|就发|工期")
_STOCK = re.compile(r"库存|还有|还剩|剩|现货|余|备了")
_LIMIT = re.compile(r"限购|每人|每位|最多|限")
_GROSS = re.compile(r"毛重|带箱|含箱|连箱|带皮")
_NET = re.compile(r"净重|净含量|净")
_EACH = re.compile(r"每[袋盒瓶包条罐枚个只片份]|一[袋盒瓶包条罐枚个只片]|单[袋盒瓶包条罐]")


_EACH_UNIT = re.compile(r"(?:每|单)([袋盒瓶包罐箱桶条片双对套只枚个支件份])[^，,；;]{0,3}$")
_ANY_UNIT = frozenset("份件单")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with its amounts; offsets of the amounts are into ``text``."""

    text: str
    amounts: tuple[Amount, ...]

    def around(self, amount: Amount, before: int = 12, after: int = 8) -> str:
        """The words near an amount."""
        return self.text[max(0, amount.start - before) : amount.end + after]

    def ahead(self, amount: Amount, most: int = 12) -> str:
        """The words before an amount."""
        return self.text[max(0, amount.start - most) : amount.start]


def carrier(clause: Clause, amount: Amount, facts: Sequence[Fact]) -> Fact | None:
    """The fact that carries ``amount`` in this clause; None where there is none."""
    match amount.kind:
        case "money":
            return _money(clause, amount, facts)
        case "mass" | "volume":
            return _mass(clause, amount, facts) or _quoted(clause, amount, facts)
        case "time":
            return _time(clause, amount, facts)
        case "count":
            return _count(clause, amount, facts)
        case _:
            return _quoted(clause, amount, facts)


def is_article(amount: Amount) -> bool:
    """一份, 一个, 一下: a count of one says nothing by itself."""
    return amount.kind == "count" and amount.value == 1 and amount.high is None


def _money(clause: Clause, amount: Amount, facts: Sequence[Fact]) -> Fact | None:
    around = clause.around(amount)
    ahead = clause.ahead(amount)
    if _FREIGHT.search(clause.around(amount, 8, 5)):
        return _freight(clause, amount, facts)
    if _DEPOSIT.search(around):
        offers = Offers.of(facts)
        said = next((f for f in facts if re.search("一半.{0,2}(?:定金|订金)", wanted_text(f))), None)
        return said if said and offers and offers.high is None and amount.value * 2 == offers.price else None
    listed = next((f for f in facts if f.property is Property.LIST_PRICE), None)
    last_list = max((m.end() for m in _LISTED.finditer(ahead)), default=-1)
    last_now = max((m.end() for m in re.finditer("现价|到手|现在|直播|今天|只要", ahead)), default=-1)
    if last_list > last_now:
        return listed if listed and listed.value == amount.value and amount.high is None else None
    offers = Offers.of(facts)
    if offers is None:
        return None
    if _LESS.search(clause.ahead(amount, 6)):
        return _saving(clause, amount, offers, listed)
    return _price(clause, amount, offers, facts)


def _freight(clause: Clause, amount: Amount, facts: Sequence[Fact]) -> Fact | None:
    for fact in facts:
        if (
            fact.property is Property.SURCHARGE_REGION
            and fact.value == amount.value
            and fact.about in clause.text
        ):
            return fact
    return _quoted(clause, amount, [f for f in facts if f.property is not Property.SURCHARGE_REGION])


def _saving(clause: Clause, amount: Amount, offers: Offers, listed: Fact | None) -> Fact | None:
    if listed and isinstance(listed.value, Decimal) and offers.high is None:
        if listed.value - offers.price == amount.value and not _quantities(clause, amount):
            return listed
    for size, total, fact in offers.tiers:
        alone = offers.price * size / offers.base
        if alone - total == amount.value and any(q.value == size for q in _quantities(clause, amount)):
            return fact
    return None


def _quantities(clause: Clause, amount: Amount) -> list[Amount]:
    return [a for a in clause.amounts if a is not amount and a.kind in ("count", "mass", "volume")]


def _price(clause: Clause, amount: Amount, offers: Offers, facts: Sequence[Fact]) -> Fact | None:
    each = _EACH_UNIT.search(clause.ahead(amount, 6))
    if each is not None and not _sold_by(each[1], offers):
        return None
    if amount.high is not None or offers.high is not None:
        same = (amount.value, amount.high) == (offers.price, offers.high)
        return offers.fact if same else _option(clause, amount, facts)
    near = sorted(_quantities(clause, amount), key=lambda q: _apart(q, amount))
    near = [q for q in near if _apart(q, amount) <= 8 and not _has_its_own(clause, amount, q)]
    if not near:
        return offers.fact if amount.value == offers.price else _option(clause, amount, facts)
    return next((f for q in near[:2] if (f := _for_quantity(clause, amount, q, offers))), None) or _option(
        clause, amount, facts
    )


def _sold_by(unit: str, offers: Offers) -> bool:
    """Whether the sheet sells by ``unit``; where it names none, any unit will do."""
    return not offers.unit or unit in _ANY_UNIT or unit in offers.unit or (offers.count or (0, ""))[1] == unit


def _apart(one: Amount, other: Amount) -> int:
    """Characters between two amounts."""
    return min(abs(one.end - other.start), abs(other.end - one.start))


def _has_its_own(clause: Clause, amount: Amount, quantity: Amount) -> bool:
    """Whether another price stands nearer to ``quantity``: in 36.5元，两袋70元 the bags cost 70."""
    here = _apart(quantity, amount)
    return any(m.kind == "money" and m is not amount and _apart(quantity, m) < here for m in clause.amounts)


def _option(clause: Clause, amount: Amount, facts: Sequence[Fact]) -> Fact | None:
    for fact in facts:
        if (
            fact.property is Property.PRICE_OPTION
            and fact.value == amount.value
            and fact.about
            and fact.about in clause.text
        ):
            return fact
    return None


def _for_quantity(clause: Clause, amount: Amount, quantity: Amount, offers: Offers) -> Fact | None:
    """Whether ``quantity`` costs ``amount``: a tier, a multiple, a share, or the pack itself."""
    if quantity.high is not None:
        return None
    if quantity.kind == "mass":
        return _for_mass(amount, to_grams(quantity), offers, amount.approximate or "约" in clause.text)
    if quantity.value == 1 and quantity.kind == "count":
        return _for_one(amount, quantity.unit, offers, "约" in clause.text)
    if offers.count == (quantity.value, quantity.unit) and amount.value == offers.price:
        return offers.fact
    return _exactly(amount, offers.total(quantity.value))


def _exactly(amount: Amount, total: tuple[Decimal, tuple[Fact, ...]] | None) -> Fact | None:
    return total[1][0] if total and total[0] == amount.value else None


def _for_mass(amount: Amount, grams: Decimal, offers: Offers, about: bool) -> Fact | None:
    """So many grams: what one price buys, a price per gram, or a multiple of either."""
    if offers.grams and grams == offers.grams and amount.value == offers.price:
        return offers.fact
    if (per := offers.per_grams(grams)) and _near(amount.value, per[0], about):
        return offers.fact
    if offers.unit in GRAMS:
        return _exactly(amount, offers.total(grams / GRAMS[offers.unit]))
    if offers.grams and grams % offers.grams == 0:
        return _exactly(amount, offers.total(grams / offers.grams * offers.base))
    return None


def _for_one(amount: Amount, unit: str, offers: Offers, about: bool) -> Fact | None:
    """One of something: the whole offer, or one of the equal shares it is made of."""
    if not _sold_by(unit, offers):
        return None
    shared = offers.count is not None and offers.count[0] > 1 and unit == offers.count[1]
    if amount.value == offers.price and (offers.base == 1 or unit not in offers.unit):
        return None if shared else offers.fact
    counted = ((offers.base, offers.unit), offers.count or (Decimal(1), ""))
    shares = [n for n, u in counted if n > 1 and u == unit]
    return offers.fact if any(_near(amount.value, offers.per(n)[0], about) for n in shares) else None


def _near(value: Decimal, exact: Decimal, about: bool) -> bool:
    return (
        value == exact or (about and abs(value - exact) <= Decimal("0.05")) or value == exact.quantize(CENT)
    )


def _mass(clause: Clause, amount: Amount, facts: Sequence[Fact]) -> Fact | None:
    wanted = (
        (Property.GROSS_WEIGHT,)
        if _GROSS.search(clause.ahead(amount, 5))
        else (Property.NET_WEIGHT, Property.VOLUME, Property.UNIT_WEIGHT)
        if not _NET.search(clause.ahead(amount, 5))
        else (Property.NET_WEIGHT, Property.VOLUME)
    )
    if _EACH.search(clause.ahead(amount, 6)) and any(f.property is Property.UNIT_WEIGHT for f in facts):
        wanted = (Property.UNIT_WEIGHT,)
    value, high, base = canonical(amount)
    for fact in facts:
        if fact.property in wanted and isinstance(fact.value, Decimal):
            unit = "毫升" if fact.property is Property.VOLUME else "克"
            if fact.value == value and (fact.high or None) == high and base == unit:
                return fact
    if any(m.kind == "money" for m in clause.amounts):
        return _priced_quantity(clause, amount, facts)
    return None


def _priced_quantity(clause: Clause, amount: Amount, facts: Sequence[Fact]) -> Fact | None:
    """A quantity beside a price is carried where the price is carried with it."""
    offers = Offers.of(facts)
    if offers is None:
        return None
    for money in clause.amounts:
        if money.kind == "money" and (fact := _for_quantity(clause, money, amount, offers)):
            return fact
        if money.kind == "money" and _LESS.search(clause.ahead(money, 6)):
            listed = next((f for f in facts if f.property is Property.LIST_PRICE), None)
            if fact := _saving(clause, money, offers, listed):
                return fact
    return None


def _time(clause: Clause, amount: Amount, facts: Sequence[Fact]) -> Fact | None:
    around = clause.around(amount, 14, 8)
    spoken = _days(amount)
    if spoken is not None and _SENDS.search(around) and not _KEEPS.search(clause.ahead(amount, 8)):
        for fact in facts:
            if (
                fact.property is Property.SHIPPING_HOURS
                and isinstance(fact.value, Decimal)
                and fact.value == spoken * 24
            ):
                return fact
        return _quoted(
            clause,
            amount,
            [
                f
                for f in facts
                if f.property in (Property.LEAD_TIME, Property.PRESALE, Property.SHIP_SCHEDULE, Property.NOTE)
            ],
        )
    if spoken is not None and _KEEPS.search(around):
        lives = [f for f in facts if f.property is Property.SHELF_LIFE]
        for fact in lives:
            modes = [m for m in ("冷藏", "冷冻", "常温") if m in clause.ahead(amount, 6)]
            if (
                isinstance(fact.value, Decimal)
                and _same_days(fact, spoken, amount)
                and (not modes or not fact.about or any(m in fact.about for m in modes))
            ):
                return fact
        return _quoted(clause, amount, [f for f in facts if f.property is not Property.SHELF_LIFE], need=2)
    return _quoted(clause, amount, facts)


def _days(amount: Amount) -> Decimal | None:
    try:
        return days(amount)
    except (ValueError, KeyError):
        return None


def _same_days(fact: Fact, spoken: Decimal, amount: Amount) -> bool:
    if amount.high is not None:
        return False
    if fact.value == spoken:
        return True
    # 12个月 and 一年 are the same promise although months count 30 days.
    return any(canonical(a) == canonical(amount) for a in find_amounts(fact.written)) or (
        amount.unit == "年" and fact.value == amount.value * 360
    )


def _count(clause: Clause, amount: Amount, facts: Sequence[Fact]) -> Fact | None:
    around = clause.around(amount, 8, 4)
    if amount.unit in ("种", "样", "款") and amount.high is None:
        for wanted in (Property.COLOR, Property.PRICE_OPTION, Property.SIZE):
            held = [f for f in facts if f.property is wanted]
            if len(held) == amount.value:
                return held[0]
    if _STOCK.search(clause.ahead(amount, 8)):
        held = [f for f in facts if f.property is Property.STOCK]
        return next((f for f in held if f.value == amount.value and amount.high is None), None)
    if _LIMIT.search(around):
        return _quoted(clause, amount, [f for f in facts if f.property is Property.PURCHASE_LIMIT], need=0)
    for fact in facts:
        if fact.property is Property.COUNT and fact.value == amount.value and fact.high == amount.high:
            return fact
    if any(m.kind == "money" for m in clause.amounts) and (fact_ := _priced_quantity(clause, amount, facts)):
        return fact_
    offers = Offers.of(facts)
    if offers and offers.base == amount.value and offers.unit == amount.unit and amount.high is None:
        return offers.fact
    return _quoted(clause, amount, facts)


def _quoted(clause: Clause, amount: Amount, facts: Iterable[Fact], need: int = 1) -> Fact | None:
    """A fact whose own words state the same amount and share a word with the clause."""
    words = _pairs(clause.text[: amount.start]) | _pairs(clause.text[amount.end :])
    for fact in facts:
        if isinstance(fact.value, Decimal) and fact.property not in (Property.SHELF_LIFE, Property.COUNT):
            continue
        text = wanted_text(fact)
        for held in find_amounts(text):
            if canonical(held) == canonical(amount) and held.kind == amount.kind:
                shared = words & (_pairs(text[: held.start]) | _pairs(text[held.end :]))
                if len(shared) >= need or text.strip() == text[held.start : held.end]:
                    return fact
                near = set(text[max(0, held.start - 2) : held.start]) & set(
                    clause.text[max(0, amount.start - 2) : amount.start]
                )
                if near and need <= 1:
                    return fact
    return None


def _pairs(text: str) -> set[str]:
    plain = re.sub(r"\W", " ", text)
    return {plain[i : i + 2] for i in range(len(plain) - 1) if " " not in plain[i : i + 2]}
