"""What a person says about the goods becomes draft facts: amounts exactly as said, the unclear asked back.

我屋头有二十斤腊肉，三十五一斤 proposes a product, its stock and its price. Dialect is rendered first, by a
function that is handed in. Nothing is in force before a reviewer approves it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from core.errors import InputError
from core.text.numbers import Amount, days, find_amounts, parse_numeral, to_grams
from core.text.units import MEASURES
from knowledge_graph.facts import Fact, Quantity, Shop, Source, Value
from knowledge_graph.ingest.places import provinces
from knowledge_graph.schema import TERMS, Property
from knowledge_graph.search import THIS, Catalogue
from knowledge_graph.store.shops import Shops

P = Property
Render = Callable[[str], str]
LONGEST = 500

_NUMBER = r"[0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十百千零〇]+"
_UNITS = "|".join(sorted({"斤", "公斤", "千克", "克", "两", "枚", *MEASURES} - {"块"}, key=len, reverse=True))
_DIGIT = "[0-9一二三四五六七八九]"
_MONEY = rf"(?P<money>(?:{_NUMBER})(?:块钱?|元)(?:{_DIGIT}[毛角]?|半)?|{_DIGIT}[毛角]钱?|{_NUMBER})"
_PRICE = re.compile(
    rf"(?P<vague>大概|差不多|约|大约)?{_MONEY}(?P<about>左右|上下|来块)?\s*(?:[一1]|每|/)\s*(?P<unit>{_UNITS})"
    rf"(?![0-9一二三四五六七八九十]*(?:斤|块))"
)
_UNIT_FIRST = re.compile(
    rf"(?:[一1]|每)(?P<unit>{_UNITS})(?:卖|要|算|是|就|只要|给|收)?(?P<vague>大概|差不多|约|大约)?"
    rf"{_MONEY}(?P<about>左右|上下|来块)?$"
)
_SELL = re.compile(rf"(?:卖|要|价钱?是?|收){_MONEY}$")
_PACK = re.compile(rf"[一每1](?P<pack>{_UNITS})(?:装|是|有|净重|能装)?(?P<rest>.+)$")
_STOCK = re.compile(r"有|剩|存|备|攒|留|收了|打了|做了|熏了|库存|现货")
_KEEPS = re.compile(r"放|存|保质|保鲜|管|吃")
_FROM = re.compile(r"产|来的|种的|养的|出的|采的|的$|里的|那边")
_FILLER = re.compile(
    r"我们|咱们|我|你们|家里头?|屋[里头]|家|自己|自家|今年|今天|这几天|现在|刚刚?|才|还|就|都|一共|总共|大概|差不多|左右|"
    r"有得|有|剩下|剩|存着|存|备了?|攒了?|留了?|卖|要|收|价钱|价格|库存|现货|每|的|了|呢|啊|嘛|吧|哈|哦|嘞|是|个把|"
    r"产|种|养|来自|来|能|可以|放|保质期|保质|保鲜|带|给|说|和|跟|那个|这个|那|这|装|块钱|块|元|毛|钱|在"
)
_HAN = re.compile(r"[\u3400-\u9fff]{2,10}")
_CLAUSE = re.compile(r"[，,。；;！!？?、\s]+")


@dataclass(frozen=True, slots=True)
class Said:
    """Who said it, when (an ISO time, as a person reads it) and in which cue; ``text`` word for word."""

    text: str
    who: str
    when: str = ""
    cue: str = ""

    def source(self) -> Source:
        """The source of a fact: the person, and the cue as the place."""
        return Source(file="口述" if self.cue else "", cell=self.cue, speaker=self.who)

    @property
    def evidence(self) -> str:
        """Who said what and when, for the reviewer and for an inspector."""
        return f"{self.who}{f' {self.when}' if self.when else ''}说：“{self.text}”"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was understood: draft facts, and questions for what was not.

    ``understood`` is one plain sentence for the person who spoke. ``before`` maps properties of a known
    product to what they are now.
    """

    said: Said
    mandarin: str
    facts: tuple[Fact, ...] = ()
    questions: tuple[str, ...] = ()
    before: tuple[Fact, ...] = ()
    understood: str = ""


@dataclass(slots=True)
class _Reading:
    """A text while it is read, clause by clause."""

    said: Said
    catalogue: Catalogue
    on_screen: str | None
    product: str = ""
    facts: list[Fact] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        if question not in self.questions:
            self.questions.append(question)

    def put(self, property_: Property, value: Value, written: str, **more: object) -> None:
        given: dict[str, object] = {"unit": TERMS[property_].unit} | more
        fact = Fact(
            product=self.product, property=property_, value=value, written=written,
            source=self.said.source(), evidence=self.said.evidence, **given,  # type: ignore[arg-type]
        )  # fmt: skip
        rivals = [f for f in self.facts if f.product == self.product and f.property is property_]
        if rivals and all(f.value != value or f.per != fact.per for f in rivals):
            label = TERMS[property_].label
            self.facts = [f for f in self.facts if f not in rivals]
            self.ask(f"{self.product}的{label}您说了“{rivals[0].written}”又说了“{written}”，以哪个为准？")
        elif not rivals:
            self.facts.append(fact)


def read(said: Said, shop: Shop, render: Render | None = None, on_screen: str | None = None) -> Proposal:
    """Understand what a person said about the goods of a shop.

    Raises :class:`InputError` for an empty text or an unnamed speaker.
    """
    if not said.text.strip() or not said.who.strip():
        raise InputError(
            "proposal.empty", "没有听到内容，或者不知道是谁说的。", "请写上说的话和说话人的名字。"
        )
    mandarin = render(said.text[:LONGEST]) if render else said.text[:LONGEST]
    reading = _Reading(said, Catalogue(shop), on_screen if on_screen in shop.products() else None)
    clauses = [c for c in _CLAUSE.split(mandarin) if c]
    _first_product(reading, clauses)
    for clause in clauses:
        _clause(reading, clause)
    if not reading.facts and not reading.questions:
        reading.ask("没有听出是什么货、有多少、卖多少钱，请再说一遍，比如：花生二十斤，八块一斤。")
    names = tuple(
        Fact(product=p, property=P.NAME, value=p, written=p, source=said.source(), evidence=said.evidence)
        for p in dict.fromkeys(f.product for f in reading.facts)
        if p not in shop.products()
    )
    facts = (*names, *reading.facts)
    before = tuple(
        held
        for f in reading.facts
        for held in shop.facts(f.product)
        if held.property is f.property and not TERMS[f.property].many and held.value != f.value
    )
    understood = sentence(facts, before, reading.questions)
    return Proposal(said, mandarin, facts, tuple(reading.questions), before, understood)


def sentence(facts: Sequence[Fact], before: Sequence[Fact] = (), questions: Sequence[str] = ()) -> str:
    """What was understood, in one plain sentence; then what must be asked."""
    parts = []
    for product in dict.fromkeys(f.product for f in facts):
        new = any(f.product == product and f.property is P.NAME for f in facts)
        said = (_plain(f, before) for f in facts if f.product == product and f.property is not P.NAME)
        parts.append(f"{'新货' if new else ''}“{product}”：{'，'.join(said)}")
    heard = f"听到了，{'；'.join(parts)}。" if parts else ""
    return heard + ("".join(questions) or "对不对？")


def stated(fact: Fact) -> str:
    """The value as a person says it: 35元一斤, 5斤 for a weight kept in 克."""
    if not isinstance(fact.value, Decimal):
        return str(fact.value)
    value, unit = fact.value, fact.unit
    if unit == "克" and value >= 500 and value % 50 == 0:
        value, unit = value / 500, "斤"
    per = ""
    if fact.per:
        per = f"一{fact.per.unit}" if fact.per.value == 1 else str(fact.per)
    return f"{value.normalize():f}{unit}{per}"


def _plain(fact: Fact, before: Sequence[Fact]) -> str:
    held = next((b for b in before if b.product == fact.product and b.property is fact.property), None)
    old = f"（原来是{stated(held)}）" if held else ""
    label = "" if fact.property is P.PRICE else fact.label
    return f"{label}{stated(fact)}{old}"


def edit(shops: Shops, shop: str, product: str, order: str, who: str) -> Fact:
    """Change a waiting fact before it is approved; ``order`` is ``property=value`` in the fact's own unit.

    Raises :class:`InputError` for an unknown property, a value that is no number where one is wanted, and
    a property of which nothing (or more than one product) waits.
    """
    name, _, words = order.partition("=")
    label = name.strip()
    properties = [p for p, term in TERMS.items() if label in (p.value, term.label)]
    if not properties or not words.strip():
        raise InputError("review.edit", f"“{order}”看不懂。", "请写成 price=36 或 库存=20 这样。")
    value: Value = words.strip()
    if TERMS[properties[0]].kind == "decimal":
        if not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", words.strip()):
            raise InputError("review.edit", f"“{order}”里的“{words}”不是数字。", "请写成 price=36 这样。")
        value = Decimal(words.strip())
    waiting = [f for f in shops.waiting(shop) if f.property is properties[0] and product in ("", f.product)]
    proposed = shops.proposed(shop)
    # What somebody proposed goes before a doubtful cell of the same property.
    found = [f for f in waiting if f.id in proposed] or waiting
    if len(found) != 1:
        some = "有好几条" if found else "没有"
        raise InputError(
            "review.edit", f"等待审核的资料里{some}“{label}”。", "请用 --product 写明是哪个商品。"
        )
    return _replaced(shops, shop, found[0], value, words.strip(), who)


def _replaced(shops: Shops, shop: str, fact: Fact, value: Value, words: str, who: str) -> Fact:
    evidence = f"{fact.evidence}；{who}改成“{words}”"
    source = replace(fact.source, speaker=who)
    changed = replace(fact, value=value, written=words, evidence=evidence, source=source, id="")
    shops.settle(shop, fact)
    shops.propose(
        shop,
        [changed],
        [h for h in shops.product_facts(shop, fact.product) if h.property is fact.property],
    )
    return changed


def _first_product(reading: _Reading, clauses: list[str]) -> None:
    """The product of clauses that come before its name: 三十五一斤的腊肉."""
    for clause in clauses:
        if noun := _noun(clause):
            _choose(reading, noun)
            return
    if reading.on_screen and any(THIS.search(c) for c in clauses):
        reading.product = reading.on_screen


def _choose(reading: _Reading, noun: str) -> None:
    """The known product that a noun names, or a new one; a noun of several is asked back."""
    reading.product = ""
    hits = [h for h in reading.catalogue.best(noun) if len(h.covered) == len(noun) and h.score > 0]
    if reading.on_screen and any(h.product == reading.on_screen for h in hits):
        reading.product = reading.on_screen
    elif len(hits) == 1:
        reading.product = hits[0].product
    elif hits:
        names = "、".join(reading.catalogue.label(h.product) for h in hits[:4])
        reading.ask(f"您说的{noun}是哪一样：{names}，还是新的？")
    else:
        reading.product = noun


def _noun(clause: str) -> str:
    """What a clause talks about, when numbers, places and common words are taken out."""
    text = _PRICE.sub("　", clause)
    text = _UNIT_FIRST.sub("　", text)
    for amount in reversed(find_amounts(text)):
        text = text[: amount.start] + "　" + text[amount.end :]
    places = sorted((p for p in provinces() if p in text), key=len, reverse=True)
    for place in places:
        text = re.sub(rf"{place}[省市县区乡镇村]?(?:那边|里)?(?=产|种|养|来|的|出|采|　|$)", "　", text)
    unfilled, text = text, _FILLER.sub("　", text)
    found = _HAN.findall(text)
    # The thing itself comes last: 晒干的辣椒, 晒干的笋.
    lone = re.search(r"(?:^|的)([\u3400-\u9fff])[　\s]*$", unfilled)
    if lone and not _FILLER.fullmatch(lone[1]):
        return lone[1]
    return found[-1] if found else ""


def _clause(reading: _Reading, clause: str) -> None:
    noun = _noun(clause)
    if noun and not _same(reading, noun) and any(a for a in _amounts(clause)):
        _choose(reading, noun)
    if not reading.product:
        return
    if _priced(reading, clause):
        clause = _PRICE.sub("　", clause)
    _origin(reading, clause)
    for amount in _amounts(clause):
        _amount(reading, clause, amount)


def _same(reading: _Reading, noun: str) -> bool:
    return bool(reading.product) and (noun in reading.product or reading.product in noun)


def _amounts(clause: str) -> list[Amount]:
    return [
        a for a in find_amounts(clause) if a.kind in ("mass", "count", "volume", "time", "money", "number")
    ]


def _priced(reading: _Reading, clause: str) -> bool:
    """A price with what it buys; a price for nothing named is asked back."""
    match = _PRICE.search(clause) or _UNIT_FIRST.search(clause)
    if match:
        value = _money(match["money"])
        if value is None or match["vague"] or match["about"]:
            reading.ask(f"“{match[0]}”，到底是多少钱一{match['unit']}？请说个准数。")
        else:
            reading.put(P.PRICE, value, match[0], per=Quantity(Decimal(1), match["unit"]))
        return True
    amounts = find_amounts(clause)
    money = next((a for a in amounts if a.kind == "money"), None)
    goods = [a for a in amounts if money and a.start >= money.end and a.kind in ("mass", "count")]
    exact = money and goods and not goods[0].approximate and not money.approximate
    if money and exact and not clause[money.end : goods[0].start].strip():
        per = Quantity(goods[0].value, goods[0].unit)
        reading.put(P.PRICE, money.value, clause[money.start : goods[0].end], per=per)
        return True
    bare = _SELL.search(clause)
    if bare or (money and not goods):
        words = bare["money"] if bare else clause[money.start : money.end] if money else ""
        if bare or money:
            reading.ask(f"“{words}”是多少东西的价，一斤还是一份？")
        return True
    return False


def _money(words: str) -> Decimal | None:
    """The exact amount of a price as said; None where it is vague (十五六)."""
    amount = next((a for a in find_amounts(words if re.search("[块元毛角]", words) else "")), None)
    if amount:
        whole = amount.end - amount.start == len(words)
        return amount.value if whole and not amount.approximate and amount.high is None else None
    number = parse_numeral(words)
    return number.value if number and not number.approximate and number.high is None else None


def _amount(reading: _Reading, clause: str, amount: Amount) -> None:
    words = clause[amount.start : amount.end]
    before = clause[: amount.start]
    if amount.kind == "time":
        if _KEEPS.search(before) and amount.unit in ("天", "周", "个月", "年"):
            if amount.approximate or amount.high:
                reading.ask(f"{reading.product}能放“{words}”，最少能放多久？")
            else:
                reading.put(P.SHELF_LIFE, days(amount), words)
        return
    if amount.kind not in ("mass", "count") or _price_unit(clause, amount):
        return
    if amount.value == 1 and any(a.start == amount.end for a in find_amounts(clause)):
        return
    if (pack := _PACK.search(clause)) and pack.start() < amount.start and amount.kind == "mass":
        if not amount.approximate and amount.high is None:
            reading.put(P.UNIT_WEIGHT, to_grams(amount), clause[pack.start() : amount.end])
        return
    if _STOCK.search(before) or _names(reading, clause[amount.end :]):
        if amount.approximate or amount.high is not None:
            reading.ask(f"{reading.product}有“{words}”，到底是多少？请说个准数。")
        else:
            reading.put(P.STOCK, amount.value, words, unit=amount.unit)


def _price_unit(clause: str, amount: Amount) -> bool:
    """一斤 beside a price is what the price buys, not how much there is."""
    touching = any(
        a.kind == "money" and (a.end == amount.start or amount.end == a.start) for a in find_amounts(clause)
    )
    return touching or (amount.value == 1 and bool(_UNIT_FIRST.search(clause)))


def _names(reading: _Reading, after: str) -> bool:
    noun = _HAN.match(after)
    return bool(noun) and _same(reading, _noun(after))


def _origin(reading: _Reading, clause: str) -> None:
    found = [p for p in provinces() if p in clause]
    if not found or not _FROM.search(clause):
        return
    first = min(clause.index(p) for p in found)
    last = max(clause.index(p) + len(p) for p in found)
    tail = re.match(r"[省市县区州乡镇村]", clause[last:])
    words = clause[first : last + (1 if tail else 0)]
    reading.put(P.ORIGIN, words, words)
