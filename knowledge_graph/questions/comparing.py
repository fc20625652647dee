"""Comparison of products: cheaper, better value, bigger, longer-lasting, more of a quality both name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from knowledge_graph.facts import Fact, Shop
from knowledge_graph.questions import delivery, keeping, measuring, quoting, selling
from knowledge_graph.questions.asked import Asked
from knowledge_graph.questions.mentions import Meant
from knowledge_graph.questions.pricing import GRAMS, Offers, money
from knowledge_graph.questions.quoting import pick
from knowledge_graph.questions.reply import Part, after_name
from knowledge_graph.questions.texts import TEXTS, wanted_text
from knowledge_graph.schema import Property

COMPARES = re.compile(
    r"哪[个款样种一只颗罐盒瓶箱袋包条把饼]|区别|不一样|不同|差异|差(?!评)|比|便宜多少|贵多少|同一个|一个地方|一样|还是"
)
_WHICH = "哪[个款样种一只颗罐盒瓶箱袋包条把饼]"
_PART_OF_IT = re.compile(
    rf"{_WHICH}的?(?P<part>[核籽骨刺皮肉壳仁芯叶汁味香油筋])(?:更|要|比较)?[大小细多少厚薄重浓淡硬软]"
)
_QUALITY = re.compile(
    rf"{_WHICH}(?:个|款)?(?:更|要|最|比较)?([\u4e00-\u9fff]{{1,2}}?)(?:一些|一点|点|些|呀|啊|呢|嘛|的|$|[，。？?])"
)


def compare(
    shop: Shop, asked: Asked, meant: Sequence[Meant], label: Callable[[str], str]
) -> list[Part] | None:
    """Parts that compare the products; None where the question does not compare."""
    products = [m.product for m in meant]
    cheaper = asked.says(rf"{_WHICH}.{{0,3}}(?:便宜|贵)")
    by_weight = asked.says(r"[论按][斤两]|(?:一|每|单)[斤两]|单价")
    if (cheaper and by_weight) or asked.says(r"划算|合算|实惠|性价比|划得来"):
        return _value(shop, asked, meant, label)
    if asked.says(r"(?:便宜|贵|差)(?:了)?(?:多少|几)(?:钱|块|元)?|差价") and not asked.says("多大|大小"):
        return _difference(shop, asked, meant, label)
    if asked.has("alike") and asked.says("价|钱"):
        return _difference(shop, asked, meant, label)
    if cheaper:
        return _each(products, lambda p: selling.price(shop, asked, Meant(p)))
    if part := next((m["part"] for f in asked.forms if (m := _PART_OF_IT.search(f))), ""):
        return _parts_of_it(shop, asked, products, part, label)
    for pattern, responder in (
        (r"放得?(?:更|要)?久|保质|耐放", lambda p: keeping.shelf_life(shop, asked, p)),
        (r"大|小|尺寸|长|宽|高", lambda p: quoting.simple(shop, asked, p, "size")),
        (r"重|斤两|分量|轻", lambda p: measuring.weight(shop, asked, Meant(p))),
        (r"[煮蒸炖泡煲烤]得?(?:更|要)?(?:久|快|长)", lambda p: quoting.simple(shop, asked, p, "usage")),
        (r"发货?.{0,3}快|先发|快", lambda p: delivery.when(shop, asked, p)),
        (r"哪里|产地|一个地方|地方", lambda p: quoting.simple(shop, asked, p, "origin")),
    ):
        if asked.says(
            rf"{_WHICH}.{{0,4}}(?:{pattern})|差多大|是不是一个地方|(?:{pattern})(?:一样|不一样|有什么区别)"
        ) and asked.says(pattern):
            return _each(products, responder)
    if asked.has("difference", "alike"):
        return _unlike(shop, asked, products)
    if asked.says(rf"{_WHICH}.{{0,2}}(?:能|可以|会|要)"):
        quoted = [intent for intent in quoting.SIMPLE if intent in asked.intents]
        if quoted:
            return _each(products, lambda p: quoting.simple(shop, asked, p, quoted[0]))
    match = next((m for f in asked.forms if (m := _QUALITY.search(f))), None)
    if match or asked.says(_WHICH):
        return _quality(shop, asked, products, match[1] if match else "", label)
    return None


def _each(products: Sequence[str], responder: Callable[[str], Part]) -> list[Part]:
    """What is known of each product, then what is not."""
    return sorted(map(responder, products), key=lambda part: not part.text)


def _value(shop: Shop, asked: Asked, meant: Sequence[Meant], label: Callable[[str], str]) -> list[Part]:
    rows: list[tuple[Decimal, Meant, Offers, Decimal]] = []
    for each in meant:
        found = selling.offers(shop, asked, each.product)
        if found is None or found.high is not None or not found.grams:
            return [Part(each.product, missing="价格" if found is None else "净重")]
        number = selling.number_of(each.quantity, found, each.product)
        number = found.base if number is None else number
        total = found.total(number)
        cost = total[0] if total else found.price
        rows.append((cost / (found.grams * (number / found.base if total else 1)), each, found, cost))
    facts = tuple(
        dict.fromkeys(
            f
            for _, _, o, _ in rows
            for f in (o.fact, *(t[2] for t in o.tiers), *((o.weight_fact,) if o.weight_fact else ()))
        )
    )
    said = []
    for rate, each, _, cost in rows:
        jin = (rate * GRAMS["斤"]).quantize(Decimal("0.01"))
        about = "" if jin == rate * 500 else "约"
        said.append(f"{after_name(label(each.product), money(cost))}元，合一斤{about}{money(jin)}元")
    if len({r for r, *_ in rows}) == 1:
        return [Part("", "；".join(said) + "，一样划算", facts)]
    best = min(rows, key=lambda r: r[0])
    return [Part("", "；".join(said) + f"，{label(best[1].product)}划算", facts)]


def _difference(shop: Shop, asked: Asked, meant: Sequence[Meant], label: Callable[[str], str]) -> list[Part]:
    found = [(m.product, selling.offers(shop, asked, m.product)) for m in meant[:2]]
    if any(o is None or o.high is not None for _, o in found):
        return [Part(next(p for p, o in found if o is None or o.high is not None), missing="价格")]
    (a, first), (b, second) = found
    if first is None or second is None:
        return []
    gap = first.price - second.price
    said = f"{after_name(label(a), money(first.price))}元，{after_name(label(b), money(second.price))}元"
    said += f"，差{money(abs(gap))}元" if gap else "，价钱一样"
    return [Part("", said, (first.fact, second.fact))]


def _unlike(shop: Shop, asked: Asked, products: Sequence[str]) -> list[Part]:
    parts = []
    for product in products:
        facts: list[Fact] = []
        for wanted in (
            Property.VARIETY,
            Property.GRADE,
            Property.CRAFT,
            Property.SIZE,
            Property.SELLING_POINT,
            Property.USAGE,
        ):
            facts += pick(shop, asked, product, wanted)
        own = [f for f in facts if f.product and len(wanted_text(f)) <= 24][:3]
        if own:
            parts.append(Part(product, "，".join(wanted_text(f) for f in own), tuple(own)))
    return parts if len(parts) == len(products) else [Part(missing="区别")]


_TELLING = (
    Property.SELLING_POINT,
    Property.NOTE,
    Property.REMINDER,
    Property.CRAFT,
    Property.VARIETY,
    Property.SPEC,
)


def _parts_of_it(
    shop: Shop, asked: Asked, products: Sequence[str], part: str, label: Callable[[str], str]
) -> list[Part]:
    """Whose stones are smaller: what the records say of the stones, and of which they say nothing."""
    said = [_clause_with(shop, asked, product, part) for product in products]
    if not any(said):
        return [Part(missing="")]
    return [s or Part(missing=f"{label(p)}的") for p, s in zip(products, said, strict=True)]


def _clause_with(shop: Shop, asked: Asked, product: str, char: str) -> Part | None:
    for fact in pick(shop, asked, product, *TEXTS):
        clause = next((c for c in quoting.clauses(fact) if char in c), None)
        if fact.product and fact.property in _TELLING and clause:
            return Part(product, clause, (fact,))
    return None


def _quality(
    shop: Shop, asked: Asked, products: Sequence[str], quality: str, label: Callable[[str], str]
) -> list[Part]:
    """Which is more of a quality: the records' own words for each."""
    char = quality.strip("更要最大小")[:1] or quality
    if not char:
        return [Part(missing="比较")]
    told = _parts_of_it(shop, asked, products, char, label)
    compared = all(p.text for p in told) and asked.says("更|一点|[\u4e00-\u9fff]点|一些|[\u4e00-\u9fff]些")
    return [*told, Part(missing=f"哪个更{char}")] if compared else told
