"""The search for a fact that shares telling words with a question: a clause of it is quoted, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.text.numbers import find_amounts
from core.text.sound import key
from knowledge_graph.facts import Fact, Shop
from knowledge_graph.questions import wording
from knowledge_graph.questions.asked import Asked, residue
from knowledge_graph.questions.quoting import CELLS, clauses, led, pick
from knowledge_graph.questions.reply import Part
from knowledge_graph.questions.spoken_places import places_in
from knowledge_graph.questions.texts import TEXTS, wanted_text
from knowledge_graph.schema import Property
from knowledge_graph.search import Catalogue

_VERBS = (
    "蒸煮炖炒泡冲洗切砍剁煎炸烤拌剥嚼咽吐腌焯卤焖背挂戴装晒擦搓压泼扎刺掉染褪缩裂熏晾烧冻融化结拆倒滤掰捏削揭吸夹"
    "熬煲焗灼涮砸"
)


@dataclass(frozen=True, slots=True)
class Needle:
    """A word to look for in facts; ``strong`` ones alone answer, ``warns`` only in warnings."""

    word: str
    weight: float
    strong: bool = False
    by_sound: bool = False
    warns: bool = False


_AxA = re.compile(r"([\u4e00-\u9fff])[不没]\1([\u4e00-\u9fff]?)")
_PARTICLES = frozenset("啊呀哦呢嘛吗吧哈呗的了着过我你他她它这那")
_CAN = re.compile(r"(?:能|可以|会|要|给)(?:不能|不会|不要)?[^，。]{0,4}?([" + _VERBS + r"])")
_TIMED = re.compile(
    r"([蒸煮炖炒泡冲焖煎炸烤烧卤焯腌敷煲熬焗涮])[^，。]{0,3}(?:多久|多长|几分钟|多少分钟|几小时|几度|多少度)"
)
_SO_LONG = re.compile(
    rf"([{_VERBS}])[^，。]{{0,2}}?[0-9一二两三四五六七八九十半]+个?(?:多)?(?:钟头?|小时|分钟|天|晚|夜|宿|黑)"
)
_HALF_DONE = re.compile(rf"([{_VERBS}])[个得到成]{{0,2}}(?:半生|半熟|夹生|不熟|没熟|[三五七八]分熟)")
_HOW_HOT = re.compile(r"(?:水|水温|温度)[^，。,]{0,3}(?:几度|多少度|多热)|(?:几度|多少度|多热)的?水")
_NIGHT = re.compile("[一半][宿夜晚天]|过夜|隔夜|通宵")
"""Times of which no clock tells: 提前泡一宿."""
_ANY_TIMED = re.compile(r"([\u4e00-\u9fff])[要得]?(?:多久|几分钟|多少分钟)")
_DONE = re.compile(r"是(?:已经)?([" + _VERBS + r"])[好过熟]?的")
_HOW_MUCH = re.compile(
    r"多久|几分钟|多少分钟|几小时|几度|多少度|多少天|几天|几年|几个月|多少年|多少个月|几个?星期"
)
_EMPTY = frozenset("管理认放存等需个间要得多能是有要会可吃喝用买发赔好行来去给在")


def asks_how_much(asked: Asked) -> bool:
    """Whether a time or a degree is asked for."""
    return any(_HOW_MUCH.search(f) for f in asked.forms)


def qualities(asked: Asked) -> list[str]:
    """What is asked as A不A: 甜不甜, 辣不辣."""
    found = [
        m[1] if m[2] in _PARTICLES else m[1] + m[2]
        for f in asked.bare
        for m in _AxA.finditer(f)
        if m[1] not in _EMPTY
    ]
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


_OPPOSITES = dict(
    zip(
        "厚大多硬新粗轻肥干深浓生老薄小少软陈细重瘦湿浅淡熟嫩",
        "薄小少软陈细重瘦湿浅淡熟嫩厚大多硬新粗轻肥干深浓生老",
        strict=True,
    )
)
_OF_WHAT = re.compile(r"([\u4e00-\u9fff])([\u4e00-\u9fff])[不没]\2")


def _opposite_needles(asked: Asked) -> list[Needle]:
    """皮厚不厚 is answered by 皮薄."""
    return [
        Needle(m[1] + _OPPOSITES[m[2]], 2.0, strong=True)
        for f in asked.bare
        for m in _OF_WHAT.finditer(f)
        if m[2] in _OPPOSITES
    ]


_EITHER = re.compile(
    r"(?P<one>[\u4e00-\u9fff]{1,2})(?P<of>[\u4e00-\u9fff])还是(?!(?P=one))[\u4e00-\u9fff]{1,2}(?P=of)"
)


def _in_both(asked: Asked) -> set[str]:
    """软籽还是硬籽: what both have tells neither."""
    return {m["of"] for f in asked.forms if (m := _EITHER.search(f))}


def _needles(asked: Asked, catalogue: Catalogue) -> list[Needle]:
    """What to look for in facts: qualities (A不A), verbs, words of the same kind, pairs of the rest."""
    text = asked.bare[0]
    found = [Needle(q, 2.0, strong=True) for q in qualities(asked)] + _opposite_needles(asked)
    found += [
        Needle(_with_object(text, m.end(1)) if p is _CAN else m[1], 2.0, strong=True)
        for p in (_DONE, _CAN, _TIMED, _ANY_TIMED, _SO_LONG, _HALF_DONE)
        for m in p.finditer(text)
        if m[1] not in _EMPTY
    ]
    if any(_SO_LONG.search(f) for f in asked.bare):
        found += [Needle(w, 2.0, strong=True, warns=True) for w in ("超过", "太久", "过久")]
    found += [Needle("水", 2.0, strong=True) for _ in _HOW_HOT.findall(text)[:1]]
    found += [Needle(m[1], 2.0, strong=True, warns=True) for m in _CAN.finditer(text) if m[1] not in _EMPTY]
    sounds = [f" {' '.join(key(f))} " for f in asked.bare]
    for word, others in wording.kin().items():
        said = any(word in f for f in asked.bare)
        if said or (len(word) > 1 and any(f" {' '.join(key(word))} " in s for s in sounds)):
            found += [Needle(o, 2.0 if o == word else 1.6, strong=True) for o in others]
    found += [Needle(m, 2.0, strong=True) for m in re.findall(r"[a-z]+[0-9]+", text.lower())]
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
    both = _in_both(asked)
    return [n for n in found if not _WEAK.match(n.word) and not both & set(n.word)]


def asks_outright(asked: Asked, catalogue: Catalogue) -> bool:
    """Whether a fact may answer although no intent is asked: A不A, a verb, a word of the sheets' kind."""
    return any(n.strong for n in _needles(asked, catalogue))


_WEAK = re.compile(
    r"^(?:[能可会要得敢想][以不]?[吃喝用放买戴穿要]|[吃喝用买戴][得吗的了起]|[^\W\d]吗|吃[^\W\d]|可以|以[吃喝用]|适合|合适|今天|现在|自己|我[爸妈家]|糖尿|尿病|尿病[^\W\d]|血压|血糖|孕妇|小孩|老人|的是|多久|多少|几分|分钟|斤的|克的|是不|不是|吃不|[几一二两三四五六七八九十][个箱斤份瓶袋包盒罐粒颗]|.几|几.|的[话时]|[0-9]+|＃+)$"
)
_FIRST = (
    Property.USAGE,
    Property.CARE,
    Property.REMINDER,
    Property.STORAGE,
    Property.NOTE,
    Property.SELLING_POINT,
)


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
    timed = asks_how_much(asked)
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
                Part(product if fact.product else "", led(fact, clause), (fact,)),
            )
            for at, fact in enumerate(pick(shop, asked, product, *texts))
            for clause in clauses(fact)
            if not timed or _NIGHT.search(clause) or any(a.kind in kinds for a in find_amounts(clause))
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


_COMMON = frozenset(
    "的了吗呢吧啊是有在不没无别勿这那我你他您它们谁要会能可得想敢肯该请问说看听知道觉给把被让叫做弄搞来去上下里外前后"
    "一二两三四五六七八九十百千万半几多少大小好坏高低长短新老真假全都也还再又就只才很太最更比和跟与或但如果因为所以对从到向"
    "个只件箱盒袋瓶罐包斤克两块元钱价角份条样种款回次下点些什么怎哪啥咋样时候天月年日号今明现早晚久人家里手头东西地方自己"
    "吃喝用买卖发放存送带含货品子儿哦呀嘛噻哈伐冇着过起成为行中同于以及其之而且"
)


_COLOURS = frozenset("白黑红黄绿青紫灰")


def _telling(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff" and char not in _COMMON


def _no_places(clause: str) -> str:
    """The clause without the places it names: 夏 is not in 宁夏."""
    for place, _ in places_in(clause):
        clause = clause.replace(place, "＃" * len(place))
    return clause


def lone(shop: Shop, asked: Asked, catalogue: Catalogue, products: Iterable[str]) -> list[Part]:
    """Where nothing else was found: the product's clause with a telling character of the question.

    漆 in 上漆没有 finds 没上漆; 注水 finds no 下水, for its other character is missing there. Only for a
    product that is surely meant, only in its own facts, and only where at most two clauses have it.
    """
    held = tuple(products)
    if not held or len(held) > 2:
        return []
    text = residue(asked, catalogue)
    both = _in_both(asked)
    timed = asks_how_much(asked)
    for product in held:
        name = "".join(catalogue.by_product[product].parts)
        rows = [
            (clause, fact)
            for fact in pick(shop, asked, product, *TEXTS)
            if fact.product and fact.property not in CELLS
            for clause in re.split(r"[，,、]", wanted_text(fact))
            if clause and (not timed or any(a.kind == "time" for a in find_amounts(clause)))
        ]
        telling = [
            at
            for at in range(len(text))
            if _telling(text[at])
            and text[at] not in name
            and text[at] not in both
            and not (text[at] in _VERBS and len(_with_object(text, at + 1)) > 1)
        ]
        for note in catalogue.by_product[product].notes:
            named = tuple(pick(shop, asked, product, Property.NAME))
            if named and asked.says(rf"{re.escape(note)}.{{0,2}}(?:没|吗|不|吧)"):
                return [Part(product, note, named)]
        for at in telling:
            neighbours = (text[max(0, at - 1) : at], text[at + 1 : at + 2])
            beside = {c for c in neighbours if _telling(c) and c not in _COLOURS}
            holding = [(c, f) for c, f in rows if text[at] in _no_places(c) and all(b in c for b in beside)]
            if 0 < len(holding) <= 2:
                clause, fact = max(holding, key=lambda h: len(set(h[0]) & set(asked.text)))
                whole = next((c for c in clauses(fact) if clause in c), clause)
                return [Part(product, whole if len(whole) <= 40 else clause, (fact,))]
    return []
