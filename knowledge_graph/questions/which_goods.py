"""Which goods of the shop are so: of a place, within a sum, in stock, sent somewhere, said to be so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from knowledge_graph.facts import Fact, Shop
from knowledge_graph.questions import delivery, quoting, selling
from knowledge_graph.questions.asked import Asked
from knowledge_graph.questions.extremes import WHICH
from knowledge_graph.questions.pricing import money
from knowledge_graph.questions.quoting import clauses, pick
from knowledge_graph.questions.reply import Part, after_name
from knowledge_graph.questions.roll import MOST, Label, names
from knowledge_graph.questions.texts import TEXTS, wanted_text
from knowledge_graph.schema import Property

Holding = Mapping[str, tuple[Fact, ...]]
"""The goods that are so, and the facts that say it."""
_TOLD_EACH = 2
"""Of so many goods each offer is told; of more, only the names."""


def told(shop: Shop, asked: Asked, goods: Sequence[str], label: Label) -> list[Part] | None:
    """The goods asked for by what their facts say; None where that is not asked or no fact says it."""
    answers = (_origins, _priced, _in_stock, _where_to, _reached, _free_of_freight, _having, _saying)
    found = (answer(shop, asked, goods, label) for answer in answers)
    return next((parts for parts in found if parts is not None), None)


def _told(lead: str, holding: Holding, label: Label, missing: str = "") -> list[Part]:
    facts = tuple(dict.fromkeys(f for held in holding.values() for f in held))
    return [Part("", f"{lead}{names(list(holding), label)}", facts, missing)]


_WHENCE = re.compile(
    rf"(?:都|全|各|分别)(?:是|从)?.{{0,3}}(?:哪里|什么地方|哪个?(?:省|县|市|村)|哪$)|{WHICH}.{{0,2}}地方"
)


def _origins(shop: Shop, asked: Asked, goods: Sequence[str], label: Label) -> list[Part] | None:
    """Where all of them come from, place by place; of one place, which come from there."""
    origins = {p: tuple(pick(shop, asked, p, Property.ORIGIN)) for p in goods}
    if asked.places and asked.says(WHICH) and not asked.says("[发寄送到]"):
        place = asked.places[0][0]
        there = {p: held for p, held in origins.items() if any(place in str(f.value) for f in held)}
        return _told(f"{place}的有", there, label) if there else [Part(missing="产地")]
    if asked.places or not any(_WHENCE.search(f) for f in asked.forms) or asked.says("[发寄送]"):
        return None
    by_place: dict[str, list[str]] = {}
    for product, held in origins.items():
        for fact in held[:1]:
            by_place.setdefault(str(fact.value), []).append(product)
    if not by_place:
        return [Part(missing="产地")]
    facts = tuple(f for held in origins.values() for f in held[:1])
    open_ = "" if all(origins.values()) else "有的商品产地"
    if len(by_place) == 1 and not open_:
        return [Part("", f"产地都是{next(iter(by_place))}", facts)]
    ranked = sorted(by_place, key=lambda place: -len(by_place[place]))
    said = [
        f"{place}的有{label(by_place[place][0])}" + (f"等{n}样" if (n := len(by_place[place])) > 1 else "")
        for place in ranked[:MOST]
    ]
    more = sum(len(by_place[place]) for place in ranked[MOST:])
    return [Part("", "；".join(said) + (f"；还有{more}样" if more else ""), facts, open_)]


_BOUND = re.compile(
    r"(?:块|元|[0-9零一二两三四五六七八九十百千])(?:钱)?的?(?:(?P<below>以内|以下|之内|之下|不到|内)|(?P<above>以上|往上|朝上|之上))"
)


def _priced(shop: Shop, asked: Asked, goods: Sequence[str], label: Label) -> list[Part] | None:
    """Goods up to a sum, from a sum on or between two, by the price of one offer."""
    said = next((a for a in asked.amounts() if a.kind in ("money", "number")), None)
    match = next((m for f in asked.forms if (m := _BOUND.search(f))), None)
    between = said is not None and said.high is not None and asked.says(rf"[块元]|的.{{0,2}}{WHICH}")
    if said is None or not (match or between) or asked.says("岁|月大|[斤克]|满|包邮|减"):
        return None
    lowest = said.value if between or (match and match["above"]) else Decimal(0)
    highest = said.high if between else None if match and match["above"] else said.value
    sums = f"{money(lowest)}元到{money(highest)}元" if between and highest else money(said.value) + "元"
    side = "" if between else "以内" if highest is not None else "以上"
    offers = {p: o for p in goods if (o := selling.offers(shop, asked, p))}
    inside = [
        p
        for p, o in offers.items()
        if o.price >= lowest and (highest is None or (o.high or o.price) <= highest)
    ]
    missing = "" if len(offers) == len(goods) else "有的商品价钱"
    facts = tuple(offers[p].fact for p in (inside or offers))
    if not inside:
        return [Part("", f"写了价钱的里面没有{sums}{side}的", facts, missing)] if offers else None
    inside.sort(key=lambda p: offers[p].price)
    each = "、".join(after_name(label(p), selling.plain(offers[p]).split("，")[0]) for p in inside[:MOST])
    more = f"，还有{len(inside) - MOST}样" if len(inside) > MOST else ""
    return [Part("", f"{sums}{side}的有{each}{more}", facts, missing)]


def _in_stock(shop: Shop, asked: Asked, goods: Sequence[str], label: Label) -> list[Part] | None:
    """What is sold out, or what is left."""
    gone = asked.says("没[有得]?货|卖[完光]|售罄|断货|缺货|卖没|抢[完光]")
    if not gone and not asked.says(rf"{WHICH}.{{0,3}}(?:有(?:现)?货|现货)"):
        return None
    facts = {p: pick(shop, asked, p, Property.STOCK)[:1] for p in goods}
    known = {p: f[0] for p, f in facts.items() if f and isinstance(f[0].value, Decimal)}
    if not known:
        return [Part(missing="库存")]
    so = {p: (f,) for p, f in known.items() if bool(f.value) != bool(gone)}
    missing = "" if len(known) == len(goods) else "有的商品库存"
    if so:
        return _told("没货的是" if gone else "有货的是", so, label, missing)
    held = "都" if not missing else "写了库存的都"
    return [Part("", f"{held}{'还有货' if gone else '没货了'}", tuple(known.values()), missing)]


def _where_to(shop: Shop, asked: Asked, goods: Sequence[str], label: Label) -> list[Part] | None:
    """Where the shop sends its goods: the rule that all share, else each with what it holds for."""
    if asked.places or not asked.says("都(?:能|可以|给)?[发寄送](?:到|往|去)?(?:哪里|哪些|什么地方)"):
        return None
    by_rule: dict[str, dict[str, tuple[Fact, ...]]] = {}
    for product in goods:
        part = delivery.region(shop, asked, product)
        by_rule.setdefault(part.text, {})[product] = part.facts
    unknown = bool(by_rule.pop("", None))
    missing = "发货范围" if unknown else ""
    if len(by_rule) <= 1:
        return [Part("", rule, next(iter(held.values())), missing) for rule, held in by_rule.items()] or [
            Part(missing=missing)
        ]
    return [part for rule, held in by_rule.items() for part in _told(f"{rule}的有", held, label, missing)]


def _reached(shop: Shop, asked: Asked, goods: Sequence[str], label: Label) -> list[Part] | None:
    """Which goods are sent to a place, or are not."""
    if not asked.places or not asked.says("[发寄送到]") or not asked.says(WHICH):
        return None
    parts = {p: delivery.region(shop, asked, p) for p in goods}
    known = {p: part for p, part in parts.items() if part.text}
    if not known:
        return [Part(missing="发货范围")]
    refused = asked.says("(?:不|没)(?:能|可以|给|往)?[发寄送到]|[发寄送到]不")
    no = {p: part.facts for p, part in known.items() if re.search("不发货|发不了", part.text)}
    so = no if refused else {p: part.facts for p, part in known.items() if p not in no}
    place, word = asked.places[0][0], "不发" if refused else "能发"
    missing = "" if len(known) == len(goods) else "有的商品发货范围"
    if so and len(so) < len(known):
        return _told(f"{word}{place}的有", so, label, missing)
    other = word if so else "能发" if refused else "不发"
    held = "都" if not missing else "写了发货范围的都"
    facts = tuple(dict.fromkeys(f for part in known.values() for f in part.facts))
    dearer = list(dict.fromkeys(part.text for part in known.values() if "加" in part.text))
    said = dearer[0] if len(dearer) == 1 and not missing and not no else f"{held}{other}{place}"
    return [Part("", said, facts, missing)]


_FREE = re.compile("(?<!不)(?:包邮|免运费|免邮)")


def _free_of_freight(shop: Shop, asked: Asked, goods: Sequence[str], label: Label) -> list[Part] | None:
    """Which goods are sent free; a rule of the whole shop is quoted as it stands."""
    if not asked.says(
        rf"{WHICH}.{{0,4}}(?:包邮|免运|免邮|不用.{{0,2}}[邮运]费)|(?:都|全部)(?:是|能|可以)?(?:包邮|免邮)|(?:包邮|免邮)的"
    ):
        return None
    wanted = (Property.FREIGHT, Property.PROMOTION, Property.NOTE)
    free = {
        p: tuple(f for f in pick(shop, asked, p, *wanted) if _FREE.search(f.written or wanted_text(f)))
        for p in goods
    }
    free = {p: held for p, held in free.items() if held}
    rest = delivery.freight(shop, asked, goods[0])
    if not free:
        shared = tuple(
            f for f in shop.shop_facts() if f.property is Property.FREIGHT and f.valid_on(asked.day)
        )
        return [Part("", quoting.joined(shared), shared, "包邮")]
    if len(free) == len(goods) and len({wanted_text(held[0]) for held in free.values()}) == 1:
        return [Part("", rest.text, rest.facts)]
    return _told("写了包邮的有", free, label)


_EVERY = "(?:全都|全部|都)(?:是|有|在|要|能)"
_KINDS = ("presale", "promotion", "gift", "limit", "certificate")


def _having(shop: Shop, asked: Asked, goods: Sequence[str], label: Label) -> list[Part] | None:
    """Goods with an offer, a gift, a presale or a certificate: which it is, or of many their names."""
    kind = next((k for k in _KINDS if k in asked.intents), "")
    every = asked.says(_EVERY)
    if not kind or not (every or asked.says(rf"{WHICH}.{{0,3}}(?:是|有|在|要|带|送)")):
        return None
    certified = kind == "certificate"
    told = [
        quoting.certificate(shop, asked, p) if certified else quoting.simple(shop, asked, p, kind)
        for p in goods
    ]
    having = [part for part in told if part.text and not part.missing and _holds(part, asked, kind)]
    if not having:
        return None
    if len(having) <= _TOLD_EACH and not every:
        return having
    topic = "证书" if certified else quoting.SIMPLE[kind][0]
    missing = f"其他商品的{topic}" if every and len(having) < len(goods) else ""
    return _told(f"写了{topic}的有", {part.product: part.facts for part in having}, label, missing)


def _holds(part: Part, asked: Asked, kind: str) -> bool:
    """Whether an offer is not over; a gift is one that is given."""
    given = kind != "gift" or bool(re.search("[送赠配附]", part.text))
    return given and all(fact.valid_on(asked.day) for fact in part.facts)


_WORD = re.compile(
    rf"(?:{WHICH}|有没有|有(?:什么)?|{_EVERY})(?:是|有|能|可以|要|得|需要|适合|用|做|最)*(?P<word>[\u4e00-\u9fff]{{2,4}}?)"
    r"(?:做的|的)?(?:东西|货|商品|产品)?(?:吗|呢|呀|啊|没有|不)?[，。？?！!]*$"
)
_PRAISE = re.compile("好|划算|合算|实惠|值|推荐|喜欢|受欢迎")
"""What no record can decide for another: which is best, which is worth it."""
_NOT = re.compile("[不没无未非别勿]")


def _saying(shop: Shop, asked: Asked, goods: Sequence[str], label: Label) -> list[Part] | None:
    """Goods of which the record has the word asked for, quoted as a word of the record."""
    word = next((m["word"] for f in asked.forms if (m := _WORD.search(f))), "")
    if not word or _PRAISE.search(word) or not (asked.says(WHICH) or asked.says("的(?:吗|没有|不)?$")):
        return None
    shared = {(f.property, f.value) for f in shop.shop_facts()}
    saying: dict[str, tuple[Fact, ...]] = {}
    for product in goods:
        own = (f for f in pick(shop, asked, product, *TEXTS) if (f.property, f.value) not in shared)
        held = tuple(f for f in own if _says(f, word))
        if held:
            saying[product] = held[:1]
    return _told(f"资料里写着“{word}”的有", saying, label) if saying else None


def _says(fact: Fact, word: str) -> bool:
    for clause in clauses(fact):
        at = clause.find(word)
        if at >= 0 and not _NOT.search(clause[max(0, at - 3) : at]):
            return True
    return False
