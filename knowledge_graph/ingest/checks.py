"""Facts of one product against each other, and products of one sheet against each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from math import log
from statistics import median

from core.tables import bad, shipped
from core.text.numbers import find_amounts
from knowledge_graph.facts import Fact
from knowledge_graph.ingest.draft import Draft, Place
from knowledge_graph.ingest.durations import modes
from knowledge_graph.ingest.looks import look
from knowledge_graph.ingest.places import contradicts
from knowledge_graph.ingest.prices import read_price
from knowledge_graph.schema import Property

P = Property


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A claim and the wording of other cells that contradicts it."""

    type: str
    claim: re.Pattern[str]
    properties: frozenset[Property]
    against: re.Pattern[str]
    message: str

    def opposed(self, draft: Draft) -> Fact | None:
        """The fact that speaks against the claim, where there is one."""
        return next(
            (f for f in draft.facts if f.property in self.properties and self.against.search(str(f.value))),
            None,
        )


@cache
def contradictions() -> tuple[Contradiction, ...]:
    """The table of contradictions; a bad line raises :class:`ConfigurationError` with its number."""
    found = []
    file = "contradictions.tsv"
    for number, (kind, claim, names, against, message) in shipped("knowledge_graph.ingest", file, 5):
        try:
            properties = frozenset(Property(n) for n in names.split("|"))
            if P.MATERIAL in properties:  # one column tells what food and what goods are made of
                properties |= {P.INGREDIENTS}
            found.append(Contradiction(kind, re.compile(claim), properties, re.compile(against), message))
        except (ValueError, re.error) as error:
            raise bad(file, number, str(error)) from error
    return tuple(found)


def check_product(draft: Draft) -> None:
    """Everything about one product that can contradict itself."""
    _check_prices(draft)
    _check_storage(draft)
    _check_origin(draft)
    _check_age(draft)
    _check_shipping(draft)
    check_claims(draft)
    _check_years(draft)
    _check_certified(draft)


def _check_prices(draft: Draft) -> None:
    price, listed = draft.get(P.PRICE), draft.get(P.LIST_PRICE)
    place = draft.places.get("price")
    if not price or not listed or place is None:
        return
    paid, before = _decimal(price.value), _decimal(listed.value)
    if paid > before:
        both = paid < before * 3
        message = (
            f"“{place.column.title}”{paid}比划线价{before}还高，可能填反或者漏了小数点，应该核对，先留空。"
        )
        draft.report("error", "PRICE_GT_LIST", message, place)
        draft.withhold(
            [P.PRICE, P.PRICE_TIER, P.LIST_PRICE] if both else [P.PRICE, P.PRICE_TIER], "价格比划线价高"
        )


def _decimal(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(0)


def _check_storage(draft: Draft) -> None:
    shelf, storage = draft.places.get("shelf_life"), draft.places.get("storage")
    if not shelf or not storage:
        return
    first, second = modes(shelf.text), modes(storage.text)
    soft = re.search(r"更好|更佳|最好|最佳|建议|也可|均可|都可以|都行", storage.text)
    if first and second and not first & second and not soft:
        message = f"保质期写“{shelf.text}”，存放写“{storage.text}”，互相矛盾，应该核对，两项先留空。"
        draft.report("error", "STORAGE_CONFLICT", message, storage)
        draft.withhold([P.SHELF_LIFE, P.STORAGE], "存放和保质期矛盾")


def _check_origin(draft: Draft) -> None:
    origin, place = draft.get(P.ORIGIN), draft.places.get("origin")
    if origin and place and contradicts(draft.name, str(origin.value)):
        message = f"品名里的地名和产地“{origin.value}”不在一个省，应该核对，产地先留空。"
        draft.report("error", "ORIGIN_CONFLICT", message, place)
        draft.withhold([P.ORIGIN], "品名和产地对不上")


def _check_age(draft: Draft) -> None:
    made, shelf, place = draft.get(P.PRODUCED_ON), draft.get(P.SHELF_LIFE), draft.places.get("produced_on")
    if made and shelf and place and hasattr(made.value, "toordinal"):
        longest = max(_decimal(f.value) for f in draft.all(P.SHELF_LIFE))
        if made.value.toordinal() + int(longest) < draft.as_of.toordinal():
            draft.report(
                "error", "EXPIRED", f"生产日期{made.value}加上保质期已经过期了，不能卖，应该核对。", place
            )


def _check_shipping(draft: Draft) -> None:
    hours = draft.all(P.SHIPPING_HOURS)
    place = draft.places.get("shipping")
    if place and len({f.value for f in hours}) > 1:
        draft.report(
            "error", "SHIPPING_CONFLICT", f"“{place.text}”和别处写的发货时间不一样，应该核对，先留空。", place
        )
        draft.withhold([P.SHIPPING_HOURS], "发货时间前后不一")
    elif place and hours and (draft.get(P.PRESALE) or draft.get(P.LEAD_TIME)):
        later = draft.get(P.PRESALE) or draft.get(P.LEAD_TIME)
        message = f"“{place.text}”和“{later.value if later else ''}”对不上，应该核对，发货时间先留空。"
        draft.report("warning", "SHIPPING_CONFLICT", message, place)
        draft.withhold([P.SHIPPING_HOURS], "现货和预售矛盾")
    frozen = draft.places.get("storage")
    if (
        place
        and frozen
        and modes(frozen.text) == {"冷冻"}
        and re.search(r"常温", place.text)
        and "不" not in place.text
    ):
        draft.report("error", "SHIPPING_CONFLICT", f"要冷冻的货写了常温发：“{place.text}”，应该核对。", place)


def check_claims(draft: Draft) -> None:
    """Selling points that another cell of the row contradicts are taken back."""
    for point in draft.all(P.SELLING_POINT):
        said, place = str(point.value), _place_of(draft, point.source.cell)
        for rule in contradictions():
            claim = rule.claim.search(said)
            if not (place and claim and _asserted(said, claim.start())):
                continue
            if other := rule.opposed(draft):
                against = f"“{said}”和“{other.source.column}”的“{other.value}”对不上"
                draft.report("error", rule.type, f"{against}：{rule.message}；核对前不播报。", place)
                draft.hold_back(point)
                break
    _check_name(draft)


def _asserted(text: str, at: int) -> bool:
    return not re.search(r"(?:不是|并非|非|没有|不含|不)$", text[:at])


_AGED = re.compile(r"窖|陈|藏|龄|熟成|发酵|酿|老|晒")


def _years(text: str) -> set[Decimal]:
    return {a.value for a in find_amounts(text) if a.unit == "年" and a.kind == "time" and a.high is None}


def _check_years(draft: Draft) -> None:
    """An age in a selling point beside another one in the name: 二十年窖藏 of （15年）."""
    named = _years(draft.name)
    for point in draft.all(P.SELLING_POINT):
        aged = _years(str(point.value)) if _AGED.search(str(point.value)) else set()
        place = _place_of(draft, point.source.cell)
        if named and aged and not named & aged and place:
            message = f"“{point.value}”和品名“{draft.name}”的年份对不上，应该核对；核对前不播报。"
            draft.report("error", "CLAIM_CONFLICT", message, place)
            draft.hold_back(point)


def _check_name(draft: Draft) -> None:
    place = draft.places.get("name")
    for rule in contradictions():
        concerned = rule.type not in ("CRAFT_CONFLICT", "GRADE_CONFLICT", "FARMING_CONFLICT")
        if not (place and concerned and rule.claim.search(draft.name)):
            continue
        if other := rule.opposed(draft):
            against = f"品名“{draft.name}”和“{other.source.column}”的“{other.value}”对不上"
            draft.report("warning", rule.type, f"{against}：{rule.message}，应该核对。", place)
            return


_NEEDS_PROOF = (
    (re.compile(r"有机(?!肥|质|玻璃)"), "有机"),
    (re.compile(r"绿色食品"), "绿色"),
    (re.compile(r"地理标志|地标产品"), "地理标志|地标"),
    (re.compile(r"非遗|非物质文化遗产"), "非遗|非物质|传承"),
    (re.compile(r"老字号"), "老字号"),
)


def _check_certified(draft: Draft) -> None:
    """A claim that needs a certificate, in a sheet that keeps certificates, without one."""
    if "certificate" not in draft.places and not draft.all(P.CERTIFICATE):
        return
    held = " ".join(str(f.value) for f in draft.all(P.CERTIFICATE))
    for point in draft.all(P.SELLING_POINT):
        for claim, proof in _NEEDS_PROOF:
            place = _place_of(draft, point.source.cell)
            if claim.search(str(point.value)) and not re.search(proof, held) and place:
                message = f"“{point.value}”要有证书才能说，这一行的证书里没有；核对前不播报。"
                draft.report("warning", "CERT_CLAIM_CONFLICT", message, place)
                draft.hold_back(point)
                break


def _place_of(draft: Draft, cell: str) -> Place | None:
    return next((p for p in draft.places.values() if p.cell.place == cell), None)


_EXPECTED = {
    "net_weight": {"origin", "storage", "shelf_life", "price", "certificate", "shipping"},
    "price": {"origin", "storage", "shelf_life", "net_weight", "certificate", "shipping"},
    "list_price": {"origin", "storage", "shelf_life", "net_weight", "certificate", "shipping"},
    "origin": {"net_weight", "shelf_life", "storage", "price", "number", "certificate", "shipping"},
    "shelf_life": {"net_weight", "origin", "storage", "price", "certificate"},
    "storage": {"net_weight", "origin", "shelf_life", "price", "number", "certificate"},
    "stock": {"origin", "storage", "shelf_life", "certificate", "shipping", "price"},
}  # fmt: skip


def shifted(draft: Draft) -> list[Place]:
    """The cells of a row whose contents slipped into the wrong columns; empty when fewer than two did."""
    wrong = [p for role, p in draft.places.items() if role in _EXPECTED and _misplaced(role, p)]
    if len(wrong) < 2:
        return []
    first, last = min(p.column.index for p in wrong), max(p.column.index for p in wrong)
    by_index = {p.column.index: (role, p) for role, p in draft.places.items()}
    while (before := by_index.get(first - 1)) and before[0] in _EXPECTED and _bare(before[1]):
        first -= 1
    return [p for index, (_, p) in sorted(by_index.items()) if first <= index <= last]


def _bare(place: Place) -> bool:
    return look(place.text) == "number"


def _misplaced(role: str, place: Place) -> bool:
    seen = look(place.text)
    if seen not in _EXPECTED[role]:
        return False
    if role in ("price", "list_price"):
        return not read_price(place.text).offers or seen in ("net_weight", "shelf_life")
    if role == "shelf_life":
        return not re.search(r"\d.*(?:天|月|年|日)", place.text)
    return True


def check_sheet(drafts: Sequence[Draft]) -> None:
    """Products against each other: one number for two goods, prices far from the rest."""
    _check_outliers(drafts)
    seen: dict[str, Draft] = {}
    for draft in drafts:
        sku, place = draft.get(P.SKU), draft.places.get("sku")
        if sku is None or place is None or draft.sheet is None:
            continue
        other = seen.setdefault(str(sku.value), draft)
        if other is not draft and other.name != draft.name:
            message = f"货号{sku.value}被“{other.name}”和“{draft.name}”两个商品共用，应该一个商品一个号。"
            draft.report("warning", "DUPLICATE_SKU", message, place)


def _slipped(draft: Draft, listed: Decimal, middle: float) -> bool:
    """Whether of a price withheld for being above the list price it is the list price that is far off."""
    held = next(
        (f.value for f in draft.pending if f.property is P.PRICE and isinstance(f.value, Decimal)), None
    )
    return bool(held and middle) and abs(log(float(listed) / middle)) > abs(log(float(held or 1) / middle))


def _check_outliers(drafts: Sequence[Draft]) -> None:
    """A list price ten times the price: the one further from the sheet's median has a slipped point."""
    usual = [_decimal(f.value) for d in drafts for f in (d.get(P.PRICE), d.get(P.LIST_PRICE)) if f]
    middle = float(median(usual)) if usual else 0.0
    for draft in drafts:
        price, listed = draft.get(P.PRICE), draft.get(P.LIST_PRICE)
        if listed and not price and _slipped(draft, _decimal(listed.value), middle):
            draft.withhold([P.LIST_PRICE], "划线价比别的价低得多")
        if not price or not listed or _decimal(listed.value) < _decimal(price.value) * 10:
            continue
        far = abs(log(float(_decimal(price.value)) / middle)) > abs(
            log(float(_decimal(listed.value)) / middle)
        )
        role, withheld = ("price", [P.PRICE, P.PRICE_TIER]) if far else ("list_price", [P.LIST_PRICE])
        if len(usual) < 8:
            withheld = [P.PRICE, P.PRICE_TIER, P.LIST_PRICE]
        place = draft.places.get(role)
        message = f"价格{price.value}和划线价{listed.value}相差十倍以上，可能错了小数点，应该核对，先留空。"
        draft.report("error", "PRICE_OUTLIER", message, place)
        draft.withhold(withheld, "价格和划线价相差太多")
