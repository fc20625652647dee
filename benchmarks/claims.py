"""True lines and planted lies about shops: how many lies are caught, how many truths refused.

Run: ``python -m benchmarks.claims [FOLDER_OF_SHOPS]``. Lines are made from the facts of the shops by sentence
patterns of this file; a lie swaps one value, unit, place, product, predicate or certificate. Seeded.
"""

from __future__ import annotations

import functools
import json
import platform
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from benchmarks.answers import HERE, second_shop, small_shop
from compliance.guard import screen
from core.text.numbers import read_aloud
from knowledge_graph.claims import Checker
from knowledge_graph.facts import Fact, Shop
from knowledge_graph.ingest.importer import import_file
from knowledge_graph.schema import Property
from knowledge_graph.search import Catalogue

SEED = 20261122
PLACES = ("云南昭通", "山东烟台", "黑龙江五常", "福建安溪", "新疆和田", "内蒙古赤峰", "浙江安吉", "广西百色")
PREDICATES = (
    "入口即化",
    "一点都不腻",
    "越嚼越香",
    "颗颗饱满",
    "喝完嗓子舒服",
    "孩子吃了长个子",
    "邻居都夸",
    "没有任何添加",
    "纯野生",
    "软糯拉丝",
    "放锅里就化",
    "老少都离不开",
    "比去年的还好",
    "皮薄如纸",
    "汁水多得往下淌",
    "油亮油亮的",
    "不塞牙",
    "手感像丝绸",
    "怎么洗都不变样",
    "用十年都不坏",
)
CERTIFICATES = (
    "有机产品认证",
    "绿色食品标志",
    "SC10137010400999",
    "国家地理标志产品“烟台苹果”",
    "欧盟出口检验报告",
    "省级非遗传承人签名卡",
    "农残检测合格报告",
)
TALK = (
    "吃过晚饭的乡亲们，坐下来歇歇脚，咱们慢慢聊。",
    "外头风大，出门多穿一件，别着凉。",
    "听得清楚吗？要是听不清，我再说一遍。",
    "刚进来的朋友，您好，欢迎欢迎。",
    "有想知道的，您就打在公屏上。",
    "这个资料里没有写，我帮您问一下客服。",
    "不着急，您和家里人商量好了再买。",
    "谢谢您陪我聊到现在，早点休息。",
    "今天是周末，家里孩子回来看您了吗？",
    "我是虚拟主播，说得不对的地方您多担待。",
    "下面咱们来看下一个商品。",
    "想好了再下单，不催您。",
    "您问的我记下了，等客服回来告诉您。",
    "天气凉了，热水多喝两口。",
    "大家晚上好，我是小乡。",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line about a product, true or a lie of a kind."""

    product: str
    text: str
    kind: str


def plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def one(facts: tuple[Fact, ...], wanted: Property) -> Fact | None:
    return next((f for f in facts if f.property is wanted), None)


def said(rng: random.Random, value: Decimal, unit: str) -> str:
    """An amount in figures or as people say it."""
    return read_aloud(value, unit) if rng.random() < 0.4 else plain(value) + unit


def truths(shop: Shop, rng: random.Random) -> Iterator[Line]:
    """True lines, one to three for each fact of a kind that can be said."""
    names = Catalogue(shop)
    for product in shop.products():
        facts = shop.facts(product)
        name = names.label(product)
        for fact in facts:
            for text in spoken(rng, name, fact, facts):
                yield Line(product, text, str(fact.property))


def spoken(rng: random.Random, name: str, fact: Fact, facts: tuple[Fact, ...]) -> Iterator[str]:
    value = fact.value
    text = value if isinstance(value, str) else fact.written
    if isinstance(value, Decimal) and fact.high is None:
        yield from numbers(rng, name, fact, value, facts)
    match fact.property:
        case Property.ORIGIN:
            yield rng.choice(
                (f"{name}是{text}那边出的。", f"要问{name}从哪里来，{text}。", f"咱们这{name}，{text}产的。")
            )
        case Property.SELLING_POINT:
            yield rng.choice((f"{name}{text}。", f"{name}有个特点，{text}。", f"说到{name}，{text}。"))
        case Property.STORAGE:
            yield rng.choice((f"{name}收到以后，{text}。", f"{name}怎么放呢？{text}。"))
        case Property.USAGE:
            yield rng.choice((f"{name}的吃法用法，{text}。", f"{name}怎么弄？{text}。"))
        case Property.CERTIFICATE:
            yield rng.choice((f"{name}的证书是{text}。", f"{name}有证，{text}，您可以看。"))
        case Property.REMINDER:
            yield rng.choice((f"{name}要提醒一句：{text}。", f"买{name}的朋友注意，{text}。"))
        case Property.INGREDIENTS:
            yield f"{name}的配料就是{text}。"
        case Property.MATERIAL | Property.CRAFT:
            yield f"{name}，{text}。"
        case Property.AFTER_SALES:
            yield f"{name}的售后：{text}。"
        case Property.COURIER:
            yield f"{name}发{text}。"
        case Property.EXCLUDED_REGION:
            if rng.random() < 0.2:
                yield f"{name}{text}不发货。"


def numbers(
    rng: random.Random, name: str, fact: Fact, value: Decimal, facts: tuple[Fact, ...]
) -> Iterator[str]:
    money = said(rng, value, "元")
    match fact.property:
        case Property.PRICE:
            per = f"{fact.per}" if fact.per and fact.per.value != 1 else "一份"
            yield rng.choice(
                (
                    f"{name}{per}{money}。",
                    f"{name}今天{money}{per if per != '一份' else ''}。",
                    f"想要{name}的，{money}就能带走{per}。",
                )
            )
            listed = one(facts, Property.LIST_PRICE)
            if listed and isinstance(listed.value, Decimal) and rng.random() < 0.5:
                less = plain(listed.value - value)
                yield f"{name}平时{plain(listed.value)}元，现在{plain(value)}元，省了{less}元。"
            if fact.per is None and not one(facts, Property.PRICE_TIER) and rng.random() < 0.5:
                yield f"{name}买三份一共{plain(value * 3)}元。"
        case Property.PRICE_TIER:
            if fact.per and fact.per.value > 1:
                yield f"{name}{fact.per}{money}。"
        case Property.LIST_PRICE:
            yield f"{name}原价{money}。"
        case Property.NET_WEIGHT:
            yield rng.choice((f"{name}净重{plain(value)}克。", f"{name}去掉包装净重{plain(value / 500)}斤。"))
        case Property.SHELF_LIFE:
            mode = fact.about if fact.about in ("冷藏", "冷冻", "常温") else ""
            yield f"{name}{mode}能放{said(rng, value, '天')}。"
        case Property.SHIPPING_HOURS:
            yield rng.choice(
                (f"{name}拍下以后{plain(value)}小时内发出。", f"{name}{plain(value)}个小时之内给您发走。")
            )
        case Property.STOCK:
            yield f"{name}库存还有{plain(value)}{fact.unit if fact.unit != '件' else '份'}。"


def lies(shop: Shop, rng: random.Random) -> Iterator[Line]:
    """Lines in which one thing is not so."""
    names = Catalogue(shop)
    products = shop.products()
    for product in products:
        facts = shop.facts(product)
        name = names.label(product)
        held = " ".join(f"{f.value} {f.written}" for f in facts)
        for fact in facts:
            yield from swapped(rng, product, name, fact, facts)
        others = [p for p in products if p != product]
        for other in rng.sample(others, min(3, len(others))):
            for fact in shop.facts(other):
                text = str(fact.value)
                telling = fact.property in (
                    Property.SELLING_POINT,
                    Property.USAGE,
                    Property.ORIGIN,
                    Property.CERTIFICATE,
                )
                if telling and text not in held and not set(text) <= set(held) and rng.random() < 0.5:
                    yield Line(product, next(spoken(rng, name, fact, ())), "product")
        for predicate in rng.sample(PREDICATES, 3):
            yield Line(
                product, rng.choice((f"{name}{predicate}。", f"咱们的{name}，{predicate}。")), "predicate"
            )
        certificate = rng.choice(CERTIFICATES)
        if certificate not in held:
            yield Line(
                product,
                rng.choice((f"{name}带着{certificate}。", f"{name}有{certificate}，放心。")),
                "certificate",
            )
        place = rng.choice(PLACES)
        if place[:2] not in held or place in ("新疆和田", "内蒙古赤峰"):
            yield Line(
                product, rng.choice((f"{name}产地是{place}。", f"咱们这{name}，{place}产的。")), "place"
            )


def swapped(
    rng: random.Random, product: str, name: str, fact: Fact, facts: tuple[Fact, ...]
) -> Iterator[Line]:
    """A value or a unit that is another."""
    value = fact.value
    if not isinstance(value, Decimal) or fact.high is not None:
        return
    wrong = value + rng.choice((Decimal(1), Decimal(-1), value, value / 10)) * rng.choice((1, 1, 2))
    taken = {f.value for f in facts if isinstance(f.value, Decimal)} | {f.high for f in facts}
    if wrong > 0 and wrong not in taken:
        for text in numbers(rng, name, replaced(fact, wrong), wrong, ()):
            if fact.property not in (Property.UNIT_WEIGHT,):
                yield Line(product, text, "value")
    units: dict[Property, Callable[[], str]] = {
        Property.NET_WEIGHT: lambda: f"{name}净重{plain(value)}斤。",
        Property.SHELF_LIFE: lambda: f"{name}能放{plain(value)}个月。",
        Property.SHIPPING_HOURS: lambda: f"{name}拍下{plain(value)}天内发出。",
        Property.PRICE: lambda: f"{name}半两{plain(value)}元。",
    }
    if fact.property in units and rng.random() < 0.6:
        yield Line(product, units[fact.property](), "unit")


def replaced(fact: Fact, value: Decimal) -> Fact:
    return Fact(
        product=fact.product,
        property=fact.property,
        value=value,
        written=plain(value),
        source=fact.source,
        per=fact.per,
        unit=fact.unit,
        about=fact.about,
    )


def shops(folder: Path | None) -> list[Shop]:
    """The small shop of ours and, where the folder is given, every shop in it."""
    found: list[Shop] = [small_shop(), second_shop()]
    for each in sorted(p for p in folder.iterdir() if p.is_dir()) if folder else []:
        day = date.fromisoformat(json.loads((each / "meta.json").read_text(encoding="utf-8"))["as_of"])
        found.append(
            import_file(each / "products.xlsx", day, functools.partial(screen, as_of=day)).shop(each.name)
        )
    return found


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    rng = random.Random(SEED)
    refused: Counter[str] = Counter()
    true_of: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    lie_of: Counter[str] = Counter()
    seconds: list[float] = []
    for shop in shops(folder):
        checker = Checker(shop)
        for line in (*truths(shop, rng), *(Line("", t, "talk") for t in TALK)):
            start = time.perf_counter()
            checked = checker.check(line.text, line.product or None)
            seconds.append(time.perf_counter() - start)
            true_of[line.kind] += 1
            if not checked.carried:
                refused[line.kind] += 1
                print(
                    "refused",
                    shop.meta.name,
                    line.text,
                    [(c.value, c.reason) for c in checked.uncarried],
                    file=sys.stderr,
                )
        for line in lies(shop, rng):
            checked = checker.check(line.text, line.product)
            lie_of[line.kind] += 1
            if checked.carried:
                missed[line.kind] += 1
                print("missed", line.kind, shop.meta.name, line.product, line.text, file=sys.stderr)
    checker = Checker(small_shop())
    hand = [
        r.split("\t")
        for r in (HERE / "lies.tsv").read_text(encoding="utf-8").splitlines()
        if not r.startswith("#")
    ]
    by_hand = [(p, t) for p, t in hand if checker.check(t, p or None).carried]
    for product, text in by_hand:
        print("missed by hand", product, text, file=sys.stderr)
    report(true_of, refused, lie_of, missed, len(hand), len(by_hand), seconds)


def report(
    true_of: Counter[str],
    refused: Counter[str],
    lie_of: Counter[str],
    missed: Counter[str],
    hand: int,
    hand_missed: int,
    seconds: list[float],
) -> None:
    truths_n, lies_n = true_of.total(), lie_of.total()
    caught = lies_n - missed.total()
    print(f"{platform.machine()} python {platform.python_version()} seed {SEED}")
    print(f"truths refused {refused.total()}/{truths_n} = {refused.total() / truths_n:.3f} {dict(refused)}")
    print(
        f"planted lies caught {caught}/{lies_n} = {caught / lies_n:.4f} "
        f"missed {dict(missed)} of {dict(lie_of)}"
    )
    print(f"lies by hand caught {hand - hand_missed}/{hand} = {1 - hand_missed / hand:.3f}")
    seconds.sort()
    print(f"seconds a line p50 {seconds[len(seconds) // 2]:.4f} p95 {seconds[int(len(seconds) * 0.95)]:.4f}")


if __name__ == "__main__":
    main()
