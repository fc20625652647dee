"""The guard's rules: tables of offence families, validated line by line when they are loaded.

A table (``rules/c*.tsv``) begins with ``#: key = value`` lines (class, law, reason, advice, author, source,
date, exempt, ai, human, score) that hold for its rules. A rule is a line of tab-separated columns ``id``,
``pattern``, ``block``, ``pass`` and ``options``; examples are separated by ``｜``.

Patterns are regular expressions of bounded width over folded text, with three additions: ``{name}`` is a
word list of ``words.toml``, ``~`` a gap of up to 6 characters within a clause, ``~~`` one of up to 12
characters that may cross a comma. Unbounded repeats are refused: every match takes linear time.
"""

from __future__ import annotations

import hashlib
import importlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from core.errors import ConfigurationError

_parser: Any = importlib.import_module("re._parser")
_constants: Any = importlib.import_module("re._constants")

WIDEST = 72
"""The most characters a pattern may span."""

_GAP = "[^，,。！？!?；;\n]{0,6}"
_LONG_GAP = "[^。！？!?；;\n]{0,12}"
_REQUIRED = ("class", "law", "reason", "advice", "author", "source", "date", "exempt")
_OPTIONS = {"law", "reason", "advice", "evidence", "categories", "exempt", "ai", "human", "sound", "source"}
EXEMPTIONS = frozenset({"negation", "question", "quotation", "notice", "self", "wish", "attributed"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One family of offences: what it looks like, which law it breaks, what lifts it.

    ``evidence`` names a kind of :mod:`compliance.evidence`; ``categories`` is empty when the rule holds for
    all goods; ``ai`` is ``block`` or ``rewrite``; ``human`` is ``alert`` or ``ignore``. Every match contains
    one of ``anchors`` and one string of each set of ``also``.
    """

    id: str
    kind: str
    pattern: re.Pattern[str]
    law: str
    reason: str
    advice: str
    exempt: frozenset[str]
    evidence: str
    categories: frozenset[str]
    ai: str
    human: str
    sound: bool
    block: tuple[str, ...]
    passes: tuple[str, ...]
    author: str
    source: str
    date: str
    anchors: frozenset[str]
    also: tuple[frozenset[str], ...]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules with the version (a hash of their tables) that a verdict can be traced to."""

    rules: tuple[Rule, ...]
    version: str


def _bad(file: str, line: int, what: str) -> ConfigurationError:
    return ConfigurationError(
        "rules.bad_line", f"规则文件 {file} 第 {line} 行有误：{what}。", "请照表头的格式改正。"
    )


def folder() -> Traversable:
    """The folder of rule tables, also inside an installed wheel."""
    return resources.files("compliance") / "rules"


@cache
def word_lists() -> Mapping[str, tuple[str, ...]]:
    """The named word lists of ``words.toml``; a list may include others as ``{name}``."""
    raw = tomllib.loads((folder() / "words.toml").read_text(encoding="utf-8"))
    lists: dict[str, tuple[str, ...]] = {}
    for name, text in raw["lists"].items():
        words: dict[str, None] = {}
        for word in text.split():
            if word.startswith("{"):
                words |= dict.fromkeys(lists[word[1:-1]])
            else:
                words[word] = None
        lists[name] = tuple(sorted(words, key=lambda w: (-len(w), w)))
    return lists


def expand(pattern: str) -> str:
    """The pattern as a plain regular expression; raises KeyError for an unknown word list."""
    pattern = pattern.replace("~~", _LONG_GAP).replace("~", _GAP)
    return re.sub(r"\{([a-z_]+)\}", lambda m: f"(?:{'|'.join(map(re.escape, word_lists()[m[1]]))})", pattern)


_MOST = 600


def _finite(ops: Any) -> frozenset[str] | None:
    """Every string the operations can match, where those are few."""
    texts: set[str] = {""}
    for op, value in ops:
        if op is _constants.LITERAL:
            choices: frozenset[str] | None = frozenset({chr(value)})
        elif op is _constants.SUBPATTERN:
            choices = _finite(value[3])
        elif op is _constants.BRANCH:
            parts = [_finite(branch) for branch in value[1]]
            choices = None if None in parts else frozenset(t for p in parts if p is not None for t in p)
        elif op is _constants.IN and all(o is _constants.LITERAL for o, _ in value):
            choices = frozenset(chr(v) for _, v in value)
        else:
            choices = None
        if choices is None or len(texts) * len(choices) > _MOST:
            return None
        texts = {t + c for t in texts for c in choices}
    return frozenset(texts)


def _required(ops: Any) -> frozenset[str] | None:
    """Strings of which at least one is in every match, the most telling set that is found."""
    return max(_all_required(ops), key=lambda s: (min(map(len, s)), -len(s)), default=None)


def _all_required(ops: Any) -> list[frozenset[str]]:
    """Sets of strings; of each set at least one string is in every match."""
    found: list[frozenset[str]] = []
    items = list(ops)
    i = 0
    while i < len(items):
        best: frozenset[str] | None = None
        j = i
        while j < len(items) and (texts := _finite(items[i : j + 1])) is not None and len(texts) <= _MOST:
            best, j = texts, j + 1
        if best is not None and all(best):
            found.append(best)
        if best is None:
            found.extend(x for x in (_inside(*items[i]),) if x)
        i = max(j, i + 1)
    return found


def _inside(op: Any, value: Any) -> frozenset[str] | None:
    if op is _constants.SUBPATTERN:
        return _required(value[3])
    if op is _constants.BRANCH:
        parts = [_required(branch) for branch in value[1]]
        return None if None in parts else frozenset(t for p in parts if p is not None for t in p)
    if op is _constants.MAX_REPEAT and value[0] > 0:
        return _required(value[2])
    return None


def _words(ops: Any) -> Iterator[str]:
    """The literal words in a pattern, alone and joined: what a seller may try to disguise."""
    items = list(ops)
    for i, (op, value) in enumerate(items):
        # A word does not begin inside a run of literals: 化学肥料 is one, 学肥料 is none.
        inside = i > 0 and op is _constants.LITERAL and items[i - 1][0] is _constants.LITERAL
        for j in range(i + 1, i + 1 if inside else min(i + 7, len(items)) + 1):
            run = _finite(items[i:j])
            if run is None:
                break
            yield from (word for word in run if 2 <= len(word) <= 8)
        if op is _constants.SUBPATTERN:
            yield from _words(value[3])
        elif op is _constants.BRANCH:
            for branch in value[1]:
                yield from _words(branch)


def _width_checked(ops: Any) -> int:
    return int(ops.getwidth()[1])


def _examples(cell: str) -> tuple[str, ...]:
    return tuple(e for e in cell.split("｜") if e and e != "-")


def _options(cell: str, file: str, line: int) -> dict[str, str]:
    options: dict[str, str] = {}
    for part in filter(None, (p.strip() for p in cell.split(";"))):
        key, _, value = part.partition("=")
        if key not in _OPTIONS:
            raise _bad(file, line, f"不认识的选项“{key}”")
        options[key] = value
    return options


def _rule(defaults: Mapping[str, str], cells: list[str], file: str, line: int) -> Rule:
    name, pattern, block, passes, *rest = cells
    setting = {**defaults, **_options(rest[0] if rest else "", file, line)}
    try:
        source = expand(pattern)
        compiled = re.compile(source)
        ops = _parser.parse(source)
    except (KeyError, re.error) as error:
        raise _bad(file, line, f"式样写错了（{error}）") from error
    if _width_checked(ops) > WIDEST:
        raise _bad(file, line, f"式样最长只能跨 {WIDEST} 个字")
    anchors = _required(ops)
    if not anchors:
        raise _bad(file, line, "式样里没有必定出现的字")
    exempt = frozenset(filter(None, setting["exempt"].replace(",", " ").split()))
    if exempt - EXEMPTIONS:
        raise _bad(file, line, f"不认识的豁免“{'、'.join(sorted(exempt - EXEMPTIONS))}”")
    if not _examples(block):
        raise _bad(file, line, "缺少必须拦下的例句")
    return Rule(
        id=f"{setting['class']}.{name}",
        kind=setting["class"],
        pattern=compiled,
        law=setting["law"],
        reason=setting["reason"],
        advice=setting["advice"],
        exempt=exempt,
        evidence=setting.get("evidence", ""),
        categories=frozenset(filter(None, setting.get("categories", "").split(","))),
        ai=setting.get("ai", "rewrite"),
        human=setting.get("human", "alert"),
        sound=setting.get("sound", "yes") == "yes",
        block=_examples(block),
        passes=_examples(passes),
        author=setting["author"],
        source=setting["source"],
        date=setting["date"],
        anchors=anchors,
        also=tuple(s for s in _all_required(ops) if s != anchors),
        words=frozenset(_words(ops)),
    )


def parse_table(text: str, file: str) -> tuple[Rule, ...]:
    """The rules of one table; raises :class:`ConfigurationError` naming file and line of a bad one."""
    defaults: dict[str, str] = {}
    rules: dict[str, Rule] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#:"):
            key, _, value = line[2:].partition("=")
            defaults[key.strip()] = value.strip()
        elif line and not line.startswith("#"):
            missing = [key for key in _REQUIRED if key not in defaults]
            if missing:
                raise _bad(file, number, f"表头缺少 {'、'.join(missing)}")
            cells = line.split("\t")
            if not 4 <= len(cells) <= 5:
                raise _bad(file, number, f"应有 4 或 5 栏，实有 {len(cells)} 栏")
            rule = _rule(defaults, cells, file, number)
            if rule.id in rules:
                raise _bad(file, number, f"编号 {rule.id} 重复")
            rules[rule.id] = rule
    return tuple(rules.values())


@cache
def load_rules() -> Rulebook:
    """Every rule of every table, and their version."""
    digest = hashlib.sha256((folder() / "words.toml").read_bytes())
    rules: list[Rule] = []
    for table in sorted(folder().iterdir(), key=lambda f: f.name):
        if re.fullmatch(r"c\d\d_\w+\.tsv", table.name):
            text = table.read_text(encoding="utf-8")
            digest.update(text.encode())
            rules += parse_table(text, table.name)
    return Rulebook(tuple(rules), digest.hexdigest()[:12])
