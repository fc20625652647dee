"""Terms as SPARQL text. Everything that enters a query goes through here; nothing else is ever spliced in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple, NewType

from core.errors import XiangyinError

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_quoted = json.JSONEncoder(ensure_ascii=False).encode
"""JSON escapes what SPARQL and N-Triples escape, in the same way; other controls are gone before."""


@dataclass(frozen=True, slots=True)
class Iri:
    """An IRI; raises :class:`ValueError` where the text cannot stand between angle brackets."""

    value: str

    def __post_init__(self) -> None:
        if not _IRI.fullmatch(self.value):
            raise ValueError(f"not an IRI: {self.value!r}")

    def __str__(self) -> str:
        return f"<{self.value}>"


class Triple(NamedTuple):
    """A statement; a ``str`` object is a plain literal, the only literal type all engines keep alike."""

    subject: Iri
    predicate: Iri
    object: Iri | str


Statement = NewType("Statement", str)
"""A triple as it is written in N-Triples and in SPARQL: what stores load and delete."""


def statement(subject: Iri, predicate: Iri, object_: Iri | str) -> Statement:
    """A triple, written out."""
    return Statement(f"<{subject.value}> <{predicate.value}> {term(object_)} .")


def term(value: Iri | str) -> str:
    """A term as it is written in a query."""
    return f"<{value.value}>" if isinstance(value, Iri) else literal(value)


def literal(text: str) -> str:
    """A plain string literal; characters that SPARQL cannot hold (surrogates, NUL) are dropped."""
    return _quoted(_UNSTORABLE.sub("", text))


@cache
def _query(name: str) -> str:
    text = (files("knowledge_graph") / "queries" / f"{name}.rq").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("# "))


def query(name: str, values: Mapping[str, Iri | str]) -> str:
    """The query ``queries/<name>.rq`` with its ``$names`` bound to terms; unknown or unbound names raise."""
    seen: set[str] = set()

    def bind(match: re.Match[str]) -> str:
        seen.add(match[1])
        if match[1] not in values:
            raise XiangyinError("query.unbound", f"查询 {name} 缺少参数 {match[1]}。")
        return term(values[match[1]])

    bound = re.sub(r"\$([a-z_]+)", bind, _query(name))
    if unknown := set(values) - seen:
        raise XiangyinError("query.unknown", f"查询 {name} 没有参数 {sorted(unknown)}。")
    return bound
