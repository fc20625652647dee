"""A merchant's file to facts and problems: read, laid out, read row by row, checked, ruled, merged."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from core.errors import InputError
from knowledge_graph.facts import Fact, MemoryShop, ShopMeta
from knowledge_graph.ingest import rules as shop_rules
from knowledge_graph.ingest.certificates import join_certificates
from knowledge_graph.ingest.checks import check_claims, check_product, check_sheet, shifted
from knowledge_graph.ingest.columns import Column, Row
from knowledge_graph.ingest.draft import EMPTY, Draft, Place, Screen, allow_all, fact
from knowledge_graph.ingest.layout import Rules, Table, only_headed, read_layout
from knowledge_graph.ingest.merging import merged
from knowledge_graph.ingest.problems import Problem
from knowledge_graph.ingest.regions import read_rules, speaks_of_regions
from knowledge_graph.ingest.rows import product_name, read_row
from knowledge_graph.ingest.sheets import Sheet, read_sheets
from knowledge_graph.ingest.wordings import claims_in, refused
from knowledge_graph.schema import Property

_SAME = re.compile(r"^(?:同上|同前|上同|〃|″|\"|”|＂|''|ditto|同)$", re.I)
_EXAMPLE = re.compile(r"^[（(【]?(?:示例|样例|例如|填写说明|填表说明)")
_SIZES = re.compile(
    r"\d+(?:\.\d+)?\s*(?:kg|g|ml|l|斤|克|公斤|毫升|升|两|[个只枚袋盒瓶罐包条件]|)(?:[*×xX]\d*)?", re.I
)
_ALIAS = re.compile(r"[（(](?P<inside>[\u4e00-\u9fff]{3,10})[）)]")
_NOT_ALIAS = re.compile(
    r"装|果$|份|定制|专用|礼盒|整[只条个块]|[大中小]号|家庭|一[对个套件]|级|现货|预售|新款|升级|包邮|手工|散|袋|盒|瓶|箱|斤|克|腿|块|切|款|色|味$|版|限|送|赠|含|不|带|无"
)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would bring: facts to approve, facts that wait for a person, problems, product names."""

    title: str
    file: str
    as_of: date
    products: tuple[str, ...]
    facts: tuple[Fact, ...]
    pending: tuple[Fact, ...]
    problems: tuple[Problem, ...]

    def shop(self, name: str) -> MemoryShop:
        """The shop as it would be, with the approved facts only."""
        return MemoryShop.of(ShopMeta(name, self.as_of, self.title), self.facts, self.products)


def import_file(path: Path, as_of: date, screen: Screen = allow_all) -> Preview:
    """Read a product sheet (xlsx, csv) or JSON-LD. Raises :class:`InputError` with one clear sentence."""
    from knowledge_graph.ingest.jsonld import looks_like_jsonld, read_jsonld
    from knowledge_graph.ingest.sheets import read_bytes

    if looks_like_jsonld(content := read_bytes(path)):
        return read_jsonld(path.name, content, as_of, screen)
    return import_sheets(path.name, read_sheets(path), as_of, screen)


def import_sheets(file: str, sheets: Sequence[Sheet], as_of: date, screen: Screen = allow_all) -> Preview:
    """The facts of sheets already read."""
    layouts = [read_layout(sheet) for sheet in sheets]
    tables = [t for t in layouts if isinstance(t, Table)]
    if not tables:
        if any(only_headed(sheet) for sheet in sheets):
            raise _no_products(file)
        raise InputError(
            "import.no_product_column",
            f"文件 {file} 里找不到商品名称那一列。",
            "请在商品名上面写上表头，比如“品名”，旁边写“价格”“净重”。",
        )
    problems: list[Problem] = []
    drafts: list[Draft] = []
    for table in tables:
        found, more = _read_table(file, table, as_of, screen)
        drafts += found
        problems += more
    if not drafts:
        raise _no_products(file)
    rules = shop_rules.gather(layouts, drafts)
    for draft in drafts:
        shop_rules.apply(rules, draft)
    check_sheet(drafts)
    drafts = merged(drafts)
    for draft in drafts:
        check_claims(draft)
    own, about_rules = shop_rules.shop_facts(rules, file, as_of, screen)
    return _preview(file, layouts, as_of, drafts, own, problems + about_rules)


def _no_products(file: str) -> InputError:
    return InputError(
        "import.no_products",
        f"文件 {file} 里找到了表头，可是表头下面没有一行商品。",
        "请在表头下面填上商品再导入。",
    )


def _preview(
    file: str,
    layouts: Sequence[Table | Rules],
    as_of: date,
    drafts: Sequence[Draft],
    own: Sequence[Fact],
    problems: list[Problem],
) -> Preview:
    everything = problems + [p for d in drafts for p in d.problems]
    order = {layout.sheet: at for at, layout in enumerate(layouts)}
    everything.sort(key=lambda p: (order.get(p.sheet, 99), p.row or 0))
    titles = [n.text for t in layouts if isinstance(t, Table) for n in t.notes[:1]]
    return Preview(
        titles[0][:60] if titles else "",
        file,
        as_of,
        tuple(d.name for d in drafts),
        in_order([*(f for d in drafts for f in d.facts), *own]),
        in_order([f for d in drafts for f in d.pending]),
        tuple(dict.fromkeys(everything)),
    )


def in_order(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts, each knowing its place in the order they were written."""
    return tuple(replace(f, source=replace(f.source, order=at)) for at, f in enumerate(facts, 1))


_KINDS = {
    "header": ("HEADER_REPEATED", "表中间又出现了一行表头，已经跳过。"),
    "total": ("TOTAL_ROW", "合计行不是商品，已经跳过。"),
    "divider": ("NON_PRODUCT_ROW", "这一行是分隔或说明，不是商品，已经跳过。"),
}


def _read_table(file: str, table: Table, as_of: date, screen: Screen) -> tuple[list[Draft], list[Problem]]:
    drafts, problems = [], []
    for row, kind in table.skipped:
        type_, message = _KINDS[kind]
        cell = next(c for c in row if c.text)
        problems.append(Problem("warning", type_, message, None, table.sheet, cell.row, "", cell.text))
    by_role = _by_role(table.columns)
    variants = _variants(table, by_role)
    above: dict[int, Place] = {}
    for row in table.rows:
        draft = Draft(file, table.sheet, row[0].row, as_of, screen=screen)
        draft.section = table.sections.get(row[0].row, "")
        draft.places = _places(row, by_role, above)
        extra = [
            Place(row[c.index], c)
            for c in table.columns
            if c.index < len(row) and c.title and c not in by_role.values()
        ]
        if problem := _named(draft, variants.get(draft.row, "")):
            problems += problem
            continue
        _read_draft(draft, extra)
        drafts.append(draft)
    return drafts, problems


def _by_role(columns: Iterable[Column]) -> dict[str, Column]:
    """One column a role: the surest; further ones of the same role are read as extra cells."""
    found: dict[str, Column] = {}
    for column in columns:
        if column.role and (
            column.role not in found or column.heading.score > found[column.role].heading.score
        ):
            found[column.role] = column
    return found


def _places(row: Row, by_role: dict[str, Column], above: dict[int, Place]) -> dict[str, Place]:
    """The row's cells by role; 同上 takes what stands above it."""
    places = {}
    for role, column in by_role.items():
        if column.index >= len(row):
            continue
        place = Place(row[column.index], column)
        if _SAME.match(place.text) and (held := above.get(column.index)):
            place = Place(replace(place.cell, value=held.cell.value, text=held.text, filled=True), column)
        above[column.index] = place
        places[role] = place
    return places


_VARIANT = ("spec", "size", "color", "variety", "grade", "net_weight")


def _variants(table: Table, by_role: dict[str, Column]) -> dict[int, str]:
    """What tells rows under one merged name apart, by row number: the first column in which they differ."""
    name = by_role.get("name")
    found: dict[int, str] = {}
    if name is None:
        return found
    beside = [c for c in table.columns if c.index == name.index + 1 and c.role in ("", "note", *_VARIANT)]
    candidates = beside + [by_role[r] for r in _VARIANT if r in by_role]
    for _, group in itertools.groupby(table.rows, key=lambda row: row[name.index].text):
        rows = list(group)
        if not any(row[name.index].filled for row in rows):
            continue
        for column in candidates:
            texts = [product_name(row[column.index].text) for row in rows]
            if all(texts) and len(set(texts)) == len(texts) > 1:
                found |= {row[0].row: text for row, text in zip(rows, texts, strict=True)}
                break
    return found


def _named(draft: Draft, variant: str) -> list[Problem] | None:
    """Set the product's name; a problem (or nothing, for an empty row) where the row names none."""
    place = draft.places.get("name")
    text = product_name(place.text) if place else ""
    if text and not re.fullmatch(r"[\d.,]+", text) and not EMPTY.match(text):
        if _EXAMPLE.match(text):
            return [
                Problem(
                    "warning",
                    "EXAMPLE_ROW",
                    "这一行是填写示例，已经跳过。",
                    None,
                    draft.sheet,
                    draft.row,
                    "",
                    text,
                )
            ]
        draft.name = f"{text} {variant}".strip()
        return None
    held = [p for role, p in draft.places.items() if p.text and role not in ("sku", "private", "note")]
    if len(held) < 2:
        return []
    message = "这一行没有商品名称，不能当商品导入，应该补上名称。"
    return [
        Problem(
            "error",
            "NAME_MISSING",
            message,
            None,
            draft.sheet,
            draft.row,
            place.column.title if place else "",
            text,
        )
    ]


def _read_draft(draft: Draft, extra: Sequence[Place]) -> None:
    slipped = shifted(draft)
    if slipped:
        names = "、".join(p.column.title for p in slipped)
        words = "，".join(f"{p.column.title}={p.text}" for p in slipped if p.text)
        draft.report(
            "error",
            "COLUMN_SHIFT",
            f"这一行的内容错位了（{words}），应该整行核对；{names}先留空。",
            slipped[0],
        )
        for role in [r for r, p in draft.places.items() if p in slipped and r != "name"]:
            del draft.places[role]
    name = draft.places["name"]
    draft.put(fact(draft, Property.NAME, draft.name, name))
    for finding in claims_in(refused(draft, name, _SIZES.sub(" ", draft.name))):
        draft.report(
            "warning",
            f"CLAIM_{finding.kind}",
            f"品名里的“{finding.surface}”：{finding.reason}，播报时要当心。",
            name,
        )
    _price_required(draft)
    read_row(draft)
    _read_extra(draft, extra)
    join_certificates(draft)
    for match in _ALIAS.finditer(draft.name):
        if not _NOT_ALIAS.search(match["inside"]):
            draft.put(fact(draft, Property.ALIAS, match["inside"], name, written=match["inside"]))
    check_product(draft)


def _price_required(draft: Draft) -> None:
    """An absent price column is no problem of the row; an empty price is (read as missing)."""
    tiers = [r for r in draft.places if r == "price_tier" and draft.places[r].text]
    if tiers and "price" in draft.places and not draft.places["price"].text:
        del draft.places["price"]


def _read_extra(draft: Draft, extra: Sequence[Place]) -> None:
    """Cells of columns that share a role or have none: read too, nothing is dropped."""
    from knowledge_graph.ingest.rows import READERS, _text, take_regions

    for place in extra:
        if not place.text or place.cell.lost:
            continue
        if place.column.role == "private":
            if place.column.heading.role != "private":  # its cells look it: somebody's number, perhaps
                refused(draft, place, place.text)
            continue
        if place.column.role in (
            "price_tier",
            "selling_point",
            "reminder",
            "certificate",
            "note",
            "spec",
            "after_sales",
            "usage",
            "excluded_region",
        ):
            READERS.get(place.column.role, _text)(draft, place.column.role, place)
        elif place.column.role not in (
            "name",
            "price",
            "list_price",
            "stock",
            "sku",
            "shelf_life",
            "net_weight",
        ) and not refused(draft, place, place.text):
            _text(draft, "", place)
            if speaks_of_regions(place.text):
                take_regions(draft, read_rules(place.text), place)
