"""``xiangyin dialect``: dialect text into Mandarin with notes, and the words of one's own village."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialects.render import Renderer, Rendering

dialect_app = typer.Typer(no_args_is_help=True, help="方言：译成普通话，管理词表。")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(dialect_app, name="dialect")


def user_folder() -> Path:
    """Where lexicons that a person adds are kept."""
    from core.settings import load

    return load().service.data_dir / "dialects"


@dialect_app.command()
def render(
    text: Annotated[str | None, typer.Argument(help="要译的一句话。")] = None,
    field: Annotated[str, typer.Option(help="批量时读哪个字段。")] = "text",
    dialect: Annotated[str, typer.Option(help="哪里话：auto 自动，或四川话、粤语、yue……")] = "auto",
    rewriter: Annotated[str, typer.Option(help="rules 只用规则，model 请语言模型顺一顺句子。")] = "rules",
    explain: Annotated[bool, typer.Option("--explain", help="说明看了哪些词、选了哪个、为什么。")] = False,
    source: Annotated[str | None, typer.Option("--in", help="JSON Lines 输入，- 为标准输入。")] = None,
    target: Annotated[str, typer.Option("--out", help="JSON Lines 输出，- 为标准输出。")] = "-",
) -> None:
    """把方言的话译成普通话，并注明方言词。"""
    from core.errors import InputError
    from dialects import groups
    from dialects.render import Renderer
    from service.cli import batch

    group = groups.parse(dialect)
    smooth = _rewriter(rewriter)
    if (text is None) == (source is None):
        raise InputError("input.text_or_file", "请给一句话，或用 --in 给一个文件，二选一。")
    renderer = Renderer(user=user_folder())
    if source is not None:
        batch.run(source, target, lambda record: _judge(record, field, renderer, group, smooth, explain))
    else:
        _print(smooth(renderer.render(text or "", group, explain=explain)), explain)


def _judge(
    record: dict[str, Any],
    field: str,
    renderer: Renderer,
    group: str | None,
    smooth: Callable[[Rendering], Rendering],
    explain: bool,
) -> dict[str, Any]:
    from service.cli import batch

    rendering = smooth(renderer.render(batch.text_field(record, field), group, explain=explain))
    return as_record(rendering) | ({"explain": list(rendering.explain)} if explain else {})


def as_record(rendering: Rendering) -> dict[str, Any]:
    """A rendering as the batch form writes it."""
    from media.cues import gloss_record

    return {
        "group": rendering.group,
        "confidence": round(rendering.confidence, 4),
        "mandarin": rendering.mandarin,
        "glosses": [gloss_record(gloss) for gloss in rendering.glosses],
    }


def _rewriter(name: str) -> Callable[[Rendering], Rendering]:
    from core.errors import InputError

    if name == "rules":
        return lambda rendering: rendering
    if name != "model":
        raise InputError("dialect.rewriter", f"不认识的改写方式“{name}”。", "可用 rules、model。")
    from core.settings import load
    from dialects.rewrite import rewrite
    from service.writing import chat_model

    model = chat_model(load())
    return lambda rendering: rewrite(rendering, model)


def _print(rendering: Rendering, explain: bool) -> None:
    from dialects import groups, notes

    typer.echo(rendering.mandarin)
    for note in notes.decide(rendering.glosses, {}):
        if note:
            typer.echo(f"  {note}")
    if explain:
        known = groups.BY_NAME.get(rendering.group or "")
        typer.echo(f"方言：{known.chinese if known else '不确定或普通话'}（{rendering.confidence:.2f}）")
        for line in rendering.explain:
            typer.echo(line)


@dialect_app.command("groups")
def list_groups() -> None:
    """列出十二种方言和各自的词数。"""
    from dialects import groups, lexicon

    counts = {g.name: 0 for g in groups.GROUPS}
    for file, data in [*lexicon.built_in_files(), *lexicon.user_files(user_folder())]:
        found, _ = lexicon.read(data, file)
        if found is not None:
            counts[found.group] += len({s.headword for s in found.senses})
    for group in groups.GROUPS:
        typer.echo(
            f"{group.name:15}{group.chinese}　{counts[group.name]} 词　也可写：{'、'.join(group.aliases[:6])}"
        )


@dialect_app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="词表文件（.tsv）；不写则检查全部词表。")] = None,
) -> None:
    """检查方言词表，指出哪个文件第几行哪一列有错。"""
    from core.errors import InputError, cause
    from dialects import lexicon

    files = [*lexicon.built_in_files(), *lexicon.user_files(user_folder())]
    if file is not None:
        try:
            files = [(str(file), file.read_bytes())]
        except OSError as error:
            raise InputError(
                "input.unreadable", f"打不开 {file}：{cause(error)}。", "请检查路径。"
            ) from error
    wrong = 0
    for name, data in files:
        found, problems = lexicon.read(data, name)
        wrong += len(problems)
        for problem in problems:
            typer.echo(str(problem))
        for hint in lexicon.shadowed(found) if found else ():
            typer.echo(f"{name} 提示：{hint}")
        typer.echo(f"{name}：{len(found.senses) if found else 0} 个义项，{len(problems)} 处问题。")
    if wrong:
        raise typer.Exit(1)


@dialect_app.command()
def add(
    word: Annotated[str, typer.Argument(help="方言词（几种写法用 | 隔开），或一个词表文件 .tsv。")],
    mandarin: Annotated[str, typer.Argument(help="普通话怎么说（给词表文件时不写）。")] = "",
    dialect: Annotated[str, typer.Option(help="哪里话：四川话、粤语、yue……")] = "",
    note: Annotated[str, typer.Option(help="一句话的解释。")] = "",
    region: Annotated[str, typer.Option(help="哪里这么说，几处用逗号隔开。")] = "",
    example: Annotated[str, typer.Option(help="一句例句。")] = "",
    pos: Annotated[str, typer.Option(help="词性：n 名、v 动、adj 形、phrase 短语……")] = "phrase",
    author: Annotated[str, typer.Option(help="谁写的。")] = "本地用户",
    licence: Annotated[str, typer.Option(help="许可。")] = "CC-BY-4.0",
) -> None:
    """加自己家乡的词，盖过自带的词表。"""
    from dialects import village

    if word.endswith(".tsv"):
        added, path = village.add_file(user_folder(), Path(word))
    else:
        entry = village.Entry(word, mandarin, pos, region, note, example)
        added, path = village.add(user_folder(), dialect, entry, author, licence)
    typer.echo(f"加了 {added} 个词，记在 {path}。")


@dialect_app.command()
def export(
    dialect: Annotated[str, typer.Argument(help="哪里话：四川话、粤语、yue……")],
    out: Annotated[str, typer.Option("--out", help="写到哪个文件，- 为屏幕。")] = "-",
) -> None:
    """导出自己加的词，带作者和许可，可以送给别人用。"""
    from core.files import write_atomic
    from dialects import village

    data = village.export(user_folder(), dialect)
    if out == "-":
        typer.echo(data.decode(), nl=False)
    else:
        write_atomic(Path(out), data, mode=0o644)
        typer.echo(f"写好了 {out}。")
