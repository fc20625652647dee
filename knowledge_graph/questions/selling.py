"""Answers about money: price, totals over tiers, price per unit, list price, savings, deposit, sums."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from core.text.numbers import Amount, find_amounts, to_grams
from knowledge_graph.facts import Fact, Shop
from knowledge_graph.questions.asked import Asked
from knowledge_graph.questions.mentions import Meant
from knowledge_graph.questions.pricing import GRAMS, Offers, money
from knowledge_graph.questions.quoting import clauses, pick, simple
from knowledge_graph.questions.reply import Part
from knowledge_graph.questions.texts import wanted_text
from knowledge_graph.schema import Property

_PRICED = (Property.PRICE, Property.PRICE_TIER, Property.NET_WEIGHT, Property.VOLUME, Property.COUNT)
_UNITS = "公斤|千克|块(?!钱)|[斤两克个升只袋盒瓶枚片条罐包颗支粒张饼尾双箱件份头朵串对根棵提桶泡壶把]"


def offers(shop: Shop, asked: Asked, product: str) -> Offers | None:
    """The offers of a product that hold on the day."""
    return Offers.of(pick(shop, asked, product, *_PRICED))


def price(shop: Shop, asked: Asked, meant: Meant) -> Part:
    """What it costs: of one, of the quantity asked about, or per unit."""
    product = meant.product
    found = offers(shop, asked, product)
    if found is None:
        options = pick(shop, asked, product, Property.PRICE_OPTION)
        if options:
            return Part(product, _options(options), tuple(options))
        return Part(product, missing="价格")
    if asked.has("unit_price"):
        return unit_price(shop, asked, product, found)
    if meant.quantity and asked.says("减完|减了|满减|减下来|减掉"):
        return replace(total_of(shop, asked, [meant]), product=product)
    if asked.says("(?:贵|便宜|差)多少") and (apart := _options_apart(shop, asked, product)):
        return apart
    quantity = meant.quantity or _in_unit(asked, found.unit)
    if quantity is not None and (bound := _bounded(shop, asked, product, quantity)):
        return bound
    if quantity is not None:
        number = number_of(quantity, found, product)
        if number is not None and number != found.base:
            return _total(product, found, number, quantity)
        if (
            number is None
            and (quantity.value == 1 or quantity.kind == "mass")
            and (per := _share(product, found, quantity))
        ):
            return per
    if quantity is None and found.high is None and (more := _added(shop, asked, product, found)):
        return more
    return Part(product, plain(found, pick(shop, asked, product, Property.PRICE_OPTION)), _used(found))


_ADDS = re.compile(
    r"(?P<what>[^，,；;。0-9]{2,8}?)(?:一?[个只份件套])?(?:需|要|得)?(?:另外?|再)?加(?:收|价)?(?P<sum>[0-9]+(?:\.[0-9]+)?)[元块]"
)


def _added(shop: Shop, asked: Asked, product: str, found: Offers) -> Part | None:
    """What it costs with something that a remark sells beside it: 打木架另加20元."""
    for fact in pick(shop, asked, product, Property.NOTE, Property.SPEC, Property.SELLING_POINT):
        match = _ADDS.search(wanted_text(fact)) if fact.product else None
        what = match["what"] if match else ""
        if match and any(what[i : i + 2] in asked.text for i in range(len(what) - 1)):
            total = money(found.price + Decimal(match["sum"]))
            said = f"{plain(found)}，{match[0].strip()}，加起来{total}元"
            return Part(product, said, (*_used(found), fact))
    return None


def _in_unit(asked: Asked, unit: str) -> Amount | None:
    """How much is wanted of what is sold by a measure that is no piece and no weight (布扯十米)."""
    lengths = (a for a in asked.amounts() if a.kind == "length" and a.unit == unit and a.high is None)
    return next(lengths, None)


def _options_apart(shop: Shop, asked: Asked, product: str) -> Part | None:
    """What the dearest and the cheapest option of one product cost, and the difference."""
    options = [
        (f.value, f)
        for f in pick(shop, asked, product, Property.PRICE_OPTION)
        if isinstance(f.value, Decimal)
    ]
    if len(options) < 2:
        found = offers(shop, asked, product)
        if found is None or found.high is None:
            return None
        apart = money(found.high - found.price)
        return Part(product, f"{money(found.price)}到{money(found.high)}元，差{apart}元", (found.fact,))
    (less, cheap), (more, dear) = min(options, key=lambda o: o[0]), max(options, key=lambda o: o[0])
    said = f"{dear.about}{money(more)}元，{cheap.about}{money(less)}元，差{money(more - less)}元"
    return Part(product, said, (dear, cheap))


def _bounded(shop: Shop, asked: Asked, product: str, quantity: Amount) -> Part | None:
    """The purchase limit, where the quantity asked about is over it."""
    for fact in pick(shop, asked, product, Property.PURCHASE_LIMIT):
        most = next((a.value for a in find_amounts(wanted_text(fact)) if a.kind in ("count", "number")), None)
        if quantity.kind == "count" and most is not None and quantity.value > most:
            return Part(product, wanted_text(fact), (fact,))
    return None


def _used(found: Offers) -> tuple[Fact, ...]:
    return (found.fact, *(t[2] for t in found.tiers))


def plain(found: Offers, options: Sequence[Fact] = ()) -> str:
    """The price as the shop asks it, tiers and ranges included."""
    if found.high is not None:
        why = f"，{found.fact.about}" if found.fact.about else ""
        return f"{money(found.price)}到{money(found.high)}元{why}"
    buys = _number(found.base) + found.unit if found.base != 1 else ""
    said = f"{money(found.price)}元{buys}"
    for size, total, _ in found.tiers:
        if size != found.base:
            said += f"，{money(size)}{found.unit}{money(total)}元"
    return said + (f"，{_options(options)}" if options else "")


def _options(options: Sequence[Fact]) -> str:
    said = [f"{f.about or f.per or ''}{money(f.value)}元" for f in options if isinstance(f.value, Decimal)]
    return "，".join(dict.fromkeys(said))


def number_of(quantity: Amount | None, found: Offers, product: str) -> Decimal | None:
    """The quantity in the unit of the offers; None where it is a share of one offer or does not fit."""
    if quantity is None:
        return None
    if quantity.kind == "mass":
        grams = to_grams(quantity)
        if found.unit in GRAMS:
            number = grams / GRAMS[found.unit]
            return number if number >= found.base else None
        named = [to_grams(a) for a in find_amounts(product) if a.kind == "mass" and a.high is None]
        # 带箱10斤 of net 9斤 is bought by its name; 100g of a box of three is not.
        sizes = [found.grams, *(n for n in named if 2 * n > found.grams)] if found.grams else named
        for size in sizes:
            if size and grams % size == 0:
                return grams / size * found.base
        return None
    if quantity.unit == found.unit or (
        found.base != 1
        and quantity.unit in "个只枚片条袋盒瓶包罐块支"
        and found.unit in "个只枚片条袋盒瓶包罐块支"
    ):
        return quantity.value if quantity.value % found.base == 0 or found.tiers else None
    if (
        found.count
        and quantity.unit == found.count[1]
        and quantity.unit not in ("份", "件")
        and found.count[0] > 1
    ):
        return quantity.value / found.count[0] * found.base
    return quantity.value * found.base


def _total(product: str, found: Offers, number: Decimal, quantity: Amount) -> Part:
    if found.high is not None:
        each = f"{money(found.price)}到{money(found.high)}元"
        return Part(product, f"一{found.unit or '件'}{each}", _used(found))
    total = found.total(number)
    if total is None:
        if quantity.value == 1 and (share := _share(product, found, quantity)):
            return share
        if found.count and found.count_fact and found.count[1] == quantity.unit:
            said = f"{money(found.price)}元{money(found.count[0])}{quantity.unit}"
            return Part(product, said, (*_used(found), found.count_fact))
        return Part(product, plain(found), _used(found))
    said = f"{money(quantity.value)}{spoken_unit(quantity.unit)}一共{money(total[0])}元"
    facts = (
        total[1] if quantity.kind != "mass" or found.weight_fact is None else (*total[1], found.weight_fact)
    )
    return Part(product, said, facts)


def _number(value: Decimal) -> str:
    return "半" if value == Decimal("0.5") else money(value)


def _one(quantity: Amount) -> str:
    return ("一" if quantity.value == 1 else _number(quantity.value)) + spoken_unit(quantity.unit)


def spoken_unit(unit: str) -> str:
    """The unit as it is said."""
    return {"千克": "公斤"}.get(unit, unit)


def _share(product: str, found: Offers, quantity: Amount) -> Part | None:
    """一盒多少钱 where the offer is three: the offer, and what one share of it comes to."""
    if found.high is not None:
        return None
    if quantity.kind == "mass":
        per = found.per_grams(to_grams(quantity))
        weight = (found.weight_fact,) if found.weight_fact else ()
    elif found.base > 1:
        per, weight = found.per(found.base), ()
    elif found.count and found.count[0] > 1:
        per, weight = found.per(found.count[0]), (found.count_fact,) if found.count_fact else ()
    else:
        return None
    if per is None:
        return None
    about = "" if per[1] else "约"
    said = f"{plain(found)}，合{_one(quantity)}{about}{money(per[0])}元"
    return Part(product, said, (*_used(found), *weight))


def unit_price(shop: Shop, asked: Asked, product: str, found: Offers) -> Part:
    """Price per 斤, 两, piece or pack, exactly or to the 分."""
    wanted = _unit_wanted(asked)
    if found.high is not None:
        return Part(product, plain(found), _used(found))
    if wanted in GRAMS:
        return _per_mass(product, found, wanted)
    if wanted == "升":
        if found.millilitres is None:
            return Part(product, plain(found), _used(found), missing="容量")
        weight = (found.weight_fact,) if found.weight_fact else ()
        return _per(product, found, wanted, found.millilitres / 1000, weight)
    if found.base > 1:
        return _per(product, found, wanted, found.base, ())
    packs = _packs(shop, asked, product)
    if found.count and found.count[0] > 1 and (found.count[1] == wanted or packs is None):
        return _per(product, found, wanted, found.count[0], (found.count_fact,) if found.count_fact else ())
    if packs is not None:
        return _per(product, found, wanted, *packs)
    return Part(product, plain(found), _used(found))


_WORDED = (
    re.compile(rf"(?:合|折|摊|均|匀|算)[^，。]{{0,6}}?(?:一|每|1|单)({_UNITS})"),
    re.compile(rf"(?:单|每)({_UNITS})"),
    re.compile(rf"({_UNITS})[^，。]{{0,3}}(?:合|折|摊|多少|平均|是)"),
    re.compile(rf"(?:一|1)({_UNITS})"),
)
"""Where the unit of a price per unit stands, the surest first."""


def _unit_wanted(asked: Asked) -> str:
    """The unit a price per unit is asked for; 一块卖 is no piece."""
    text = re.sub(r"一块儿?(?=卖|起|买|寄|发|拿)", "一起", asked.forms[0])
    return next((matches[-1] for p in _WORDED if (matches := p.findall(text))), "斤")


def _per_mass(product: str, found: Offers, wanted: str) -> Part:
    grams = GRAMS[wanted]
    if found.unit in GRAMS and (exact := found.total(grams / GRAMS[found.unit])):
        return Part(product, f"一{wanted}{money(exact[0])}元", exact[1])
    per = found.per_grams(grams)
    facts = (found.fact, *((found.weight_fact,) if found.weight_fact else ()))
    if per is None and found.unit in GRAMS:
        per, facts = found.per(found.base * GRAMS[found.unit] / grams), (found.fact,)
    if per is None:
        return Part(product, plain(found), _used(found), missing="净重")
    return Part(product, f"一{wanted}合{_about(per)}元", facts)


def _per(product: str, found: Offers, wanted: str, shares: Decimal, facts: tuple[Fact, ...]) -> Part:
    """The offer, and what one of its equal shares comes to."""
    offer = f"{plain(found)}，" if found.base > 1 else ""
    return Part(product, f"{offer}一{wanted}合{_about(found.per(shares))}元", (*_used(found), *facts))


def _about(per: tuple[Decimal, bool]) -> str:
    return f"{'' if per[1] else '约'}{money(per[0])}"


def _packs(shop: Shop, asked: Asked, product: str) -> tuple[Decimal, tuple[Fact, ...]] | None:
    """How many packs one sale holds, from its net weight and that of one pack."""
    one = pick(shop, asked, product, Property.UNIT_WEIGHT)
    net = pick(shop, asked, product, Property.NET_WEIGHT)
    if (
        one
        and net
        and isinstance(one[0].value, Decimal)
        and isinstance(net[0].value, Decimal)
        and one[0].value
    ):
        packs = net[0].value / one[0].value
        return (packs, (one[0], net[0])) if packs == packs.to_integral_value() and packs > 1 else None
    return None


def list_price(shop: Shop, asked: Asked, product: str) -> Part:
    """The list price, the price and the difference."""
    found = offers(shop, asked, product)
    listed = pick(shop, asked, product, Property.LIST_PRICE)
    if not listed or not isinstance(listed[0].value, Decimal):
        return Part(product, missing="原价")
    if found is None or found.high is not None:
        sized = asked.says("大[^，。]{0,4}[小细]|[小细][^，。]{0,4}大")
        return (sized and _options_apart(shop, asked, product)) or Part(product, missing="现价")
    less = listed[0].value - found.price
    said = f"原价{money(listed[0].value)}元，现价{money(found.price)}元"
    return Part(product, said + (f"，便宜{money(less)}元" if less > 0 else ""), (listed[0], found.fact))


def saving(shop: Shop, asked: Asked, meant: Meant) -> Part:
    """What buying several saves against one by one."""
    found = offers(shop, asked, meant.product)
    if found is None:
        return Part(meant.product, missing="价格")
    number = number_of(meant.quantity or _in_unit(asked, found.unit), found, meant.product)
    if (number is None or number == found.base) and found.tiers:
        number = found.tiers[0][0]
    total = found.total(number) if number else None
    if number is None or total is None:
        if asked.says("单买|单独买|分开"):
            return Part(meant.product, plain(found), _used(found))
        return list_price(shop, asked, meant.product)
    alone = found.price * number / found.base
    unit = found.unit or "件"
    return Part(
        meant.product,
        f"{money(number)}{unit}一共{money(total[0])}元，比一{unit}一{unit}买省{money(alone - total[0])}元",
        (found.fact, *total[1]),
    )


def count(shop: Shop, asked: Asked, meant: Meant) -> Part:
    """How many are in it; where several are sold together, the offer says so."""
    found = offers(shop, asked, meant.product)
    if (
        found is not None
        and found.base > 1
        and asked.says(rf"几{found.unit}|[0-9一二两三四五六七八九十]{found.unit}一起")
    ):
        return Part(meant.product, plain(found), _used(found))
    counted = simple(shop, asked, meant.product, "count")
    packed = re.compile(r"[×xX*]\s*[0-9]+\s*[\u4e00-\u9fff]")
    for fact in pick(shop, asked, meant.product, Property.UNIT_WEIGHT) if not counted.text else ():
        if packed.search(fact.written) and len(fact.written) <= 20:
            return Part(meant.product, fact.written, (fact,))
    packs = next((m[1] for f in asked.forms if (m := _HOW_MANY.search(f))), "")
    if any(f.unit in _HOLDS and f.value == 1 for f in counted.facts) and packs in _INSIDE:
        counted = Part(meant.product, missing="数量")  # one box, of whose pieces nothing is told
    for fact in pick(shop, asked, meant.product, *_PACKED_IN) if packs and not counted.text else ():
        for clause in clauses(fact):
            if re.search(rf"[0-9一二两三四五六七八九十]+小?{packs}", clause):
                return Part(meant.product, clause, (fact,))
    return counted


_HOW_MANY = re.compile(rf"(?:几|多少)小?({_UNITS})")
_HOLDS = frozenset("盒袋瓶箱罐包份件桶提篮筐")
_INSIDE = frozenset("个只枚片条颗支粒张根棵朵头尾")
_PACKED_IN = (Property.SPEC, Property.NOTE, Property.SELLING_POINT)


_NAMED_OFFER = re.compile(
    rf"(?:{_UNITS})(?:只要|是)?([0-9]+(?:\.[0-9]+)?)(?:块|元)?(?:钱)?的?(?:活动|优惠)?还(?:有|在|算)"
    r"|减([0-9]+)"
)
"""An offer as a viewer remembers it: 两份120还有吗, 减20的."""


def promotion(shop: Shop, asked: Asked, meant: Meant) -> Part:
    """What is offered; for a quantity that an offer names, what it comes to."""
    found = offers(shop, asked, meant.product)
    if meant.quantity is not None and found is not None and found.tiers:
        number = number_of(meant.quantity, found, meant.product)
        total = found.total(number) if number is not None else None
        if number is not None and total and any(t[2] in total[1] for t in found.tiers):
            return _total(meant.product, found, number, meant.quantity)
    told = simple(shop, asked, meant.product, "promotion")
    named = next((m[1] or m[2] for f in asked.forms if (m := _NAMED_OFFER.search(f))), "")
    written = told.text + "".join(f.written for f in told.facts)
    return told if named in written else Part(meant.product, missing="这个优惠")


def total_of(shop: Shop, asked: Asked, meant: Sequence[Meant]) -> Part:
    """One sum over several products, each with its quantity, less what 满减 takes off where that is asked."""
    costs = [(each, _cost_of(shop, asked, each)) for each in meant]
    if unknown := next((each for each, cost in costs if cost is None), None):
        return Part(unknown.product, missing="价格")
    known = [cost for _, cost in costs if cost is not None]
    total = sum((value for value, _ in known), Decimal(0))
    facts = [fact for _, used in known for fact in used]
    said = f"{'加'.join(money(value) for value, _ in known)}，一共{money(total)}元"
    if asked.says("减|优惠|到手|实付") and (less := _taken_off(shop, asked, meant[0].product, total)):
        said += f"，{less[1]}，实付{money(total - less[0])}元"
        facts.append(less[2])
    return Part("", said, tuple(dict.fromkeys(facts)))


def cost_of_all(shop: Shop, asked: Asked, meant: Sequence[Meant]) -> Decimal | None:
    """What everything asked about comes to; None where a price is open."""
    costs = [_cost_of(shop, asked, each) for each in meant]
    known = [cost[0] for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(costs) else None


def _cost_of(shop: Shop, asked: Asked, each: Meant) -> tuple[Decimal, tuple[Fact, ...]] | None:
    found = offers(shop, asked, each.product)
    if found is None or found.high is not None:
        return None
    number = number_of(each.quantity, found, each.product)
    return found.total(found.base if number is None else number)


_TAKEN_OFF = re.compile(r"满\s*(?P<least>[0-9]+)\s*[元块]?\s*(?:立减|减)\s*(?P<off>[0-9]+)")


def _taken_off(shop: Shop, asked: Asked, product: str, total: Decimal) -> tuple[Decimal, str, Fact] | None:
    """The best 满400减20 that the sum reaches."""
    reached = [
        (Decimal(m["off"]), m[0], fact)
        for fact in pick(shop, asked, product, Property.PROMOTION, Property.NOTE, Property.FREIGHT)
        for m in _TAKEN_OFF.finditer(wanted_text(fact))
        if total >= Decimal(m["least"])
    ]
    return max(reached, key=lambda r: r[0]) if reached else None
