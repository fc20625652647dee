"""Answers that quote: one responder a property, and the search for facts with the question's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.text.numbers import find_amounts
from core.text.sound import key
from knowledge_graph.facts import Fact, Shop
from knowledge_graph.questions import wording
from knowledge_graph.questions.asked import TEXTS, Asked, is_rule, residue, wanted_text
from knowledge_graph.questions.reply import Part
from knowledge_graph.schema import Property
from knowledge_graph.search import Catalogue

_CLAUSE = re.compile(r"[；;。！!\n]")
_VERBS = "蒸煮炖炒泡冲洗切砍剁煎炸烤拌剥嚼咽吐腌焯卤焖背挂戴装晒擦搓压泼扎刺掉染褪缩裂熏晾烧冻融化结拆"


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


SIMPLE: dict[str, tuple[str, str, tuple[Property, ...]]] = {
    "count": ("数量", "{}", (Property.COUNT,)),
    "size": ("尺寸", "尺寸{}", (Property.SIZE,)),
    "color": ("颜色", "颜色有{}", (Property.COLOR,)),
    "material": ("材质", "材质是{}", (Property.MATERIAL,)),
    "craft": ("工艺", "工艺是{}", (Property.CRAFT,)),
    "ingredients": ("配料", "配料有{}", (Property.INGREDIENTS,)),
    "origin": ("产地", "产地是{}", (Property.ORIGIN,)),
    "ship_from": ("发货地", "{}发货", (Property.ORIGIN,)),
    "storage": ("存放方法", "{}", (Property.STORAGE,)),
    "courier": ("快递", "发{}", (Property.COURIER,)),
    "limit": ("限购", "{}", (Property.PURCHASE_LIMIT,)),
    "presale": ("预售", "{}", (Property.PRESALE,)),
    "usage": ("用法", "{}", (Property.USAGE,)),
    "care": ("保养", "{}", (Property.CARE, Property.STORAGE)),
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


def simple(shop: Shop, asked: Asked, product: str, intent: str) -> Part:
    """Quote the property an intent asks for; a part that says what is missing where there is none."""
    topic, form, wanted = SIMPLE[intent]
    facts = pick(shop, asked, product, *wanted)
    facts = [f for f in facts if not re.match(r"见|详见|同上|如图", wanted_text(f))]
    if intent in ("size", "spec") and not facts:
        return _from_cell(shop, asked, product, intent, topic)
    if intent in ("care", "promotion", "gift", "maker"):
        facts = [f for f in facts if f.property is wanted[0]] or facts
    if intent == "promotion" and not facts:
        return _tiers(shop, asked, product)
    if not facts:
        return Part(product, missing=topic if intent != "material" else "这个")
    text = joined(facts)
    if intent == "count" and isinstance(facts[0].value, Decimal):
        low, high = facts[0].value, facts[0].high
        text = f"{low.normalize():f}" + (f"到{high.normalize():f}" if high else "") + (facts[0].unit or "个")
    if (
        intent == "courier"
        and re.search("补|加|默认|可选|或", facts[0].written)
        and len(facts[0].written) <= 30
    ):
        return Part(product, facts[0].written, tuple(facts))
    return Part(product, text if form == "{}" else form.format(text), tuple(facts))


def _tiers(shop: Shop, asked: Asked, product: str) -> Part:
    """Asked for an offer where none is written as such: what several cost together."""
    tiers = [f for f in pick(shop, asked, product, Property.PRICE_TIER) if f.per and f.per.value > 1]
    if not tiers:
        return Part(product, missing="优惠")
    said = [f"{f.per}{f.value.normalize():f}元" for f in tiers if isinstance(f.value, Decimal)]
    return Part(product, "，".join(said), tuple(tiers))


_SIZED = re.compile(r"果径|直径|长|宽|高|尺寸|[cm]m|厘米|毫米|[×xX*]\s*\d|码|寸")


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
        for piece in re.split(r"[，,；;、]", text):
            if intent == "size" and _SIZED.search(piece):
                return Part(
                    product, piece if re.search("径|尺寸|长|宽|高", piece) else f"尺寸{piece}", (fact,)
                )
    return Part(product, missing=topic)


def weight(shop: Shop, asked: Asked, product: str) -> Part:
    """Net weight first, then what one pack weighs and the gross weight where there are such."""
    facts = pick(shop, asked, product, Property.NET_WEIGHT, Property.VOLUME)
    unit = pick(shop, asked, product, Property.UNIT_WEIGHT)
    gross = pick(shop, asked, product, Property.GROSS_WEIGHT)
    if not facts and not unit:
        return Part(product, missing="净重")
    names = {
        Property.UNIT_WEIGHT: "每" + _pack(shop, asked, product),
        Property.GROSS_WEIGHT: "毛重",
        Property.VOLUME: "容量",
    }
    said = [names.get(f.property, "净重") + mass(f) for f in (*facts, *unit, *gross)]
    spec = pick(shop, asked, product, Property.SPEC)
    return Part(product, "，".join(dict.fromkeys(said)), (*facts, *unit, *gross, *spec))


def _pack(shop: Shop, asked: Asked, product: str) -> str:
    count = pick(shop, asked, product, Property.COUNT)
    if count and count[0].unit:
        return count[0].unit
    for fact in pick(shop, asked, product, Property.UNIT_WEIGHT):
        if match := re.search(r"每([\u4e00-\u9fff])|[×xX*]\s*\d+\s*([\u4e00-\u9fff])", fact.written):
            return match[1] or match[2]
    price = pick(shop, asked, product, Property.PRICE)
    return price[0].per.unit if price and price[0].per and price[0].per.value > 1 else "份"


def mass(fact: Fact) -> str:
    """A weight or volume as people say it: 4.5斤（2250克）, 1.1到1.3公斤, 500毫升."""
    if not isinstance(fact.value, Decimal):
        return fact.written
    if fact.property is Property.VOLUME:
        packed = (
            f"（{fact.written}）" if re.search(r"[×xX*]", fact.written) and len(fact.written) < 20 else ""
        )
        return f"{fact.value.normalize():f}毫升{packed}"
    if fact.high is not None:
        return (
            f"{fact.value / 1000:f}".rstrip("0").rstrip(".")
            + "到"
            + f"{fact.high / 1000:f}".rstrip("0").rstrip(".")
            + "公斤"
        )
    jin = (fact.value / 500).normalize()
    grams = f"{fact.value.normalize():f}克"
    return (
        f"{jin:f}斤，也就是{grams}" if fact.value >= 500 and jin == jin.quantize(Decimal("0.01")) else grams
    )


def shelf_life(shop: Shop, asked: Asked, product: str) -> Part:
    """How long it keeps, for the storage that was asked about where the record tells them apart."""
    if asked.says(_OPENED):
        return _once_opened(shop, asked, product)
    facts = pick(shop, asked, product, Property.SHELF_LIFE)
    mode = (
        "冻"
        if asked.says("冻")
        else "冷藏"
        if asked.says("冷藏|冰箱")
        else "常温"
        if asked.says("常温|外面")
        else ""
    )
    if mode and any(mode in f.about + f.written for f in facts):
        facts = [f for f in facts if mode in f.about + f.written]
    elif mode and not asked.named and not asked.on_screen:
        facts = []
    if not facts:
        return Part(product, missing="保质期")
    texts = dict.fromkeys(life(f) for f in facts)
    return Part(product, "保质期" + "，".join(texts), tuple(facts))


_OPENED = r"开(?:了)?(?:袋|盖|封|瓶|罐|包|盒)|打开|拆(?:封|开)"


def _once_opened(shop: Shop, asked: Asked, product: str) -> Part:
    """How long it keeps once opened, where the record says so; the closed shelf life is no answer."""
    for fact in pick(
        shop, asked, product, Property.STORAGE, Property.SHELF_LIFE, Property.REMINDER, Property.USAGE
    ):
        text = wanted_text(fact)
        if re.search(r"开(?:袋|盖|封|瓶|罐|包|盒)后|开封|打开后|拆封后", text):
            return Part(product, text, (fact,))
    return Part(product, missing="打开以后能放多久")


def life(fact: Fact) -> str:
    """A shelf life as it was written, or in days."""
    days = f"{fact.value.normalize():f}天" if isinstance(fact.value, Decimal) else str(fact.value)
    written = fact.written.strip()
    if fact.about and sum(m in written for m in ("常温", "冷藏", "冷冻")) > 1:
        return f"{fact.about}{days}"
    if 1 < len(written) <= 24 and re.search(r"[天日年月周]|小时", written):
        return written
    return f"{fact.about}{days}"


def stock(shop: Shop, asked: Asked, product: str) -> Part:
    """How many are left."""
    facts = [f for f in pick(shop, asked, product, Property.STOCK) if isinstance(f.value, Decimal)]
    if not facts:
        return Part(product, missing="库存")
    number = f"{facts[0].value.normalize():f}" if isinstance(facts[0].value, Decimal) else ""
    unit = facts[0].written.strip().lstrip("0123456789.") if len(facts[0].written) < 8 else ""
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
    return Part(product, "证书是" + joined(known), tuple(known), missing if missing != "生产许可证" else "")


def after_sales(shop: Shop, asked: Asked, product: str) -> Part:
    """What the shop does when goods come broken or are not wanted, the product's own rules first."""
    facts = pick(shop, asked, product, Property.AFTER_SALES)
    others = pick(shop, asked, product, Property.REMINDER, Property.NOTE, Property.LEAD_TIME)
    rule = re.compile("退|换|赔|补发|坏果")
    own = [f for f in (*facts, *others) if f.product and (f in facts or rule.search(wanted_text(f)))]
    shared = [f for f in (*facts, *others) if not f.product and (f in facts or rule.search(wanted_text(f)))]
    opposed = any(re.search("不参加|不退|不包|不赔|不换", wanted_text(f)) for f in own)
    wanted = (
        re.compile("退|换")
        if asked.says("退|换|不喜欢|买错|不合适|不满意")
        else re.compile("赔|补|坏|损|漏|碎|破|拍照|化|变质|死|联系")
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


@dataclass(frozen=True, slots=True)
class Needle:
    """A word to look for in facts; ``strong`` ones alone answer, ``warns`` only in warnings."""

    word: str
    weight: float
    strong: bool = False
    by_sound: bool = False
    warns: bool = False


_AxA = re.compile(r"([\u4e00-\u9fff])[不没]\1")
_CAN = re.compile(r"(?:能|可以|会|要|给)(?:不能|不会|不要)?[^，。]{0,4}?([" + _VERBS + r"])")
_TIMED = re.compile(
    r"([蒸煮炖炒泡冲焖煎炸烤烧卤焯腌敷])[^，。]{0,3}(?:多久|多长|几分钟|多少分钟|几小时|几度|多少度)"
)
_ANY_TIMED = re.compile(r"([\u4e00-\u9fff])[要得]?(?:多久|几分钟|多少分钟)")
_DONE = re.compile(r"是(?:已经)?([" + _VERBS + r"])[好过熟]?的")
_HOW_MUCH = re.compile(r"多久|几分钟|多少分钟|几小时|几度|多少度|多少天|几天")
_EMPTY = frozenset("放存等需个间要得多能是有要会可吃喝用买发赔好行来去给在")


def qualities(asked: Asked) -> list[str]:
    """What is asked as A不A: 甜不甜, 辣不辣."""
    found = [m[1] for f in asked.bare for m in _AxA.finditer(f) if m[1] not in _EMPTY]
    return list(dict.fromkeys(found))


_WARNINGS = (Property.REMINDER, Property.CARE)
_NO_OBJECT = frozenset("吗不了的么没啊呢嘛吧开好熟掉坏烂断碎成过着一下几多起得到再还和来")


def _with_object(text: str, end: int) -> str:
    """A verb with what it is done to, where that follows: 泡酒 is not answered by 泡水."""
    after = text[end : end + 1]
    return (
        text[end - 1 : end + 1]
        if "\u4e00" <= after <= "\u9fff" and after not in _NO_OBJECT
        else text[end - 1]
    )


def _needles(asked: Asked, catalogue: Catalogue) -> list[Needle]:
    """What to look for in facts: qualities (A不A), verbs, words of the same kind, pairs of the rest."""
    text = asked.bare[0]
    found = [Needle(q, 2.0, strong=True) for q in qualities(asked)]
    found += [
        Needle(_with_object(text, m.end(1)) if p is _CAN else m[1], 2.0, strong=True)
        for p in (_DONE, _CAN, _TIMED, _ANY_TIMED)
        for m in p.finditer(text)
        if m[1] not in _EMPTY
    ]
    found += [Needle(m[1], 2.0, strong=True, warns=True) for m in _CAN.finditer(text) if m[1] not in _EMPTY]
    sounds = ["".join(key(f)) for f in asked.bare]
    for word, others in wording.kin().items():
        said = any(word in f for f in asked.bare)
        if said or (len(word) > 1 and any("".join(key(word)) in s for s in sounds)):
            found += [Needle(o, 2.0 if o == word else 1.6, strong=True) for o in others]
    for run in re.findall(r"[\u4e00-\u9fffa-z0-9.]{2,}", residue(asked, catalogue)):
        found += [
            Needle(run[i : i + 2], 1.0, by_sound=True)
            for i in range(len(run) - 1)
            if not re.search(r"\d", run[i : i + 2])
        ]
        found += [
            Needle(run[i : i + 3], 1.5, by_sound=True)
            for i in range(len(run) - 2)
            if not re.search(r"\d", run[i : i + 3])
        ]
    return [n for n in found if not _WEAK.match(n.word)]


_WEAK = re.compile(
    r"^(?:[能可会要得敢想][以不]?[吃喝用放买戴穿要]|[吃喝用买戴][得吗的了起]|[^\W\d]吗|吃[^\W\d]|可以|以[吃喝用]|适合|合适|今天|现在|自己|我[爸妈家]|糖尿|尿病|尿病[^\W\d]|血压|血糖|孕妇|小孩|老人|的是|多久|多少|几分|分钟|斤的|克的|是不|不是|吃不|一[个箱斤份瓶]|的[话时]|[0-9]+|＃+)$"
)
_FIRST = (Property.USAGE, Property.CARE, Property.REMINDER, Property.NOTE, Property.SELLING_POINT)


def content(
    shop: Shop,
    asked: Asked,
    catalogue: Catalogue,
    products: Iterable[str],
    strong: bool = False,
    least: float = 1.0,
) -> list[Part]:
    """Facts of ``products`` that share telling words with the question: up to two clauses of each product.

    With ``strong`` only what was asked outright counts (A不A, a verb, words of one kind).
    """
    needles = [n for n in _needles(asked, catalogue) if n.strong or not strong]
    warned, needles = needles, [n for n in needles if not n.warns]
    names = {p: "".join(n.parts) for p, n in catalogue.by_product.items()}
    timed = any(_HOW_MUCH.search(f) for f in asked.forms)
    kinds = ("time", "degree", "date") + (("number",) if asked.says("度") else ())
    products = tuple(products)
    shared = frozenset((f.property, f.value) for f in shop.shop_facts())
    texts = [t for t in TEXTS if t not in CELLS or len(products) <= 3]
    scored: list[tuple[float, list[Part]]] = []
    for product in products:
        rows = [
            (
                score,
                -_rank(fact, asked, shared),
                at,
                words,
                Part(product if fact.product else "", clause, (fact,)),
            )
            for at, fact in enumerate(pick(shop, asked, product, *texts))
            for clause in clauses(fact)
            if not timed or any(a.kind in kinds for a in find_amounts(clause))
            for score, words in [
                _overlap(clause, warned if fact.property in _WARNINGS else needles, names.get(product, ""))
            ]
            if score >= least
        ]
        rows.sort(key=lambda r: (-r[0], -r[1], r[2]))
        if rows:
            chosen = [rows[0][4]]
            chosen += [r[4] for r in rows[1:] if not r[3] <= rows[0][3] and r[4].text != rows[0][4].text][:1]
            scored.append((rows[0][0], chosen))
    top = max((s for s, _ in scored), default=0.0)
    return [p for s, parts in scored if s >= 0.8 * top for p in parts]


def _rank(fact: Fact, asked: Asked, shared: frozenset[tuple[Property, object]]) -> int:
    if (fact.property, fact.value) in shared:
        return 2 * len(_FIRST)
    if fact.property is Property.SELLING_POINT and qualities(asked):
        return 0
    return _FIRST.index(fact.property) if fact.property in _FIRST else len(_FIRST)


def _overlap(clause: str, needles: Sequence[Needle], name: str) -> tuple[float, frozenset[str]]:
    seen: dict[str, float] = {}
    low = clause.lower()
    sound = ""
    for needle in needles:
        word = needle.word
        if len(word) > 1 and word in name:
            continue
        if word in low:
            seen[word] = max(seen.get(word, 0.0), needle.weight)
        elif needle.by_sound and len(word) > 2:
            sound = sound or " ".join(key(low))
            if " ".join(key(word)) in sound:
                seen[word] = max(seen.get(word, 0.0), needle.weight * 1.1)
    return sum(seen.values()), frozenset(seen)
