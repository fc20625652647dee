"""Whether a product is what a viewer says (是中蜂的吗, 是不是无糖的): the record's own words, or nothing.

Neither a yes nor a no is concluded: a clause that says the word, or another word of its kind, is quoted.
"""

from __future__ import annotations

import re

from knowledge_graph.facts import Shop
from knowledge_graph.questions.asked import Asked
from knowledge_graph.questions.quoting import clauses, led, pick, simple
from knowledge_graph.questions.reply import Part
from knowledge_graph.questions.texts import TEXTS
from knowledge_graph.questions.wording import kin
from knowledge_graph.schema import Property

_SAID = re.compile(
    r"(?:是不是|是否|不是|是)(?P<said>[^，。？?！!是]{1,8}?)(?P<made>[做酿熬榨磨])?(?P<of>的)?"
    r"(?:吗|么|不|吧|嘛|没|伐|啵|呀|啊)*[，。？?！!]*$"
)
_YES_OR_NO = r"是不是|是否|(?:吗|么|不|吧|嘛|没|伐|啵)[呀啊]*[，。？?！!]*$"
_WITHOUT = re.compile("^(?:无|没有?|不含?|零|0)(?:另外)?(?:添?加|放|含)?(?:了|过)?(?P<thing>.{1,3})$")
_HOW_MADE = re.compile("[熏晒腌酿榨炒烤蒸煮灌编绣织染缝刻漆蜡压磨]$")
_WHEN_OR_WHO = re.compile("[现新天年自家人谁厂]")
"""Asks neither how it is made nor of what."""
_BROAD = frozenset({"after", "care", "points", "usage"})
_WORD = re.compile("[\u4e00-\u9fff]{2,4}")
_RECORD = (*TEXTS, Property.MAKER, Property.NAME)
_MADE_SO = (
    Property.CRAFT,
    Property.SELLING_POINT,
    Property.SPEC,
    Property.NOTE,
    Property.MATERIAL,
    Property.REMINDER,
)


def outright(shop: Shop, asked: Asked, product: str) -> Part | None:
    """The clause with the very word that is asked, where only a broad kind was heard (破 in 破壁)."""
    match = _asks(asked) if asked.intents <= _BROAD else None
    said = match["said"] if match else ""
    return _with(shop, asked, product, (said,), _RECORD) if _WORD.fullmatch(said) else None


def told(shop: Shop, asked: Asked, product: str) -> Part | None:
    """The clause of the product's own record that speaks of what is asked; None where none does."""
    match = _asks(asked)
    if match is None:
        return None
    said = match["said"]
    if part := _with(shop, asked, product, (said, *kin().get(said, ())), _RECORD):
        return part
    if without := _WITHOUT.match(said):
        return _with(shop, asked, product, (without["thing"],), _RECORD)
    if _WHEN_OR_WHO.search(said):
        return None
    if made := _HOW_MADE.search(said):
        return _with(shop, asked, product, (made[0],), _MADE_SO)
    if match["made"]:
        parts = (simple(shop, asked, product, kind) for kind in ("ingredients", "material"))
        return next((part for part in parts if part.text), None)
    return None


def _asks(asked: Asked) -> re.Match[str] | None:
    if not asked.says(_YES_OR_NO):
        return None
    return next((m for form in asked.forms if (m := _SAID.search(form))), None)


def _with(
    shop: Shop, asked: Asked, product: str, words: tuple[str, ...], wanted: tuple[Property, ...]
) -> Part | None:
    """The first clause of the product's own facts with one of the words, the first word first."""
    own = [f for f in pick(shop, asked, product, *wanted) if f.product]
    for word in words:
        for fact in own:
            if clause := next((c for c in clauses(fact) if word in c), None):
                return Part(product, led(fact, clause), (fact,))
    return None
