"""One row of a product sheet, read cell by cell into facts and problems."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from core.text.numbers import parse_numeral
from knowledge_graph.facts import Quantity
from knowledge_graph.ingest.certificates import LICENCE, read_certificates
from knowledge_graph.ingest.dates import read_date
from knowledge_graph.ingest.draft import EMPTY, Draft, Place, fact
from knowledge_graph.ingest.durations import Shipping, read_shelf_life, read_shipping
from knowledge_graph.ingest.prices import Offer, Price, read_offers, read_price
from knowledge_graph.ingest.regions import Regions, read_region_list
from knowledge_graph.ingest.sheets import wide_to_narrow
from knowledge_graph.ingest.stock import read_stock
from knowledge_graph.ingest.weighing import read_specification, weigh
from knowledge_graph.ingest.wordings import personal, read_note, read_points, read_reminders
from knowledge_graph.schema import TERMS, Property

P = Property
MAX_PRICE = Decimal(1_000_000)


def read_row(draft: Draft) -> None:
    """Read every cell of the row that :attr:`Draft.places` holds."""
    for role, place in draft.places.items():
        if place.cell.lost:
            _lost(draft, role, place)
        elif role in _UNSCREENED and personal(draft, place):
            continue
        elif place.text or role in ("price",):
            READERS.get(role, _text)(draft, role, place)
    _tiers_of_promotions(draft)
    weigh(draft)


def _tiers_of_promotions(draft: Draft) -> None:
    """2袋36元, 第二双半价, 买三送一 among the offers: what so many cost, for as long as the offer holds."""
    price = draft.get(P.PRICE)
    if price is None or price.high is not None or not isinstance(price.value, Decimal):
        return
    if draft.get(P.PRICE_TIER) or (price.per is not None and price.per.value != 1):
        return
    sold_by = price.per.unit if price.per else ""
    tier = TERMS[P.PRICE_TIER]
    for offer in draft.all(P.PROMOTION):
        for each in read_offers(str(offer.value), price.value):
            if each.per and sold_by in ("", each.per.unit):
                draft.put(
                    replace(
                        offer, property=P.PRICE_TIER, value=each.price, per=each.per, unit=tier.unit, id=""
                    )
                )


_UNSCREENED = frozenset({"spec", "count", "size", "gross_weight", "shipping", "lead_time", "shelf_life"})
"""Roles of words and figures whose readers do not look for a telephone number among them."""


def product_name(text: str) -> str:
    """The name as the convention wants it: trimmed, inner space one, full-width digits and letters folded."""
    return " ".join(wide_to_narrow(text).split())


_AFFECTED = {
    "shipping": P.SHIPPING_HOURS,
    "spec": P.SPEC,
    "price_tier": P.PRICE_TIER,
    "name": P.NOTE,
    "unit": P.NOTE,
    "private": P.NOTE,
}


def _property(role: str) -> Property:
    return _AFFECTED.get(role) or Property(role)


def _lost(draft: Draft, role: str, place: Place) -> None:
    if role in ("private", ""):
        return
    what = "公式没有算出结果" if place.cell.lost.startswith("=") else f"是表格的错误值 {place.cell.lost}"
    draft.doubt(
        _property(role), "FORMULA_ERROR", f"“{place.column.title}”{what}，应该是具体的内容，先留空。", place
    )


def _price(draft: Draft, role: str, place: Place) -> None:
    if isinstance(place.cell.value, date):
        draft.doubt(P.PRICE, "EXCEL_DATE_COERCION", "价格被表格软件变成了日期，应该是金额，先留空。", place)
        return
    price = read_price(place.text)
    if EMPTY.match(place.text):
        price = Price(fault="missing")
    messages = {
        "missing": ("PRICE_MISSING", "价格是空的，应该写金额；不会拿别的价格顶替。"),
        "not_numeric": ("PRICE_NOT_NUMERIC", f"价格“{place.text}”不是金额，应该写成 29.9 这样，先留空。"),
        "ambiguous": (
            "PRICE_AMBIGUOUS",
            f"价格“{place.text}”看不出是哪一个，应该只写一个价或者写明几件多少钱，先留空。",
        ),
        "out_of_range": ("PRICE_OUT_OF_RANGE", f"价格“{place.text}”不对，应该大于 0，先留空。"),
    }
    fault = price.fault
    if price.offers and price.offers[0].price >= MAX_PRICE:
        fault = "out_of_range"
    if fault:
        type_, message = messages[fault]
        draft.doubt(P.PRICE, type_, message, place)
    else:
        _take_price(draft, price, place)
    for promotion in price.promotions:
        draft.put(fact(draft, P.PROMOTION, promotion, place))


def _take_price(draft: Draft, price: Price, place: Place) -> None:
    first = price.offers[0]
    per = first.per or place.column.heading.per
    draft.put(fact(draft, P.PRICE, first.price, place, per=per, high=first.high))
    if len(price.offers) > 1:
        for offer in price.offers:
            draft.put(
                fact(
                    draft,
                    P.PRICE_TIER,
                    offer.price,
                    place,
                    per=offer.per or Quantity(Decimal(1), per.unit if per else "件"),
                )
            )
    for option in price.options:
        draft.put(fact(draft, P.PRICE_OPTION, option.price, place, about=option.name, per=option.per))
    if price.list_price is not None and "list_price" not in draft.places:
        draft.put(fact(draft, P.LIST_PRICE, price.list_price, place))
    _check_tiers(draft, price.offers, place)


def _check_tiers(draft: Draft, offers: tuple[Offer, ...], place: Place) -> None:
    """Buying more must not cost more for one, nor less in all."""
    known = [(o.per.value if o.per else Decimal(1), o.price) for o in offers]
    for (less, cheap), (more, dear) in itertools.pairwise(known):
        if more > less and (dear * less > cheap * more or dear <= cheap):
            draft.doubt(
                P.PRICE_TIER,
                "TIER_CONFLICT",
                f"多买的价“{place.text}”比单买还贵，或者总价反而更低，应该核对。",
                place,
            )
            draft.withhold([P.PRICE_TIER], "多买价不合理")
            return


def _tier(draft: Draft, role: str, place: Place) -> None:
    price = read_price(place.text)
    per = place.column.heading.per
    if price.offers and per:
        draft.put(fact(draft, P.PRICE_TIER, price.offers[0].price, place, per=per))
        if "price" not in draft.places and draft.get(P.PRICE) is None:
            draft.put(fact(draft, P.PRICE, price.offers[0].price, place, per=per))
    elif price.offers and len(price.offers) > 1:
        for offer in price.offers:
            draft.put(fact(draft, P.PRICE_TIER, offer.price, place, per=offer.per))
    else:
        draft.put(fact(draft, P.PROMOTION, place.text, place))


def _list_price(draft: Draft, role: str, place: Place) -> None:
    if EMPTY.match(place.text):
        return
    price = read_price(place.text)
    if isinstance(place.cell.value, date) or not price.offers:
        draft.doubt(
            P.LIST_PRICE,
            "LIST_PRICE_NOT_NUMERIC",
            f"“{place.column.title}”里的“{place.text}”不是金额，先留空。",
            place,
        )
        return
    draft.put(
        fact(
            draft,
            P.LIST_PRICE,
            price.offers[0].price,
            place,
            per=price.offers[0].per,
            high=price.offers[0].high,
        )
    )


def _shelf_life(draft: Draft, role: str, place: Place) -> None:
    if isinstance(place.cell.value, date):
        draft.doubt(
            P.SHELF_LIFE,
            "EXCEL_DATE_COERCION",
            f"保质期被表格软件变成了日期“{place.text}”，应该写成 12个月 这样，先留空。",
            place,
        )
        return
    shelf = read_shelf_life(place.text, place.column.heading.unit)
    if shelf.open_ended:
        draft.put(fact(draft, P.NOTE, place.text, place, about=place.column.title))
    messages = {
        "no_unit": (
            "SHELF_LIFE_UNIT_MISSING",
            f"保质期只有数字“{place.text}”，没有单位（天、个月、年），先留空。",
        ),
        "date": ("EXCEL_DATE_COERCION", f"保质期写成了日期“{place.text}”，应该写多少天或几个月，先留空。"),
        "out_of_range": ("SHELF_LIFE_OUT_OF_RANGE", f"保质期“{place.text}”不合常理，应该核对，先留空。"),
        "unreadable": ("SHELF_LIFE_UNREADABLE", f"保质期“{place.text}”看不出是多久，先留空。"),
    }
    if shelf.fault:
        type_, message = messages[shelf.fault]
        draft.doubt(P.SHELF_LIFE, type_, message, place)
    for at, (storage, value) in enumerate(shelf.parts):
        draft.put(
            fact(draft, P.SHELF_LIFE, value, place, about=storage, high=shelf.high if at == 0 else None)
        )


def _shipping(draft: Draft, role: str, place: Place) -> None:
    if not EMPTY.match(place.text):
        unit = place.column.heading.unit
        bare = re.fullmatch(r"[0-9]+", wide_to_narrow(place.text)) and unit in ("小时", "天")
        shipping = read_shipping(f"{place.text}{unit}内" if bare else place.text)
        take_shipping(draft, shipping, place)
        from knowledge_graph.ingest.regions import read_rules, speaks_of_regions

        if regions := speaks_of_regions(place.text):
            take_regions(draft, read_rules(place.text), place)
        if free := "包邮" in place.text:
            draft.put(fact(draft, P.FREIGHT, "包邮", place))
        if not (shipping.says or shipping.courier or regions or free):
            message = f"“{place.text}”看不出什么时候发货，应该写成“48小时内”“当天发”这样。"
            draft.report("warning", "SHIPPING_UNREADABLE", message, place)


def _lead_time(draft: Draft, role: str, place: Place) -> None:
    """Under 工期 some goods are made to order and others lie there: 24小时内发 is a promise of shipping."""
    if (shipping := read_shipping(place.text)).hours is None:
        _text(draft, role, place)
    else:
        take_shipping(draft, shipping, place)


def take_shipping(draft: Draft, shipping: Shipping, place: Place, **more: object) -> None:
    """Facts of a shipping text."""
    if shipping.hours is not None:
        draft.put(fact(draft, P.SHIPPING_HOURS, shipping.hours, place, **more))
    texts = (
        (P.SHIP_SCHEDULE, shipping.schedule),
        (P.LEAD_TIME, shipping.lead),
        (P.PRESALE, shipping.presale),
        (P.COURIER, shipping.courier),
    )
    for property_, text in texts:
        if text and draft.get(property_) is None:
            draft.put(fact(draft, property_, text, place, **more))


def _regions(draft: Draft, role: str, place: Place) -> None:
    regions = read_region_list(place.text)
    if role == "only_region":
        regions = (
            regions
            if regions.only or regions.none
            else Regions(only=regions.excluded, surcharges=regions.surcharges)
        )
    elif role == "surcharge_region" and not regions.surcharges:
        draft.put(fact(draft, P.FREIGHT, place.text, place))
        return
    take_regions(draft, regions, place)
    for word in regions.unread:
        draft.report("warning", "REGION_UNREADABLE", f"“{word}”看不出是哪个地区。", place, word)


def take_regions(draft: Draft, regions: Regions, place: Place, **more: object) -> None:
    """Facts of a text about regions."""
    for region in regions.excluded:
        draft.put(fact(draft, P.EXCLUDED_REGION, region, place, **({"written": region} | more)))
    for region in regions.only:
        draft.put(fact(draft, P.ONLY_REGION, region, place, **({"written": region} | more)))
    for region, cost in regions.surcharges.items():
        draft.put(fact(draft, P.SURCHARGE_REGION, cost, place, about=region, **more))


def _sku(draft: Draft, role: str, place: Place) -> None:
    if re.fullmatch(r"[\d.]+E\+?\d+", place.text, re.I):
        draft.doubt(
            _property(role),
            "NUMBER_MANGLED",
            f"“{place.text}”被表格软件变成了科学计数，应该按文字重新录。",
            place,
        )
    elif not EMPTY.match(place.text):
        draft.put(fact(draft, _property(role), wide_to_narrow(place.text), place))


def _produced_on(draft: Draft, role: str, place: Place) -> None:
    if isinstance(place.cell.value, date):
        day: date | None = place.cell.value
    else:
        day, wrong = read_date(place.text)
        if wrong:
            draft.doubt(
                P.PRODUCED_ON, "IMPOSSIBLE_DATE", f"“{place.text}”这一天不存在，应该核对，先留空。", place
            )
            return
    if day is None:
        if not EMPTY.match(place.text):
            draft.put(fact(draft, P.HARVEST_SEASON, place.text, place))
        return
    if day > draft.as_of:
        draft.doubt(P.PRODUCED_ON, "FUTURE_DATE", f"日期“{place.text}”还没到，应该核对，先留空。", place)
        return
    draft.put(fact(draft, P.PRODUCED_ON, day, place))


def _text(draft: Draft, role: str, place: Place) -> None:
    if role in ("private", "name"):
        return
    if EMPTY.match(place.text) or personal(draft, place):
        return
    text = place.text.replace("\n", "；")
    if role in ("", "unit") and LICENCE.fullmatch(text):
        read_certificates(draft, role, place)
        return
    if not role or role == "unit":
        if not re.fullmatch(r"[\d.,]+", text):
            draft.put(fact(draft, P.NOTE, text, place, about=place.column.title))
        return
    if role == "origin" and (
        parse_numeral(text) or re.fullmatch(r"[\d.]+|.*\d(?:g|kg|斤|克|元|天|个月|年)(?:/.+)?", text, re.I)
    ):
        draft.doubt(P.ORIGIN, "ORIGIN_UNREADABLE", f"产地写的“{text}”不是地名，应该核对，先留空。", place)
        return
    property_ = Property(role)
    for part in re.split(r"[、,，;；/]", text) if property_ is P.ALIAS or property_ is P.COLOR else (text,):
        if part.strip():
            draft.put(fact(draft, property_, part.strip(), place, written=part.strip()))


Reader = Callable[[Draft, str, Place], None]
READERS: Mapping[str, Reader] = {
    "price": _price,
    "price_tier": _tier,
    "list_price": _list_price,
    "net_weight": read_specification,
    "spec": read_specification,
    "count": read_specification,
    "size": read_specification,
    "gross_weight": read_specification,
    "shelf_life": _shelf_life,
    "shipping": _shipping,
    "lead_time": _lead_time,
    "excluded_region": _regions,
    "only_region": _regions,
    "surcharge_region": _regions,
    "stock": read_stock,
    "sku": _sku,
    "barcode": _sku,
    "produced_on": _produced_on,
    "certificate": read_certificates,
    "selling_point": read_points,
    "reminder": read_reminders,
    "note": read_note,
    "promotion": read_note,
}
