"""Parts of an answer and how they become one spoken sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from knowledge_graph.facts import Fact

LONGEST = 118
"""Code points of an answer that is still comfortable to hear."""


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of an answer about ``product`` (empty: the shop); ``missing`` names what no fact holds.

    ``doctor`` adds that a doctor knows; ``which`` asks back which product is meant.
    """

    product: str = ""
    text: str = ""
    facts: tuple[Fact, ...] = ()
    missing: str = ""
    doctor: bool = False
    which: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say. ``answerable`` is false where no fact answers; ``facts`` carry every value said.

    ``missing`` names what a person has to be asked for, also where the rest was answered.
    """

    text: str
    answerable: bool
    facts: tuple[Fact, ...] = ()
    missing: tuple[str, ...] = field(default=())

    def record(self) -> dict[str, Any]:
        """The answer as the batch command prints it."""
        return {
            "answer": self.text,
            "answerable": self.answerable,
            "facts": [
                {
                    "product": f.product,
                    "property": str(f.property),
                    "value": fact_value(f),
                    "evidence": fact_evidence(f),
                }
                for f in self.facts
            ],
        }


def fact_value(fact: Fact) -> str:
    """A fact's value as it was written, or as it is held where nothing was written."""
    return fact.written or str(fact.value)


def fact_evidence(fact: Fact) -> dict[str, Any]:
    """Where a fact stands: file, sheet, cell (or speaker)."""
    source = fact.source
    found = {"file": source.file, "sheet": source.sheet, "cell": source.cell, "speaker": source.speaker}
    return {k: v for k, v in found.items() if v}


def after_name(name: str, text: str) -> str:
    """A name and what is said of it, kept apart where figures would run together."""
    return f"{name}，{text}" if name[-1:].isascii() and name and text[:1].isdigit() else name + text


def refusal(topics: Sequence[str] = (), doctor: bool = False) -> str:
    """One short sentence that the data does not hold it and a person will be asked."""
    about = "、".join(dict.fromkeys(t for t in topics if t and (t != "这个" or len(topics) == 1)))
    ask = "请您问一下医生，我也帮您问客服。" if doctor else "我帮您问一下客服。"
    return (
        f"{about if len(about) <= 8 else '这个'}资料里没有写，不敢乱说，{ask}"
        if about
        else f"这个资料里没有写，不敢乱说，{ask}"
    )


def without_repeats(parts: Sequence[Part]) -> list[Part]:
    """No text twice of one product; what holds for the whole shop, once."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for part in parts:
        if part.text and any(part.text in text for of, text in seen if of in ("", part.product)):
            continue
        seen.add((part.product, part.text))
        kept.append(part)
    return kept


def compose(parts: Sequence[Part], label: Callable[[str], str], on_screen: str | None) -> Answer:
    """One answer of parts in order; a product is named once, before its first part."""
    known = [p for p in parts if p.text]
    missing = tuple(dict.fromkeys(p.missing for p in parts if p.missing))
    doctor = any(p.doctor for p in parts)
    if not known and any(p.which for p in parts):
        return Answer("您说的是哪一款？告诉我，我帮您看，也可以问客服。", False, (), missing)
    if not known:
        return Answer(refusal(missing, doctor), False, (), missing)
    sentences: list[str] = []
    last: str | None = None
    for part in known:
        name = label(part.product) if part.product and part.product != last else ""
        text = part.text.rstrip("。；，")
        if name and text.startswith(name):
            name = ""
        sentences.append(("；" if sentences and name else "，" if sentences else "") + after_name(name, text))
        last = part.product or last
    tail = "。"
    if doctor:
        tail += "具体请问一下医生或者客服。"
    elif missing:
        tail += f"{missing[0]}资料里没写，我帮您问客服。"
    text = _fit(sentences, LONGEST - len(tail)) + tail
    return Answer(text, True, tuple(dict.fromkeys(f for p in known for f in p.facts)), missing)


def _fit(sentences: Sequence[str], room: int) -> str:
    """As many whole pieces as fit; a single piece too long is cut at a mark of punctuation."""
    said = ""
    for sentence in sentences:
        if len(said) + len(sentence) > room:
            if not said:
                said = sentence[:room]
                cut = max(said.rfind(c) for c in "；，。、")
                said = said[:cut] if cut > 0 else said
            break
        said += sentence
    return said
