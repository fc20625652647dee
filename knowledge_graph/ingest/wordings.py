"""Cells of words: selling points, reminders, remarks; what may not be said is left out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.events import Finding
from knowledge_graph.facts import Fact
from knowledge_graph.ingest.dates import begins_near, ends_near, runs_backwards, valid_until
from knowledge_graph.ingest.draft import Draft, Place, fact
from knowledge_graph.ingest.durations import read_shipping
from knowledge_graph.ingest.headings import read_heading
from knowledge_graph.ingest.regions import read_rules, speaks_of_regions
from knowledge_graph.schema import Property

P = Property
NOTHING = re.compile(r"^(?:/|\\|-+|—+|–+|无|没有|暂无|空|null|n/a|待补充?|待定)?$", re.I)
_MOJIBAKE = re.compile(
    r"(?:锟斤拷|锟斤|斤拷|烫烫烫*|屯屯屯*|锘锘|葺葺|锘|\ufffd|ï»¿|â€[™œ\u009d]?|Ã[\u0080-\u00bf]|[ÃÂÐÑ¤º°»¿ÊËÈÉÒÓÕÖ]{3,}|�)+"
)
_BRACKETS = {"(": ")", "（": "）", "“": "”", "「": "」", "《": "》", "【": "】", "[": "]"}
_DISCLAIMER = re.compile(r"以.{1,8}为准|仅供参考|视.{1,6}而定")
_LABEL = re.compile(r"^\s*(?P<label>[\u4e00-\u9fff/]{2,6})\s*[:：]\s*(?P<text>.+)$", re.S)
_LABELS = {
    "ingredients": P.INGREDIENTS,
    "material": P.MATERIAL,
    "craft": P.CRAFT,
    "color": P.COLOR,
    "variety": P.VARIETY,
    "usage": P.USAGE,
    "storage": P.STORAGE,
    "after_sales": P.AFTER_SALES,
    "suitable_for": P.SUITABLE_FOR,
    "reminder": P.REMINDER,
    "origin": P.ORIGIN,
    "grade": P.GRADE,
    "gift": P.GIFT,
    "alias": P.ALIAS,
    "size": P.SIZE,
}


def split_outside(text: str, separators: str) -> list[str]:
    """The text cut at separators that stand outside brackets and quotation marks."""
    parts: list[str] = []
    closing: list[str] = []
    current = ""
    for char in text:
        if closing and char == closing[-1]:
            closing.pop()
        elif char in _BRACKETS:
            closing.append(_BRACKETS[char])
        if char in separators and not closing:
            parts.append(current)
            current = ""
        else:
            current += char
    parts.append(current)
    return [p.strip() for p in parts if p.strip()]


def without_mojibake(draft: Draft, place: Place, text: str) -> str:
    """The text without what a wrong encoding left in it, which is reported."""
    cleaned = _MOJIBAKE.sub("", text).strip()
    if cleaned != text.strip():
        garbage = "".join(_MOJIBAKE.findall(text))
        draft.report(
            "warning",
            "MOJIBAKE",
            f"“{place.column.title}”里有乱码“{garbage}”，已经去掉，请核对原来的字。",
            place,
        )
    return cleaned


def refused(draft: Draft, place: Place, text: str) -> Sequence[Finding]:
    """What the screen finds in a text; personal data is reported at once."""
    found = draft.screen(text)
    personal = [f for f in found if f.kind == "PII"]
    if personal:
        words = "、".join(f.surface for f in personal)
        where = f"“{place.column.title}”" if place.column.title else "这一行"
        draft.report(
            "warning",
            "PERSONAL_DATA",
            f"{where}里有个人信息“{words}”，不会播报，请从表里删掉。",
            place,
        )
    return found


def personal(draft: Draft, place: Place) -> bool:
    """Whether a cell holds personal data, which is reported and kept nowhere."""
    return any(f.kind == "PII" for f in refused(draft, place, place.text))


_PROVABLE = frozenset({"C12"})
_TASTE = re.compile(
    r"开胃|解腻|解馋|下饭|提味|[酸甜甘爽]生津(?!止渴)|(?:(?:当天|当日|现)?宰杀|屠宰|冷却|低温|冷链)(?:后|并)?排酸|排酸肉"
)
"""Taste and the ageing of meat: said of food, no effect on who eats it."""


def claims_in(found: Sequence[Finding], text: str = "") -> list[Finding]:
    """What no certificate could make sayable; provable qualities and taste are for the guard on air.

    ``text`` is where the findings were made: 生津 in 酸甜生津 is taste.
    """
    harmless = " ".join(m[0] for m in _TASTE.finditer(text))
    return [
        f
        for f in found
        if f.kind != "PII"
        and f.kind not in _PROVABLE
        and not _TASTE.fullmatch(f.surface)
        and f.surface not in harmless
    ]


def read_points(draft: Draft, role: str, place: Place) -> None:
    """Selling points: each clause one claim; refused ones are left out and reported."""
    text = without_mojibake(draft, place, place.text)
    sentences = split_outside(text, "。！!\n")
    listed = any(len(split_outside(s, "、，,；;")) > 1 for s in sentences)
    for at, sentence in enumerate(sentences):
        if _take_labelled(draft, place, sentence):
            continue
        parts = split_outside(sentence, "、；;，,/|") if "://" not in sentence else [sentence]
        if at and listed and len(parts) == 1:
            _take_remark(draft, place, parts[0])
            continue
        for part in parts:
            _take_point(draft, place, part)


def _take_point(draft: Draft, place: Place, part: str) -> None:
    part = re.sub(r"^(?:[0-9一二三四五六七八九十]{1,2}[.、．)）](?!\d)|[①-⑳★☆●·•✓√*-]+)\s*", "", part).strip()
    if NOTHING.match(part) or _take_labelled(draft, place, part):
        return
    if _DISCLAIMER.search(part):
        _take_remark(draft, place, part)
        return
    found = refused(draft, place, part)
    claims = claims_in(found, part)
    if claims:
        reason = claims[0].reason
        law = f"（{claims[0].law}）" if claims[0].law else ""
        message = f"“{part}”不能播报：{reason}{law}，已经从卖点里剔除。"
        draft.doubt(P.SELLING_POINT, f"CLAIM_{claims[0].kind or 'REFUSED'}", message, place)
        return
    if any(f.kind == "PII" for f in found):
        return
    draft.put(fact(draft, P.SELLING_POINT, part, place, written=part))
    if found:
        reasons = "、".join(dict.fromkeys(f.reason for f in found))
        draft.report("warning", f"CLAIM_{found[0].kind}", f"“{part}”播报前要有凭证：{reasons}。", place)


def _take_labelled(draft: Draft, place: Place, text: str) -> bool:
    """配料：南酸枣、白砂糖 within another cell is a fact of its own."""
    match = _LABEL.match(text)
    if not match:
        return False
    role = read_heading(match["label"]).role
    property_ = _LABELS.get(role)
    if property_ is None:
        return False
    if property_ is P.REMINDER:
        for part in split_outside(match["text"], "；;。！!\n"):
            draft.put(fact(draft, P.REMINDER, part, place, written=part))
    elif property_ in (P.COLOR, P.ALIAS):
        for part in split_outside(match["text"], "、，,；;/"):
            draft.put(fact(draft, property_, part, place, written=part))
    elif draft.get(property_) is None and role not in draft.places:
        draft.put(fact(draft, property_, match["text"].strip(), place, written=match["text"].strip()))
    return True


def _take_remark(draft: Draft, place: Place, text: str) -> None:
    found = refused(draft, place, text)
    claims = claims_in(found, text)
    if not claims and not any(f.kind == "PII" for f in found):
        draft.put(fact(draft, P.NOTE, text, place, written=text))
    elif claims:
        draft.report(
            "warning",
            f"CLAIM_{claims[0].kind or 'REFUSED'}",
            f"“{text}”不能播报：{claims[0].reason}，已经略去。",
            place,
        )


def read_reminders(draft: Draft, role: str, place: Place) -> None:
    """Reminders: one a sentence, kept word for word; they protect viewers and are not screened as claims."""
    text = without_mojibake(draft, place, place.text)
    for part in split_outside(text, "；;。！!\n"):
        if NOTHING.match(part):
            continue
        if any(f.kind == "PII" for f in refused(draft, place, part)):
            continue
        draft.put(fact(draft, P.REMINDER, part, place, written=part))


_REMINDS = re.compile(
    r"介意.{0,8}(?:勿|慎|别|不要)|(?:是|属|属于)?正常(?:的|现象)|不是(?:白糖|发霉|变质|坏|色素|掺)|过敏|遵医嘱|(?:不能|别|不要|勿|禁止?|慎|忌)(?:吃|食|喝|饮|买|碰)|慎用|禁食|慎食"
)
_AFTER = re.compile(r"包赔|退换|不退|退货|赔付|补发|理赔|坏.{0,2}赔|无理由")
_GIFT = re.compile(r"^(?:配|送|赠|附赠?|含)[^，,。]{1,10}$")
_LIMIT = re.compile(r"限购|限[拍买]|每[人单].{0,3}限|最多[买拍]|限\d")
_UNSURE = re.compile(r"[？?]$")
_PROMOTION = re.compile(
    r"满.{1,6}[减送]|立减|减\s*\d+\s*[元块]|[打享]?\d折|半价|买.{1,3}[送赠]|优惠|折|秒杀|活动|特价|促销"
)
_STRAY_PRICE = re.compile(r"^\d+(?:\.\d+)?$")


def read_note(draft: Draft, role: str, place: Place) -> None:
    """Remarks: every clause goes where it belongs; questions and stray data go nowhere on air."""
    text = without_mojibake(draft, place, place.text)
    for sentence in split_outside(text, "；;。！!\n"):
        found = refused(draft, place, sentence)
        if any(f.kind == "PII" for f in found):
            continue
        if claims := claims_in(found, sentence):
            kind = f"CLAIM_{claims[0].kind or 'REFUSED'}"
            draft.report("warning", kind, f"“{sentence}”不能播报：{claims[0].reason}，已经略去。", place)
            continue
        # 怕冻坏：吉林不发 is no label with its text: a rule on regions is read whole.
        if speaks_of_regions(sentence) or not _take_labelled(draft, place, sentence):
            _sort_sentence(draft, place, sentence, role)


def _sort_sentence(draft: Draft, place: Place, sentence: str, role: str) -> None:
    from knowledge_graph.ingest.rows import take_regions, take_shipping

    if _UNSURE.search(sentence):
        draft.pending.append(
            fact(draft, P.NOTE, sentence, place, written=sentence, evidence="待核对：备注里有疑问")
        )
        return
    shipping = read_shipping(sentence, column=False)
    if shipping.says or shipping.courier:
        take_shipping(draft, shipping, place)
    if speaks_of_regions(sentence):
        take_regions(draft, read_rules(sentence), place)
    remaining = []
    for clause in split_outside(sentence, "，,"):
        property_ = _clause_property(clause)
        if property_ is None:
            remaining.append(clause)
        else:
            draft.put(fact(draft, property_, clause, place, written=clause))
    rest = "，".join(remaining)
    if not rest or _STRAY_PRICE.match(rest):
        return
    property_ = P.REMINDER if _REMINDS.search(rest) else P.PROMOTION if role == "promotion" else P.NOTE
    if told := _dated(draft, property_, rest, place):
        draft.put(told)


def _clause_property(clause: str) -> Property | None:
    if _AFTER.search(clause):
        return P.AFTER_SALES
    if _LIMIT.search(clause):
        return P.PURCHASE_LIMIT
    return P.GIFT if _GIFT.match(clause) else None


def _dated(draft: Draft, property_: Property, text: str, place: Place) -> Fact | None:
    """A remark with its validity; a promotion that has ended is reported and no fact today."""
    until, wrong = valid_until(text)
    if wrong:
        draft.report("error", "IMPOSSIBLE_DATE", f"“{text}”里的日期不存在，应该核对。", place)
    promised = property_ is P.PROMOTION or bool(_PROMOTION.search(text))
    if promised and runs_backwards(text):
        message = f"“{text}”的开始日期在结束日期后面，应该核对，先留空。"
        draft.report("error", "PROMOTION_REVERSED", message, place)
        return None
    since = begins_near(text, draft.as_of) if promised else None
    until = until or (ends_near(text, draft.as_of) if promised else None)
    if until and until < draft.as_of and promised:
        draft.report("warning", "PROMOTION_EXPIRED", f"“{text}”已经过期（{until}），不会再说。", place)
    return fact(draft, property_, text, place, written=text, valid_from=since, valid_until=until)
