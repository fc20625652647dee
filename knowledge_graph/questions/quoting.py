"""Answers that quote: one responder a property, and the search for facts with the question's words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from knowledge_graph.facts import Fact, Shop
from knowledge_graph.questions.asked import Asked
from knowledge_graph.questions.reply import Part
from knowledge_graph.questions.texts import is_rule, wanted_text
from knowledge_graph.schema import Property

_CLAUSE = re.compile(r"[；;。！!\n]")


def pick(shop: Shop, asked: Asked, product: str, *wanted: Property) -> list[Fact]:
    """Facts of the properties that hold on the day, in the order of ``wanted``."""
    held = [f for f in shop.facts(product) if f.valid_on(asked.day)]
    if not any(not f.product for f in held):
        held += [f for f in shop.shop_facts() if f.valid_on(asked.day)]
    return [f for w in wanted for f in held if f.property is w and is_rule(f)]


CELLS = (Property.COURIER, Property.COUNT, Property.NET_WEIGHT)
"""Properties read out of a longer cell, whose other words are worth quoting too."""


def clauses(fact: Fact) -> list[str]:
    """The clauses a fact's text falls into; for a value read out of a longer cell, the cell's."""
    text = wanted_text(fact)
    if fact.property in CELLS and len(fact.written) <= 60:
        text = fact.written
    return [c.strip() for c in _CLAUSE.split(text) if c.strip()]


def joined(facts: Iterable[Fact], most: int = 70) -> str:
    """Texts of several facts, as many as are comfortable to hear, none twice."""
    said: list[str] = []
    for text in dict.fromkeys(wanted_text(f) for f in facts):
        if said and len("，".join((*said, text))) > most:
            break
        if not any(text in s for s in said):
            said.append(text)
    return "，".join(said)


_SERVINGS = re.compile(
    r"(?:[0-9]+|[一二两三四五六七八九十]+)(?:[-~至到][0-9一二三四五六七八九十]+)?个?人(?:份|量|吃|餐)"
)


def servings(shop: Shop, asked: Asked, product: str) -> Part:
    """For how many people it is, as the name or the specification says."""
    for fact in pick(
        shop, asked, product, Property.NAME, Property.SPEC, Property.SUITABLE_FOR, Property.NOTE
    ):
        if match := _SERVINGS.search(wanted_text(fact)):
            return Part(product, match[0], (fact,))
    return Part(product, missing="几人份")


_SENT_FROM = re.compile(r"从(?P<place>[\u4e00-\u9fff]{2,8}?)(?:直接|直)?(?:发|寄)")


def ship_from(shop: Shop, asked: Asked, product: str) -> Part:
    """Where parcels leave from, as the shipping promise says; else where the goods come from."""
    for fact in pick(shop, asked, product, Property.SHIPPING_HOURS, Property.SHIP_SCHEDULE, Property.NOTE):
        if match := _SENT_FROM.search(fact.written):
            return Part(product, f"从{match['place']}发货", (fact,))
    return simple(shop, asked, product, "ship_from")


def _quoted(product: str, facts: list[Fact]) -> Part | None:
    return Part(product, joined(facts), tuple(facts)) if facts else None


_OWN = re.compile("自家|自己|自产|自[种养]|合作|代工|代销|代卖")


def maker(shop: Shop, asked: Asked, product: str) -> Part:
    """Who makes it; else where the record says that it is the shop's own, or of others."""
    told = simple(shop, asked, product, "maker")
    if told.text or not asked.says("自"):
        return told
    for fact in pick(
        shop, asked, product, Property.SELLING_POINT, Property.ORIGIN, Property.NOTE, Property.SPEC
    ):
        if fact.product and (clause := next((c for c in clauses(fact) if _OWN.search(c)), None)):
            return Part(product, clause, (fact,))
    return told


_GROWN = re.compile(
    r"(?:19|20)[0-9]{2}年|今年|当年|去年|[春夏秋冬]货|新[米谷粮茶货麦豆果丝棉枣]|当季|陈[米谷粮茶货]|头茬"
)

_FRESHLY = re.compile("[现鲜][摘采捞挖割收]")


def harvest(shop: Shop, asked: Asked, product: str) -> Part:
    """When it was harvested: its own property, else where the record names the year or the new crop."""
    told = simple(shop, asked, product, "harvest")
    if told.text:
        return told
    grown = _FRESHLY if asked.says(_FRESHLY.pattern) else _GROWN
    for fact in pick(
        shop, asked, product, Property.SELLING_POINT, Property.SPEC, Property.NOTE, Property.VARIETY
    ):
        if fact.product and grown.search(wanted_text(fact)):
            return Part(product, wanted_text(fact), (fact,))
    return told


SIMPLE: dict[str, tuple[str, str, tuple[Property, ...]]] = {
    "count": ("数量", "{}", (Property.COUNT,)),
    "size": ("尺寸", "尺寸{}", (Property.SIZE,)),
    "color": ("颜色", "颜色有{}", (Property.COLOR,)),
    "material": ("材质", "材质是{}", (Property.MATERIAL,)),
    "craft": ("工艺", "工艺是{}", (Property.CRAFT,)),
    "ingredients": ("配料", "配料有{}", (Property.INGREDIENTS,)),
    "origin": ("产地", "产地是{}", (Property.ORIGIN,)),
    "ship_from": ("发货地", "{}发货", (Property.ORIGIN,)),
    "storage": ("存放方法", "存放要{}", (Property.STORAGE,)),
    "courier": ("快递", "发{}", (Property.COURIER,)),
    "limit": ("限购", "{}", (Property.PURCHASE_LIMIT,)),
    "presale": ("预售", "{}", (Property.PRESALE,)),
    "usage": ("用法", "用法是{}", (Property.USAGE,)),
    "care": ("保养", "{}", (Property.CARE, Property.STORAGE)),
    "reminder": ("注意事项", "{}", (Property.REMINDER, Property.CARE)),
    "suitable_for": ("适不适合", "适合{}", (Property.SUITABLE_FOR,)),
    "points": ("特点", "{}", (Property.SELLING_POINT,)),
    "harvest": ("采收时间", "采收时间是{}", (Property.HARVEST_SEASON,)),
    "produced": ("生产日期", "生产日期是{}", (Property.PRODUCED_ON,)),
    "maker": ("厂家", "{}", (Property.MAKER, Property.BRAND)),
    "variety": ("品种", "{}", (Property.VARIETY,)),
    "grade": ("等级", "等级是{}", (Property.GRADE,)),
    "lead_time": ("工期", "{}", (Property.LEAD_TIME,)),
    "promotion": ("优惠", "{}", (Property.PROMOTION, Property.GIFT)),
    "gift": ("赠品", "{}", (Property.GIFT, Property.PROMOTION)),
    "spec": ("规格", "{}", (Property.SPEC,)),
}
"""Intent → what it is called, how it is said, and the properties that answer it."""
_LED = {SIMPLE[kind][2][0]: SIMPLE[kind][1] for kind in ("material", "craft", "ingredients")}


def led(fact: Fact, clause: str) -> str:
    """A clause with the words that make it a sentence: 植脂末、茶粉 is what is in it."""
    return _LED.get(fact.property, "{}").format(clause)


def simple(shop: Shop, asked: Asked, product: str, intent: str) -> Part:
    """Quote the property an intent asks for; a part that says what is missing where there is none."""
    topic, form, wanted = SIMPLE[intent]
    facts = pick(shop, asked, product, *wanted)
    facts = [f for f in facts if not re.match(r"见|详见|同上|如图", wanted_text(f))]
    if intent == "promotion" and not facts and (over := _ended(shop, asked, product)):
        return over
    if intent == "color" and not facts:
        told = pick(shop, asked, product, Property.SELLING_POINT, Property.SPEC, Property.NOTE)
        return _quoted(
            product,
            [
                f
                for f in told
                if re.search("[\u4e00-\u9fff]色|[红白黄黑绿蓝紫金银][亮盒袋皮肉]", wanted_text(f))
            ][:1],
        ) or Part(product, missing=topic)
    if intent == "size" and asked.says("最[大小长宽高厚]") and not _several_sizes(facts):
        return Part(product, missing=topic)
    if intent == "usage" and asked.says(_RAW) and (cooked := _cooked(shop, asked, product)):
        return cooked
    if intent == "spec" and asked.says("[里装有]") and (inside := _inside(shop, asked, product)):
        return inside
    if intent == "material" and not facts and pick(shop, asked, product, Property.INGREDIENTS):
        return simple(shop, asked, product, "ingredients")
    if intent == "ingredients" and not facts and pick(shop, asked, product, Property.MATERIAL):
        return simple(shop, asked, product, "material")
    if intent in ("size", "spec", "ingredients") and not facts:
        return _from_cell(shop, asked, product, intent, topic)
    if intent in ("care", "promotion", "gift", "maker", "reminder"):
        facts = [f for f in facts if f.property is wanted[0]] or facts
    if intent == "promotion" and not facts:
        return _tiers(shop, asked, product)
    if not facts:
        return Part(product, missing=topic if intent != "material" else "这个")
    text = joined(facts)
    if intent == "count" and isinstance(facts[0].value, Decimal):
        low, high = facts[0].value, facts[0].high
        text = f"{low.normalize():f}" + (f"到{high.normalize():f}" if high else "") + (facts[0].unit or "个")
    if intent == "courier" and (clause := _clause_of(facts[0].written, product)):
        return Part(product, clause, tuple(facts[:1]))
    if (
        intent == "courier"
        and re.search("补|加|默认|可选|或", facts[0].written)
        and len(facts[0].written) <= 30
    ):
        return Part(product, facts[0].written, tuple(facts))
    if intent == "storage" and _TELLS.match(text):
        form = "{}"
    elif intent == "usage" and asked.says("吃"):
        form = "吃法是{}"
    return Part(product, form.format(text), tuple(facts))


_TELLS = re.compile(
    "存|放|保[存管质鲜]|开[封盖袋瓶箱]|避免|请|怕|要|不|别|勿|可|建议|常温[存放保]|[冷密][^，]{0,3}保存"
)
"""Beginnings of a storage text that say of themselves what to do."""


def _clause_of(text: str, product: str) -> str:
    """Of clauses that each rule some goods by name (奶豆腐、酸奶发顺丰), the one that names the product."""
    told = [c for c in re.split(r"[，,；;。\n]", text) if re.search("[发走]", c)]
    for clause in told if len(told) > 1 else ():
        named = re.split(r"[、和及与等]|[发走]", clause)
        if any(len(name) > 1 and name in product for name in named):
            return clause.strip()
    return ""


_FITS = re.compile("偏[大小紧松]|[大小]一?[码号]|正码|标准码")


def size(shop: Shop, asked: Asked, product: str) -> Part:
    """Its sizes; who asks which to take is told how it fits, where the record says so."""
    told = simple(shop, asked, product, "size")
    if not asked.says("穿|[拍选买要拿]多大|几码|多少码|什么码|偏"):
        return told
    advice = [
        f
        for f in pick(shop, asked, product, Property.REMINDER, Property.NOTE, Property.SELLING_POINT)
        if _FITS.search(wanted_text(f)) and wanted_text(f) not in told.text
    ][:1]
    if not advice:
        return told
    said = "，".join(filter(None, (told.text, wanted_text(advice[0]))))
    return Part(product, said, (*told.facts, *advice))


def _ended(shop: Shop, asked: Asked, product: str) -> Part | None:
    """A promotion that is over: that it is, and none of its figures."""
    offers = (Property.PROMOTION, Property.NOTE)
    over = [
        f
        for f in shop.facts(product)
        if f.property in offers and f.valid_until is not None and f.valid_until < asked.day
    ]
    return Part(product, "这个活动已经过期了", (over[0],)) if over else None


def _several_sizes(facts: Iterable[Fact]) -> bool:
    """Whether sizes are told apart, so that one of them is the largest."""
    return any(
        re.search(r"[大中小]号|[SMLX]+码?[/、，,]|看大小|[0-9]\s*[-~至到]\s*[0-9]", wanted_text(f))
        for f in facts
    )


def _tiers(shop: Shop, asked: Asked, product: str) -> Part:
    """Asked for an offer where none is written as such: what several cost together."""
    tiers = [f for f in pick(shop, asked, product, Property.PRICE_TIER) if f.per and f.per.value > 1]
    if not tiers:
        return Part(product, missing="优惠")
    said = [f"{f.per}{f.value.normalize():f}元" for f in tiers if isinstance(f.value, Decimal)]
    return Part(product, "，".join(said), tuple(tiers))


_SIZED = re.compile(r"果径|直径|长|宽|高|尺寸|[cm]m|厘米|毫米|(?<=\d)\s*[×xX*]\s*\d|码|寸")


def _from_cell(shop: Shop, asked: Asked, product: str, intent: str, topic: str) -> Part:
    """A size or what is inside, where it stands in the specification among other things."""
    for fact in pick(
        shop, asked, product, Property.SPEC, Property.NET_WEIGHT, Property.COUNT, Property.GRADE
    ):
        text = wanted_text(fact) if fact.property is Property.SPEC else fact.written
        if len(text) > 60:
            continue
        if intent == "spec" and re.search(r"[+、，,×*]", text):
            return Part(product, text, (fact,))
        if intent == "ingredients" and re.search(r"[\u4e00-\u9fff].*\+", text):
            return Part(product, text, (fact,))
        for piece in re.split(r"[，,；;、]", text):
            if intent == "size" and _SIZED.search(piece):
                return Part(
                    product, piece if re.search("径|尺寸|长|宽|高", piece) else f"尺寸{piece}", (fact,)
                )
    inside = _inside(shop, asked, product) if intent != "size" else None
    return inside or Part(product, missing=topic)


_INSIDE = re.compile("内装|内含|内有|里面?有|装有|包含")
_RAW = "生[吃食]|半生|夹生|没[煮炒烧蒸]?熟|不[煮炒烧蒸]?熟"


def _inside(shop: Shop, asked: Asked, product: str) -> Part | None:
    """What a box holds, where a remark lists it."""
    for fact in pick(shop, asked, product, Property.NOTE, Property.SELLING_POINT):
        if fact.product and _INSIDE.search(wanted_text(fact)):
            return Part(product, wanted_text(fact), (fact,))
    return None


def _cooked(shop: Shop, asked: Asked, product: str) -> Part | None:
    """Whoever would eat it raw hears first that it must be done, where a reminder says so."""
    for fact in pick(shop, asked, product, Property.REMINDER, Property.CARE):
        if re.search("熟|煮[开透沸]|生[吃食]", wanted_text(fact)):
            return Part(product, wanted_text(fact), (fact,))
    return None


def stock(shop: Shop, asked: Asked, product: str) -> Part:
    """How many are left; of goods that are made or sent later, that."""
    if asked.says("现货") and (later := pick(shop, asked, product, Property.LEAD_TIME, Property.PRESALE)):
        return Part(product, joined(later), tuple(later))
    facts = [f for f in pick(shop, asked, product, Property.STOCK) if isinstance(f.value, Decimal)]
    if not facts:
        return Part(product, missing="库存")
    number = f"{facts[0].value.normalize():f}" if isinstance(facts[0].value, Decimal) else ""
    if not facts[0].value:
        return Part(product, "现在没货了", tuple(facts))
    plain = unicodedata.normalize("NFKC", facts[0].written).strip()
    unit = plain.lstrip("0123456789.,") if len(plain) < 8 else ""
    return Part(product, f"还有{number}{unit or facts[0].unit or '件'}", tuple(facts))


_CERTIFICATES: tuple[tuple[str, str, str], ...] = (
    ("有机认证", "有机", "有机"),
    ("绿色食品认证", "绿色食品", "绿色"),
    ("地理标志", "地标|地理标志", "地理标志|地标"),
    ("检验报告", "检验报告|检测报告|质检|检测|检验|报告", "报告|检"),
    ("专利", "专利", "专利"),
    ("备案", "备案|特证", "备案|特证|妆字"),
    ("老字号", "老字号", "老字号"),
    ("生产许可证", r"许可|(?<![a-z])sc(?![a-z])|证号|编号", r"SC\s*\d|许可|号|\d{6,}"),
)


def certificate(shop: Shop, asked: Asked, product: str) -> Part:
    """The certificates asked for; one that is named and not held is missing, whatever else there is."""
    facts = pick(shop, asked, product, Property.CERTIFICATE)
    known: list[Fact] = []
    missing = ""
    for topic, question, held in _CERTIFICATES:
        if not asked.says(question):
            continue
        found = [f for f in facts if re.search(held, wanted_text(f))]
        known += found
        missing = missing or ("" if found else topic)
        if topic != "地理标志":
            break
    else:
        if not known and not missing:
            known, missing = facts, "" if facts else "证书"
    if asked.says("证号|编号") and not missing:
        known += [f for f in facts if re.search(r"\d{6,}", wanted_text(f))]
    if not known:
        return Part(product, missing=missing or "证书")
    known = list(dict.fromkeys(known))
    if asked.says("有(?!机).{0,8}(?:没有?|吗|不|么|伐|啵|哇)") and not missing:
        return Part(product, "有" + joined(known), tuple(known))
    return Part(product, "证书是" + joined(known), tuple(known), missing if missing != "生产许可证" else "")


def after_sales(shop: Shop, asked: Asked, product: str) -> Part:
    """What the shop does when goods come broken or are not wanted, the product's own rules first."""
    facts = pick(shop, asked, product, Property.AFTER_SALES)
    others = pick(shop, asked, product, Property.REMINDER, Property.NOTE, Property.LEAD_TIME)
    rule = re.compile("退|换|赔|补发|坏果")
    own = [f for f in (*facts, *others) if f.product and (f in facts or rule.search(wanted_text(f)))]
    shared = [f for f in (*facts, *others) if not f.product and (f in facts or rule.search(wanted_text(f)))]
    returned = any(re.search("无理由|退货|[不可能]退", wanted_text(f)) for f in (*own, *shared))
    if asked.says("无理由") and not returned:
        return Part(product, missing="无理由退货")
    opposed = any(re.search("不参加|不退|不包|不赔|不换", wanted_text(f)) for f in own)
    wanted = (
        re.compile("退|换")
        if asked.says("退|换|不喜欢|买错|不合适|不满意")
        else re.compile("赔|补|坏|损|漏|碎|破|拍照|化|变质|死|联系|瑕疵")
    )
    chosen: list[tuple[str, Fact]] = []
    for fact in own if opposed and not asked.says("退|换|不喜欢|买错") else (*own, *shared):
        hits = [c for c in clauses(fact) if wanted.search(c)]
        chosen += [(c, fact) for c in (hits or ([] if chosen else clauses(fact)))]
    if not chosen:
        return Part(product, missing="售后")
    texts: list[str] = []
    for text, _ in chosen:
        if not any(text in t for t in texts) and len("，".join((*texts, text))) <= 80:
            texts.append(text)
    return Part(product, "，".join(texts), tuple(dict.fromkeys(f for _, f in chosen)))
