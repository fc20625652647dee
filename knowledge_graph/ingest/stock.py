"""Stock as merchants count it: 120件, 约80坛, 售罄; anything that is not one number is reported."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from core.text.numbers import find_amounts
from knowledge_graph.facts import Quantity
from knowledge_graph.ingest.draft import EMPTY, Draft, Place, fact
from knowledge_graph.schema import Property

P = Property
_STOCK_TEXT = re.compile(r"预售|预订|接单|定制|定做|现做|现编|按需|下单|做多少|有单")
_SOLD_OUT = re.compile(r"^(?:售罄|卖完|卖光|无货|没货|断货|缺货|售完|已售完)(?:了)?$")


_STOCK_WORDS = re.compile(r"^(?:约|大概|剩余?|还有|还剩|现有|库存|共)+\s*|(?:左右|上下|以上)$|\s+")
_COUNTED = re.compile(r"(?P<n>[0-9][0-9,]*(?:\.[0-9]+)?)[(（]?(?P<unit>[\u3400-\u9fff]{0,2})[)）]?")
_VAGUE_COUNT = re.compile(r"[几多数]|[一二两三]?(?:批|些|堆|点)$")
_IS_MASS = re.compile(r"斤|公斤|千克|克|kg|吨", re.I)


def _stocked(text: str) -> Quantity | None:
    """The one number a stock cell holds, with what it is counted in; None where it holds another thing."""
    plain = _STOCK_WORDS.sub("", text)
    if _VAGUE_COUNT.search(plain):
        return None
    if match := _COUNTED.fullmatch(plain):
        return Quantity(Decimal(match["n"].replace(",", "")), match["unit"])
    amounts = find_amounts(plain)
    whole = len(amounts) == 1 and amounts[0].end - amounts[0].start == len(plain)
    if (
        not whole
        or amounts[0].high is not None
        or amounts[0].kind not in ("count", "number", "mass", "volume")
    ):
        return None
    return Quantity(amounts[0].value, amounts[0].unit)


def read_stock(draft: Draft, role: str, place: Place) -> None:
    """How many there are: one exact number, or nothing and a report."""
    text = unicodedata.normalize("NFKC", place.text).strip()
    if EMPTY.match(text) or _STOCK_TEXT.search(text) or isinstance(place.cell.value, date):
        if isinstance(place.cell.value, date):
            draft.doubt(P.STOCK, "EXCEL_DATE_COERCION", "库存被表格软件变成了日期，先留空。", place)
        return
    if _SOLD_OUT.match(text):
        draft.put(fact(draft, P.STOCK, Decimal(0), place))
        return
    if re.match(r"^-\s*[0-9]", text):
        draft.doubt(
            P.STOCK, "STOCK_NEGATIVE", f"库存“{text}”是负数，应该是 0 或更多，先留空。", place, "warning"
        )
        return
    amount = _stocked(text)
    if amount is None:
        draft.doubt(
            P.STOCK,
            "STOCK_NOT_NUMERIC",
            f"库存“{text}”不是一个数，应该写成 100 这样，先留空。",
            place,
            "warning",
        )
        return
    value, unit = amount.value, amount.unit
    if value != value.to_integral_value() and not _IS_MASS.fullmatch(unit):
        draft.doubt(
            P.STOCK, "STOCK_NOT_NUMERIC", f"库存“{text}”不是整数，应该核对，先留空。", place, "warning"
        )
    elif value > 10_000_000:
        draft.doubt(
            P.STOCK, "STOCK_OUT_OF_RANGE", f"库存“{text}”大得不合常理，应该核对，先留空。", place, "warning"
        )
    else:
        draft.put(fact(draft, P.STOCK, value, place, unit=unit or "件"))
