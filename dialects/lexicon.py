"""Dialect words as data: reading, checking and versioning of the lexicon files.

A file is tab-separated text, one sense a line, under a header of ``# key: value`` comments (see
``docs/dialects.md``). Every complaint names file, line and column.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from core.errors import ConfigurationError
from core.files import readable
from dialects import conditions, groups

COLUMNS = ("id", "surfaces", "mandarin", "pos", "regions", "register", "ambiguity", "when", "note", "example")
PARTS_OF_SPEECH = frozenset(
    "n v adj adv pron num clf prep conj aux part intj affix phrase place time".split()
)
FUNCTION_WORDS = frozenset("pron num clf prep conj aux part affix adv".split())
GRAMMAR = frozenset("clf prep conj part affix".split())
REGISTERS = frozenset(("", "old", "polite", "vulgar", "child", "trade"))
AMBIGUITIES = frozenset(("safe", "shared"))
HEADER_KEYS = ("group", "author", "source", "licence", "date")
NOTHING = "-"
LONGEST_SURFACE = 16
LONGEST_NOTE = 40

_SENSE_NUMBER = re.compile(r"\.\d+$")


@dataclass(frozen=True, slots=True)
class Sense:
    """One sense of a dialect word: its written ``surfaces`` and the ``mandarin`` that replaces them."""

    group: str
    id: str
    surfaces: tuple[str, ...]
    mandarin: str
    pos: str
    regions: tuple[str, ...]
    register: str
    shared: bool
    when: str
    note: str
    example: str

    @property
    def entry(self) -> str:
        """The stable name of this sense across all lexicons."""
        return f"{self.group}/{self.id}"

    @property
    def headword(self) -> str:
        """The headword without its sense number."""
        return _SENSE_NUMBER.sub("", self.id)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a lexicon file; ``line`` counts from 1, ``column`` is a column's name or empty."""

    file: str
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file} 第 {self.line} 行" + (f" {self.column} 列" if self.column else "")
        return f"{place}：{self.message}"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The senses of one file with its header and the hash of its bytes."""

    group: str
    senses: tuple[Sense, ...]
    header: tuple[tuple[str, str], ...]
    version: str
    file: str


def read(data: bytes, file: str) -> tuple[Lexicon | None, tuple[Problem, ...]]:
    """Parse and check a lexicon file; a lexicon of its good lines, and every problem found."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, (Problem(file, data[: error.start].count(b"\n") + 1, "", "不是 UTF-8 编码。"),)
    header, rows, problems = _split(text, file)
    group = header.get("group", "")
    if group not in groups.BY_NAME:
        problems.append(
            Problem(file, 1, "group", f"“{group}”不是方言组，应是 {'、'.join(groups.NAMES)} 之一。")
        )
        return None, tuple(problems)
    senses: list[Sense] = []
    seen: dict[str, int] = {}
    for line, cells in rows:
        found = list(_complaints(cells, file, line))
        if cells[0] in seen:
            found.append(Problem(file, line, "id", f"“{cells[0]}”与第 {seen[cells[0]]} 行重复。"))
        seen.setdefault(cells[0], line)
        problems += found
        if not found:
            senses.append(_sense(group, cells))
    version = hashlib.sha256(data).hexdigest()
    return Lexicon(group, tuple(senses), tuple(header.items()), version, file), tuple(problems)


def _split(text: str, file: str) -> tuple[dict[str, str], list[tuple[int, list[str]]], list[Problem]]:
    header: dict[str, str] = {}
    rows: list[tuple[int, list[str]]] = []
    problems: list[Problem] = []
    titled = False
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip("\r")
        if line.startswith("#"):
            key, _, value = line[1:].partition(":")
            if not titled:
                header[key.strip()] = value.strip()
        elif not titled and line.strip():
            titled = True
            if tuple(line.split("\t")) != COLUMNS:
                problems.append(Problem(file, number, "", f"列名应是（用制表符隔开）：{' '.join(COLUMNS)}。"))
        elif line.strip():
            cells = line.split("\t")
            if len(cells) != len(COLUMNS):
                wanted = len(COLUMNS)
                problems.append(Problem(file, number, "", f"应有 {wanted} 列，这一行有 {len(cells)} 列。"))
            else:
                rows.append((number, [c.strip() for c in cells]))
    problems += [
        Problem(file, 1, key, f"文件头缺少“# {key}: …”。") for key in HEADER_KEYS if not header.get(key)
    ]
    return header, rows, problems


def _complaints(cells: list[str], file: str, line: int) -> Iterator[Problem]:
    row = dict(zip(COLUMNS, cells, strict=True))
    surfaces = row["surfaces"].split("|")

    def problem(column: str, message: str) -> Problem:
        return Problem(file, line, column, message)

    if not row["id"]:
        yield problem("id", "不能空。")
    if not all(surfaces) or any(s != s.strip() or " " in s for s in surfaces):
        yield problem("surfaces", "写法不能空，也不能含空格。")
    for surface in surfaces:
        if len(surface) > LONGEST_SURFACE:
            yield problem("surfaces", f"“{surface}”超过 {LONGEST_SURFACE} 个字，像是解释。")
    if len(set(surfaces)) != len(surfaces):
        yield problem("surfaces", "有重复的写法。")
    if not row["mandarin"] or "|" in row["mandarin"]:
        yield problem("mandarin", "要写一种普通话说法（消失的助词写 -）。")
    if row["pos"] not in PARTS_OF_SPEECH:
        yield problem("pos", f"没有词性“{row['pos']}”，应是 {' '.join(sorted(PARTS_OF_SPEECH))} 之一。")
    if row["register"] not in REGISTERS:
        yield problem(
            "register", f"没有“{row['register']}”，应空着或是 {' '.join(sorted(REGISTERS - {''}))}。"
        )
    if row["ambiguity"] not in AMBIGUITIES:
        yield problem("ambiguity", f"应是 safe 或 shared，不是“{row['ambiguity']}”。")
    if len(row["note"]) > LONGEST_NOTE:
        yield problem("note", f"注解太长（{len(row['note'])} 字，最多 {LONGEST_NOTE}）。")
    if not any(s in row["example"] for s in surfaces):
        yield problem("example", "例句里没有这个词的任何一种写法。")
    try:
        conditions.parse(row["when"])
    except conditions.ConditionSyntaxError as error:
        yield problem("when", f"{error}。")


def _sense(group: str, cells: list[str]) -> Sense:
    identity, surfaces, mandarin, pos, regions, register, ambiguity, when, note, example = cells
    places = tuple(p for p in re.split(r"[,，、]", regions) if p)
    return Sense(
        group=group,
        id=identity,
        surfaces=tuple(surfaces.split("|")),
        mandarin="" if mandarin == NOTHING else mandarin,
        pos=pos,
        regions=places,
        register=register,
        shared=ambiguity == "shared",
        when=when,
        note=note,
        example=example,
    )


def shadowed(book: Lexicon) -> Iterator[str]:
    """Surfaces that are hardly ever chosen: an earlier sense has them and no neighbour asks for this one."""
    first: dict[str, Sense] = {}
    for sense in book.senses:
        if "+" in sense.when:
            continue
        for surface in sense.surfaces:
            earlier = first.setdefault(surface, sense)
            if earlier is not sense and earlier.mandarin != sense.mandarin:
                yield f"{sense.id} 的“{surface}”选不到：{earlier.id} 已经有它（{earlier.mandarin}）。"


def line_of(sense: Sense) -> str:
    """The sense as a line of a lexicon file."""
    return "\t".join(
        (
            sense.id,
            "|".join(sense.surfaces),
            sense.mandarin or NOTHING,
            sense.pos,
            ",".join(sense.regions),
            sense.register,
            "shared" if sense.shared else "safe",
            sense.when,
            sense.note,
            sense.example,
        )
    )


def load(path: Path) -> Lexicon:
    """Read a lexicon file and insist that it is sound; the error names the first problem and their number."""
    return sound(*read(_content(path), str(path)))


def sound(lexicon: Lexicon | None, problems: tuple[Problem, ...]) -> Lexicon:
    """The lexicon, or a coded error that names its first problem."""
    if lexicon is None or problems:
        more = f"（共 {len(problems)} 处）" if len(problems) > 1 else ""
        raise ConfigurationError(
            "dialect.bad_lexicon",
            f"方言词表有错{more}：{problems[0]}",
            "用 xiangyin dialect check 查看全部。",
        )
    return lexicon


def built_in_files() -> Iterable[tuple[str, bytes]]:
    """Name and bytes of every lexicon file that ships with the program."""
    folder = resources.files("dialects") / "data"
    for group in groups.NAMES:
        file = folder / f"{group}.tsv"
        if file.is_file():
            yield f"dialects/data/{group}.tsv", file.read_bytes()


def user_files(folder: Path | None) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of every lexicon a person has added."""
    if folder is None or not folder.is_dir():
        return
    for path in sorted(folder.glob("*.tsv")):
        yield str(path), _content(path)


def _content(path: Path) -> bytes:
    with readable(path, "方言词表", "dialect.unreadable", ConfigurationError):
        return path.read_bytes()
