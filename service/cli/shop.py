"""``xiangyin shop``: import a product sheet, see what became of it, approve, export, remove."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import InputError, cause

if TYPE_CHECKING:
    from knowledge_graph.facts import Fact
    from knowledge_graph.ingest.importer import Preview
    from knowledge_graph.store.acts import Act
    from knowledge_graph.store.shops import Difference, Shops

ShopName = Annotated[str, typer.Option("--shop", help="店铺的名字。")]
Who = Annotated[str, typer.Option("--who", help="谁做的，记在这个人名下。")]
REVIEWER = "审核人"


def register(app: typer.Typer) -> None:
    """Add the command group."""
    shop = typer.Typer(help="店铺的商品资料：导入、查看、审核、导出。", no_args_is_help=True)
    app.add_typer(shop, name="shop")
    shop.command("import", help="从 xlsx、csv 或 JSON-LD 导入商品。")(_import)
    shop.command("show", help="显示店铺的商品，每条都带着出处。")(_show)
    shop.command("list", help="列出所有店铺。")(_list)
    shop.command("propose", help="把说的话记成待审核的资料：我家有二十斤腊肉，三十五一斤。")(_propose)
    shop.command("drafts", help="列出等待审核的资料：谁说的，原话是什么，会改掉什么。")(_drafts)
    shop.command("approve", help="批准等待审核的资料，可以先改。")(_approve)
    shop.command("refuse", help="不同意等待审核的资料，写上原因。")(_refuse)
    shop.command("revert", help="退回上一次批准以前的样子。")(_revert)
    shop.command("versions", help="谁在什么时候批准、退回、没有采用了什么。")(_versions)
    shop.command("compact", help="把旧的版本合起来，腾出磁盘；先停下服务。")(_compact)
    shop.command("remove", help="删除一个店铺。")(_remove)
    shop.command("export", help="导出为 JSON-LD，可以再导入。")(_export)
    shop.command("graph", help="商品图谱的结构（JSON），供画图用。")(_graph)


def _shops() -> Shops:
    from core.settings import load
    from service.owned import shops

    settings = load()
    return shops(settings.service.data_dir, settings.graph)


def _import(
    file: Annotated[Path, typer.Argument(help="商品表：xlsx、csv 或 JSON-LD。")],
    shop: ShopName = "demo",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看结果，不保存。")] = False,
    draft: Annotated[bool, typer.Option("--draft", help="全部先放进待审核。")] = False,
    as_of: Annotated[str, typer.Option("--as-of", help="按哪一天判断是否过期，默认今天。")] = "",
    json_file: Annotated[str, typer.Option("--json", help="把结果写成 JSON（- 为标准输出）。")] = "",
    who: Who = "店主",
) -> None:
    """Read the file, show what was understood and what was not, and keep it unless it is a dry run."""
    from service.cli.ask import day
    from service.sheets import read

    preview = read(file, day(as_of) or date.today())
    if json_file:
        _write(json_file, _record(preview, shop))
    change = None
    if not dry_run:
        shops = _shops()
        change = shops.stage(shop, preview)
        if not draft:
            shops.approve_sheet(shop, who)
    if json_file != "-":
        _print_preview(preview, shop, change, draft)


def _record(preview: Preview, name: str) -> dict[str, object]:
    from knowledge_graph.ingest.output import product_record

    view = preview.shop(name)
    return {
        "products": [product_record(view, product) for product in preview.products],
        "problems": [problem.record() for problem in preview.problems],
    }


def _write(target: str, content: object) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1)
    if target == "-":
        typer.echo(text)
        return
    try:
        Path(target).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(
            "output.unwritable", f"写不了文件 {target}：{cause(error)}。", "请换一个能写的位置。"
        ) from error


def _print_preview(preview: Preview, name: str, change: Difference | None, draft: bool) -> None:
    from service.sheets import outcome, place, price

    view = preview.shop(name)
    typer.echo(f"{preview.file}：读到 {len(preview.products)} 个商品，{len(preview.facts)} 条资料。")
    for product in preview.products:
        waiting = sum(f.product == product for f in preview.pending)
        shown = price(view, product) or "（没有价格）"
        count = f"{len(view.facts(product))} 条" + (f"，{waiting} 条待核对" if waiting else "")
        typer.echo(f"  {product}  {shown}  {count}")
    for problem in preview.problems:
        mark = "错" if problem.severity == "error" else "提醒"
        typer.echo(f"  [{mark}] {place(problem)}：{problem.message}")
    typer.echo(outcome(change, draft) if change else "这只是预览，没有保存。")


def _show(
    shop: ShopName = "demo",
    product: Annotated[str, typer.Option("--product", help="只看一个商品。")] = "",
    draft: Annotated[bool, typer.Option("--draft", help="看待审核的资料。")] = False,
) -> None:
    """Print every fact with its source."""
    shops = _shops()
    view = shops.shop(shop)
    typer.echo(f"{view.meta.title or shop}（第 {view.meta.version} 版，按 {view.meta.as_of} 判断）")
    for name in view.products():
        if product and name != product:
            continue
        typer.echo(f"\n{name}")
        for fact in view.facts(name):
            high = f"-{fact.high}" if fact.high is not None else ""
            per = f"/{fact.per}" if fact.per else ""
            about = f"（{fact.about}）" if fact.about else ""
            typer.echo(f"  {fact.label}{about}：{fact.value}{high}{fact.unit}{per}    ← {fact.source}")
    if draft:
        typer.echo("\n待审核：")
        for fact in shops.waiting(shop):
            typer.echo(
                f"  {fact.product or '全店'} {fact.label}：{fact.value}    ← {fact.source} {fact.evidence}"
            )


def _list() -> None:
    """Print the shops."""
    shops = _shops()
    names = shops.names()
    for name in names:
        view = shops.shop(name)
        typer.echo(f"{name}  {len(view.products())} 个商品  第 {view.meta.version} 版")
    if not names:
        typer.echo("还没有店铺。用 xiangyin shop import 文件 导入一个。")


def _propose(
    text: Annotated[str, typer.Argument(help="说的话，方言也行。")],
    who: Annotated[str, typer.Option("--who", help="谁说的。")],
    shop: ShopName = "demo",
    product: Annotated[str, typer.Option("--product", help="“这个”指的是哪个商品。")] = "",
    cue: Annotated[str, typer.Option("--cue", help="说在哪一句字幕里（字幕的编号）。")] = "",
) -> None:
    """Keep what was understood as a draft, and say it back in one sentence."""
    from datetime import datetime

    from knowledge_graph import proposals, review
    from knowledge_graph.questions import mandarin

    shops = _shops()
    view = shops.shop(shop)
    said = proposals.Said(text, who, datetime.now().strftime("%Y-%m-%d %H:%M"), cue)
    proposal = proposals.read(said, view, mandarin(view), product or None)
    if proposal.facts:
        review.propose(shops, shop, proposal.facts, who)
    typer.echo(proposal.understood)


def _drafts(shop: ShopName = "demo") -> None:
    """Print what waits, product by product, with its source and what it would replace."""
    from knowledge_graph.proposals import stated

    shops = _shops()
    proposed, waiting = shops.proposed(shop), shops.waiting(shop)
    for name in dict.fromkeys(fact.product for fact in waiting):
        typer.echo(name or "全店")
        for fact in (f for f in waiting if f.product == name):
            held = next((h for h in _held(shops, shop, fact) if h.value != fact.value), None)
            old = f"（原来是{stated(held)}）" if held else ""
            wait = "" if fact.id in proposed else "  要核对"
            where = fact.evidence or str(fact.source)
            typer.echo(f"  {fact.label}：{stated(fact)}{old}{wait}    ← {where}")
    if not waiting:
        typer.echo("没有等待审核的资料。")


def _held(shops: Shops, shop: str, fact: Fact) -> tuple[Fact, ...]:
    from knowledge_graph.facts import facts_of

    try:
        view = shops.shop(shop)
    except InputError:
        return ()
    return facts_of(view, fact.product, fact.property)


def _approve(
    shop: ShopName = "demo",
    product: Annotated[str, typer.Option("--product", help="只批准一个商品的。")] = "",
    edit: Annotated[
        list[str] | None, typer.Option("--edit", help="批准以前改一项，写成 price=36（可以多次）。")
    ] = None,
    who: Who = REVIEWER,
) -> None:
    """Approve what waits, edited first where asked."""
    from knowledge_graph import proposals, review

    shops = _shops()
    for order in edit or ():
        proposals.edit(shops, shop, product, order, who)
    chosen = None
    if product:
        proposed = shops.proposed(shop)
        chosen = [f.id for f in shops.waiting(shop) if f.product == product and f.id in proposed]
        if not chosen:
            raise InputError(
                "review.nothing", f"“{product}”没有等待批准的资料。", "用 xiangyin shop drafts 看看。"
            )
    version = review.approve(shops, shop, chosen, who)
    typer.echo(f"已批准，现在是第 {version} 版。")


def _refuse(
    reason: Annotated[str, typer.Option("--reason", help="为什么不同意，说话的人会看到。")],
    shop: ShopName = "demo",
    product: Annotated[str, typer.Option("--product", help="只退回一个商品的，默认全部。")] = "",
    who: Who = REVIEWER,
) -> None:
    """Take proposals out of the draft; what they would have replaced stays."""
    from knowledge_graph import review

    shops = _shops()
    proposed = shops.proposed(shop)
    facts = [f for f in shops.waiting(shop) if f.id in proposed and product in ("", f.product)]
    if not facts:
        raise InputError("review.nothing", "没有可以退回的资料。", "用 xiangyin shop drafts 看看。")
    review.refuse(shops, shop, [f.id for f in facts], who, reason)
    people = "、".join(dict.fromkeys(f.source.speaker for f in facts if f.source.speaker))
    typer.echo(f"{people or '表格'}提的 {len(facts)} 条没有采用：{reason}")


def _revert(shop: ShopName = "demo", who: Who = REVIEWER) -> None:
    """Undo the last approval."""
    version = _shops().revert(shop, who)
    typer.echo(f"已退回，现在是第 {version} 版。")


def _versions(shop: ShopName = "demo") -> None:
    """Print who did what and when, the newest last."""
    shops = _shops()
    version, acts = shops.version(shop), shops.acts(shop)
    for act in acts:
        in_force = "（现在用的）" if act.kind == "approve" and act.version == version else ""
        typer.echo(f"{act.at.astimezone():%Y-%m-%d %H:%M}  {act.who or '没有留名'}  {_told(act)}{in_force}")
    if not acts:
        typer.echo(f"店铺“{shop}”还没有批准过什么。")


def _told(act: Act) -> str:
    from knowledge_graph.proposals import stated

    if act.kind == "refuse":
        facts = "，".join(f"{f.product or '全店'}{f.label}{stated(f)}" for f in act.facts)
        return f"没有采用{f'（{facts}）' if facts else ''}：{act.reason}"
    if act.kind == "approve":
        return f"批准了第 {act.version} 版" + (f"，表格“{act.title}”" if act.title else "")
    return f"退回了第 {act.version} 版" if act.kind == "revert" else "删除了店铺"


def _compact(
    keep: Annotated[int, typer.Option("--keep", min=1, help="留几版可以退回。")] = 20,
) -> None:
    """Merge old versions of all shops and write the store's files anew."""
    from core.settings import load
    from knowledge_graph.store.compacting import compact

    folder = load().service.data_dir / "shops" / "graph"
    before = _megabytes(folder)
    compact(folder, keep)
    typer.echo(f"商品图谱原来占 {before:.1f} MB，现在占 {_megabytes(folder):.1f} MB。")


def _megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def _remove(name: Annotated[str, typer.Argument(help="店铺的名字。")], who: Who = "店主") -> None:
    """Remove a shop with its drafts and history; who removed it stays on record."""
    from core.settings import load
    from service.spoken import erase

    _shops().remove(name, who)
    erase(load().service.data_dir, name)
    typer.echo(f"已删除店铺 {name}。")


def _export(
    shop: ShopName = "demo",
    out: Annotated[str, typer.Option("--out", help="写到哪个文件（- 为标准输出）。")] = "-",
) -> None:
    """Write the approved facts as JSON-LD."""
    from knowledge_graph.ingest.jsonld import as_jsonld

    _write(out, as_jsonld(_shops().shop(shop)))


def _graph(
    shop: ShopName = "demo",
    out: Annotated[str, typer.Option("--out", help="写到哪个文件（- 为标准输出）。")] = "-",
) -> None:
    """Write nodes and edges for a picture."""
    from knowledge_graph.picture import as_graph

    shops = _shops()
    _write(out, as_graph(shops.shop(shop), shops.acts(shop)))
