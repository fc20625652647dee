"""Certificates: text and number, whether they still hold, and which number belongs to which text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from knowledge_graph.ingest.dates import valid_until
from knowledge_graph.ingest.draft import Draft, Place, fact
from knowledge_graph.ingest.wordings import NOTHING, refused, split_outside, without_mojibake
from knowledge_graph.schema import Property

P = Property

LICENCE = re.compile(
    r"(?<![A-Za-z])(?P<kind>SC|QS)\s*(?:证)?(?:编?号)?\s*[:：]?\s*(?P<digits>[0-9][0-9\s]*)(?![0-9])", re.I
)
_PENDING = re.compile(
    r"办理中|申请中|申请|在办|正在办|待办|审核中|还没下来|没下来|过期|已到期|失效|吊销|注销|未取得|没有办|补办"
)


_NEEDS_NONE = re.compile(r"无[需须]|不(?:需要?|用)|免[办证]")


def read_certificates(draft: Draft, role: str, place: Place) -> None:
    """Certificates: each with its validity; expired and malformed ones are left out and reported."""
    text = without_mojibake(draft, place, place.text)
    if _NEEDS_NONE.search(text) and not LICENCE.search(text):
        draft.put(fact(draft, P.NOTE, text, place, about=place.column.title))
        return
    for part in split_outside(text, "、；;，,。\n"):
        if not NOTHING.match(part):
            _take_certificate(draft, place, part)


def _take_certificate(draft: Draft, place: Place, part: str) -> None:
    plain = unicodedata.normalize("NFKC", part)
    until, wrong = valid_until(plain)
    licence = LICENCE.search(plain)
    digits = re.sub(r"\D", "", licence["digits"]) if licence else ""
    fault: tuple[str, str] | None = None
    if wrong:
        fault = ("IMPOSSIBLE_DATE", f"证书“{part}”里的日期不存在，应该核对，核对前不对外说。")
    elif until and until < draft.as_of:
        fault = ("CERT_EXPIRED", f"证书“{part}”已经过期（{until}），不能再宣传。")
    elif licence and licence["kind"].upper() == "QS":
        fault = (
            "CERT_EXPIRED",
            f"“{part}”是旧的 QS 编号，2018年10月起已停用，应该换成 SC 开头 14 位数字的编号。",
        )
    elif licence and len(digits) != 14:
        fault = (
            "CERT_FORMAT",
            f"“{part}”里 SC 后面应该是 14 位数字，这里是 {len(digits)} 位，核对前不对外说。",
        )
    elif _PENDING.search(plain):
        fault = ("CERT_NOT_VALID", f"证书“{part}”还没有或者已经没有效力，不能对外说。")
    elif any(f.kind == "PII" for f in refused(draft, place, part)) and not licence:
        return
    if fault:
        draft.doubt(P.CERTIFICATE, fault[0], fault[1], place, "warning")
    else:
        draft.put(fact(draft, P.CERTIFICATE, part, place, written=part, valid_until=until))


_KIND = re.compile(r"(?:证|证书|认证|许可|标志|报告|登记|备案|批准|标准)$")
_NUMBER = re.compile(r"[^,，、;；。\s]*[0-9]{3,}[^,，、;；。\s]*")
_FOOD_LICENCE = re.compile(r"生产|许可|SC|QS", re.I)


def join_certificates(draft: Draft) -> None:
    """The words of a certificate and its number from two columns become one.

    Only where each column gives one, and never a food licence (SC …) to another kind of certificate.
    """
    held = draft.all(P.CERTIFICATE)
    columns = {f.source.cell for f in held}
    if len(held) != 2 or len(columns) != 2:
        return
    words = next(
        (f for f in held if _KIND.search(str(f.value)) and not re.search(r"[0-9]", str(f.value))), None
    )
    number = next((f for f in held if f is not words and _NUMBER.fullmatch(str(f.value))), None)
    if words is None or number is None:
        return
    if LICENCE.search(str(number.value)) and not _FOOD_LICENCE.search(str(words.value)):
        return
    joined = f"{words.value}{number.value}"
    whole = replace(words, value=joined, written=joined, valid_until=number.valid_until, id="")
    draft.facts[draft.facts.index(words)] = whole
    draft.facts.remove(number)
