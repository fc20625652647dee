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
import re
import tomllib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from compliance import compiled
from compliance.pattern import Analysis, analyse
from core.errors import ConfigurationError

WIDEST = 72
"""The most characters a pattern may span."""

_GAP = "[^，,。！？!?；;\n]{0,6}"
_LONG_GAP = "[^。！？!?；;\n]{0,12}"
_REQUIRED = ("class", "law", "reason", "advice", "author", "source", "date", "exempt")
_OPTIONS = {"law", "reason", "advice", "evidence", "categories", "exempt", "ai", "human", "sound", "source"}
EXEMPTIONS = frozenset(
    "negation question quotation notice self wish attributed name supposed asking placed terms".split()
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One family of offences: what it looks like, which law it breaks, what lifts it.

    ``evidence`` names a kind of :mod:`compliance.evidence`; ``categories`` is empty when the rule holds for
    all goods; ``ai`` is ``block`` or ``rewrite``; ``human`` is ``alert`` or ``ignore``. Every match contains
    a string of each set of ``required``.
    """

    id: str
    kind: str
    written: str
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
    required: tuple[frozenset[str], ...]
    words: frozenset[str]

    @property
    def pattern(self) -> re.Pattern[str]:
        """The compiled pattern; compiled when first asked for, as most shows meet a part of the rules."""
        return _compiled(self.written)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(expand(pattern))


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


def _analysed(pattern: str, known: MutableMapping[str, Analysis], file: str, line: int) -> Analysis:
    if pattern not in known:
        try:
            source = expand(pattern)
            re.compile(source)
            known[pattern] = analyse(source)
        except (KeyError, re.error) as error:
            raise _bad(file, line, f"式样写错了（{error}）") from error
    return known[pattern]


def _rule(
    defaults: Mapping[str, str], cells: list[str], known: MutableMapping[str, Analysis], file: str, line: int
) -> Rule:
    name, pattern, block, passes, *rest = cells
    setting = {**defaults, **_options(rest[0] if rest else "", file, line)}
    found = _analysed(pattern, known, file, line)
    if found.width > WIDEST:
        raise _bad(file, line, f"式样最长只能跨 {WIDEST} 个字")
    if not found.required:
        raise _bad(file, line, "式样里没有必定出现的字")
    exempt = frozenset(filter(None, setting["exempt"].replace(",", " ").split()))
    if exempt - EXEMPTIONS:
        raise _bad(file, line, f"不认识的豁免“{'、'.join(sorted(exempt - EXEMPTIONS))}”")
    if not _examples(block):
        raise _bad(file, line, "缺少必须拦下的例句")
    return Rule(
        id=f"{setting['class']}.{name}",
        kind=setting["class"],
        written=pattern,
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
        required=found.required,
        words=found.words,
    )


def parse_table(text: str, file: str, known: MutableMapping[str, Analysis] | None = None) -> tuple[Rule, ...]:
    """The rules of one table; raises :class:`ConfigurationError` naming file and line of a bad one.

    ``known`` holds analyses of patterns and takes in those that were missing.
    """
    known = {} if known is None else known
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
            rule = _rule(defaults, cells, known, file, number)
            if rule.id in rules:
                raise _bad(file, number, f"编号 {rule.id} 重复")
            rules[rule.id] = rule
    return tuple(rules.values())


@cache
def load_rules(cache_folder: Path | None = None) -> Rulebook:
    """Every rule of every table, and their version. ``cache_folder`` keeps what is slow to work out."""
    words = (folder() / "words.toml").read_bytes()
    tables = {
        table.name: table.read_bytes()
        for table in sorted(folder().iterdir(), key=lambda f: f.name)
        if re.fullmatch(r"c\d\d_\w+\.tsv", table.name)
    }
    version = hashlib.sha256(b"".join((words, *tables.values()))).hexdigest()[:12]
    place, name = cache_folder or compiled.default_folder(), compiled.key(version)
    known = compiled.load(name, place)
    saved = len(known)
    rules = [r for file, text in tables.items() for r in parse_table(text.decode(), file, known)]
    if len(known) > saved:
        compiled.save(known, name, place)
    return Rulebook(tuple(rules), version)
