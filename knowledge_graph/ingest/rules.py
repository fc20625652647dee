"""Rules of the whole shop: title rows, footnotes and rule sheets, and how they reach each product."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from knowledge_graph.facts import Fact, Source
from knowledge_graph.ingest import kinds
from knowledge_graph.ingest.columns import Column
from knowledge_graph.ingest.draft import Draft, Place, Screen, fact
from knowledge_graph.ingest.durations import Shipping, read_shipping
from knowledge_graph.ingest.headings import Heading, read_heading
from knowledge_graph.ingest.layout import Rules, Table
from knowledge_graph.ingest.problems import Problem
from knowledge_graph.ingest.regions import Regions, read_region_list, read_rules, speaks_of_regions
from knowledge_graph.ingest.rows import take_regions, take_shipping
from knowledge_graph.ingest.sheets import Cell
from knowledge_graph.ingest.wordings import refused, split_outside
from knowledge_graph.schema import Property

P = Property
_AFTER_SALES = re.compile(
    r"包赔|退换|换码|换货|[可内能不]换|不退|退货|赔|补发|理赔|无理由|售后|签收|瑕疵|客服[^，。]{0,2}[换退补]"
)
_FREIGHT = re.compile(r"包邮|运费|邮费|加.{0,4}\d+元|冰袋")
_PROMOTION = re.compile(r"满.{1,6}(?:减|送|打|折)|立减|第[二两2].{1,2}(?:半价|[0-9.]+折)|买.{1,3}[送赠]")
_OTHER = re.compile(r"合单|合并|一起发|分开发|两个仓|自提|发票|[普专]票|贺卡|代写|预约|误差")
_PREFIX = re.compile(
    r"^(?:全店|本店|店铺|备注|说明|注意?|附|温馨提示|以上|以下|所有(?:商品|产品))[^：:，,。]{0,6}[：:]\s*"
)
_LABEL = re.compile(r"^(?P<label>[^：:，,。；;]{2,10})[：:]\s*(?P<text>.+)$", re.S)
_HOLDS = (P.AFTER_SALES, P.FREIGHT)
_BESIDES = re.compile("另|还|额外|单独|此外")
"""A heading of what holds beside the shop's rules: 无 below it takes none of them back."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is ruled, where (``holds_in`` empty: everywhere; below row ``after``) and for which goods.

    ``kind`` empty: for all; else ``goods`` has sheet and row of those of the kind.
    """

    cell: Cell
    text: str
    sheet: str
    holds_in: str
    after: int
    shipping: Shipping
    regions: Regions
    texts: tuple[tuple[Property, str], ...]
    kind: str = ""
    goods: frozenset[tuple[str, int]] = frozenset()

    def rules(self, draft: Draft) -> bool:
        """Whether it holds for the goods of a row."""
        here = not self.holds_in or self.holds_in == draft.sheet
        below = not self.after or draft.row > self.after
        return here and below and (not self.kind or (draft.sheet, draft.row) in self.goods)


def gather(layouts: Sequence[Table | Rules], drafts: Sequence[Draft]) -> list[Rule]:
    """Every rule of a file about these goods, in order; what a line rules of one kind is a rule by itself."""
    found = []
    for cell, text, sheet, holds_in, after in _lines(layouts):
        for part, kind in kinds.parts(text, drafts):
            goods = kinds.of_kind(kind, drafts) if kind else frozenset()
            found.append(replace(read_rule(cell, part, sheet, holds_in, after), kind=kind, goods=goods))
    return found


def _lines(layouts: Sequence[Table | Rules]) -> Iterator[tuple[Cell, str, str, str, int]]:
    """Each line of rules: its cell and text, its sheet, the sheet and the row below which it holds."""
    tables = [t for t in layouts if isinstance(t, Table)]
    for layout in layouts:
        if isinstance(layout, Rules):
            yield from ((cell, text, layout.sheet, "", 0) for cell, text in layout.lines)
            continue
        first = min((row[0].row for row in layout.rows if row), default=0)
        for cell in layout.notes:
            everywhere = len(tables) == 1 or re.search(r"全店|本店|所有", cell.text)
            following = cell.row > first and "以下" in cell.text
            holds_in = "" if everywhere else layout.sheet
            yield cell, cell.text, layout.sheet, holds_in, cell.row if following else 0


def read_rule(cell: Cell, text: str, sheet: str, holds_in: str, after: int = 0) -> Rule:
    """What one line rules."""
    labelled = _LABEL.match(text)
    role = read_heading(labelled["label"]).role if labelled else ""
    body = labelled["text"] if labelled and role else _PREFIX.sub("", text)
    if role == "excluded_region":
        regions = _listed(body)
    else:
        regions = read_rules(body) if speaks_of_regions(body) else Regions()
    shipping = read_shipping(body, column=role in ("shipping", "lead_time"))
    texts: list[tuple[Property, str]] = []
    if role == "after_sales":
        texts.append((P.AFTER_SALES, body))
    else:
        for sentence in split_outside(body, "；;。！!\n"):
            if _AFTER_SALES.search(sentence) and not shipping_only(sentence):
                texts.append((P.AFTER_SALES, sentence))
            elif _FREIGHT.search(sentence):
                texts.append((P.FREIGHT, sentence))
            elif _PROMOTION.search(sentence):
                texts.append((P.PROMOTION, sentence))
            elif _OTHER.search(sentence):
                texts.append((P.NOTE, sentence))
    return Rule(cell, text, sheet, holds_in, after, shipping, regions, tuple(texts))


def _listed(body: str) -> Regions:
    """Regions behind 不发：; what stands there without a verb of its own is not shipped to."""
    first, _, rest = unicodedata.normalize("NFKC", body).replace("。", ";").partition(";")
    if speaks_of_regions(first):
        return read_rules(body)
    return replace(read_rules(rest), excluded=read_region_list(first).excluded)


def shipping_only(sentence: str) -> bool:
    """Whether a sentence speaks of sending and of nothing that comes after."""
    return bool(re.search(r"发货|发出", sentence)) and not re.search(r"赔|退|换|补发|售后", sentence)


def apply(rules: Iterable[Rule], draft: Draft) -> None:
    """Give a product what the shop's rules say and its own row does not."""
    own_shipping = any(draft.get(p) for p in (P.SHIPPING_HOURS, P.SHIP_SCHEDULE, P.LEAD_TIME, P.PRESALE))
    own_shipping = own_shipping or any(f.property is P.SHIPPING_HOURS for f in draft.pending)
    own = {p for p in _HOLDS if draft.get(p)}
    listed = draft.places.get("excluded_region")
    everywhere = bool(listed and read_region_list(listed.text).none and listed.text)
    everywhere = everywhere and not (listed and _BESIDES.search(listed.column.title))
    for rule in rules:
        if not rule.rules(draft):
            continue
        place = Place(rule.cell, Column(rule.cell.column, Heading(""), ""))
        source = Source(draft.file, rule.sheet, rule.cell.place, rule.cell.row)
        if rule.shipping.says and not own_shipping:
            take_shipping(draft, rule.shipping, place, source=source)
        elif rule.shipping.courier and draft.get(P.COURIER) is None:
            draft.put(fact(draft, P.COURIER, rule.shipping.courier, place, source=source))
        if not everywhere:
            taken = {f.value for f in draft.all(P.EXCLUDED_REGION)}
            charged = {r: c for r, c in rule.regions.surcharges.items() if r not in taken}
            take_regions(draft, replace(rule.regions, surcharges=charged), place, source=source)
        for property_, text in rule.texts:
            if property_ not in own:
                draft.put(fact(draft, property_, text, place, source=source, written=text))


def shop_facts(
    rules: Iterable[Rule], file: str, as_of: date, screen: Screen
) -> tuple[list[Fact], list[Problem]]:
    """The rules as facts of the shop itself, word for word; stray personal data is reported."""
    holder = Draft(file, "", 0, as_of, screen=screen)
    for rule in rules:
        place = Place(rule.cell, Column(rule.cell.column, Heading(""), ""))
        source = Source(file, rule.sheet, rule.cell.place, rule.cell.row)
        holder.sheet = rule.sheet
        if any(f.kind == "PII" for f in refused(holder, place, rule.cell.text)):
            continue
        if rule.kind and not rule.goods:
            message = f"不知道哪些商品算“{rule.kind}”，这条规定先不用，应该写明商品的名字。"
            holder.report("warning", "RULE_KIND_UNKNOWN", message, place, rule.text)
        if not rule.kind:
            take_regions(holder, rule.regions, place, source=source)
            take_shipping(holder, rule.shipping, place, source=source)
        for property_, text in rule.texts:
            holder.put(fact(holder, property_, text, place, source=source, written=text))
        if rule.kind or not (rule.texts or rule.shipping.says or rule.regions.excluded):
            holder.put(fact(holder, P.NOTE, rule.text, place, source=source, written=rule.text))
    return holder.facts, holder.problems
