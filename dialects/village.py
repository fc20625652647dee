"""Words of one's own village: a lexicon a group that a person keeps, laid over the built-in ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.errors import InputError
from core.files import readable, write_atomic
from dialects import groups, lexicon


@dataclass(frozen=True, slots=True)
class Entry:
    """A word as a person gives it: ``surfaces`` separated by ``|``, ``regions`` by commas."""

    surfaces: str
    mandarin: str
    pos: str = "phrase"
    regions: str = ""
    note: str = ""
    example: str = ""


def _group(name: str) -> str:
    group = groups.parse(name)
    if group is None or group == groups.MANDARIN:
        raise InputError("dialect.which", "要说明是哪里话。", f"用 --dialect，可以写：{groups.choices()}。")
    return group


def _path(folder: Path, group: str) -> Path:
    return folder / f"{group}.tsv"


def _header(group: str, author: str, licence: str) -> str:
    today = datetime.now(UTC).date().isoformat()
    return (
        f"# group: {group}\n# author: {author}\n# source: {author}\n# licence: {licence}\n# date: {today}\n"
        + "\t".join(lexicon.COLUMNS)
        + "\n"
    )


def add(folder: Path, dialect: str, entry: Entry, author: str, licence: str) -> tuple[int, Path]:
    """Add one word to the person's lexicon of a group; the same headword given again gets a further sense.

    Raises ``InputError`` where the word is incomplete, ``StorageError`` where it cannot be written.
    """
    group = _group(dialect)
    path = _path(folder, group)
    text = path.read_text("utf-8") if path.is_file() else _header(group, author, licence)
    taken = {line.split("\t", 1)[0] for line in text.splitlines() if not line.startswith("#")}
    surfaces = entry.surfaces.replace("｜", "|")
    head = surfaces.split("|")[0]
    number = next(n for n in range(1, len(taken) + 2) if _name(head, n) not in taken)
    cells = (
        _name(head, number),
        surfaces,
        entry.mandarin,
        entry.pos,
        entry.regions.replace("，", ","),
        "",
        "safe",
        "",
        entry.note,
        entry.example or head,
    )
    if any("\t" in cell or "\n" in cell for cell in cells):
        raise InputError("dialect.bad_word", "词和解释里不能有制表符或换行。")
    return _store(path, text + "\t".join(cells) + "\n", 1)


def _name(head: str, number: int) -> str:
    return head if number == 1 else f"{head}.{number}"


def add_file(folder: Path, source: Path) -> tuple[int, Path]:
    """Take a whole lexicon file in place of the person's own of that group."""
    with readable(source, "方言词表"):
        data = source.read_bytes()
    found = lexicon.sound(*lexicon.read(data, str(source)))
    path = _path(folder, found.group)
    if path.is_file():
        present = {s.id for s in lexicon.load(path).senses}
        fresh = [s for s in found.senses if s.id not in present]
        text = path.read_text("utf-8") + "".join(lexicon.line_of(s) + "\n" for s in fresh)
        return _store(path, text, len(fresh))
    return _store(path, data.decode("utf-8-sig"), len(found.senses))


def _store(path: Path, text: str, added: int) -> tuple[int, Path]:
    data = text.encode()
    found, problems = lexicon.read(data, str(path))
    if problems:
        first = problems[0]
        raise InputError("dialect.bad_word", f"这个词不完整：{first.column}：{first.message}", "请改好再加。")
    assert found is not None
    write_atomic(path, data, mode=0o644)
    return added, path


def export(folder: Path, dialect: str) -> bytes:
    """The person's own lexicon of a group, with author and licence in its header."""
    path = _path(folder, _group(dialect))
    if not path.is_file():
        raise InputError(
            "dialect.nothing_to_export", "还没有加过这种方言的词。", "先用 xiangyin dialect add 加词。"
        )
    return path.read_bytes()
