"""The operators' console in Chinese, mounted on the service. ``uvicorn gradio_app:app`` serves both."""

from __future__ import annotations

import html
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import gradio as gr
from fastapi import FastAPI

from core.errors import XiangyinError
from core.settings import load
from core.telemetry import set_up_logging
from dialects.groups import GROUPS, MANDARIN, parse
from knowledge_graph.schema import TERMS, Property
from media.audio import to_int16
from media.cues import Notes
from media.srt import timestamp
from service import sheets
from service.app import create_app
from service.assemble import Assembly
from service.auth import load_token
from service.captions_of_file import caption_recording, save, summary
from service.lan import addresses, pairing_url, qr_svg
from service.protocols.pages import page

T = TypeVar("T")

CONFIG = "XIANGYIN_CONFIG"
LAN_PORT = "XIANGYIN_LAN_PORT"
"""Set by ``xiangyin serve --lan``: the port of the HTTPS listener that phones reach."""

STUDIO = """
const block = element.querySelector('.xy-mount');
import('/static/studio.js').then((studio) => studio.mount(block, { room: 'main' }));
"""

HOST = """
const block = element.querySelector('.xh-mount');
import('/static/host.js').then((host) => host.mount(block, { room: 'main' }));
"""

FAMILY = ["Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif"]

CSS = """
.gradio-container { font-size: 20px; }
.gradio-container :is(button, label span, input, textarea, td, th, .prose) { font-size: 20px !important; }
.gradio-container .tab-nav button { font-size: 22px !important; }
#title h1 { font-size: 34px; margin: 0; }
#title p { font-size: 20px; margin: 4px 0 0; }
.xy-link { font: 600 22px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
.xy-qr svg { width: min(360px, 100%); height: auto; }
:is(.cell-wrap, .cell-wrap span) { font-family: var(--font) !important; }
:is(.cell-wrap span, .option-list li, .toast-message-text) { font-size: 20px !important; line-height: 1.5; }
.toast-title { display: none !important; }
.gradio-container .submit-button { background: #15603a; color: #fff; font-weight: 700; padding: 6px 20px; }
.xy-graph { width: 100%; height: 80vh; border: 2px solid #e7e5e4; border-radius: 12px; }
:is(footer, .progress-text, .meta-text, .meta-text-center) { display: none !important; }
"""

TITLE = "# 乡音\n说家乡话，观众看到带注释的普通话字幕；虚拟主播只说商品资料里有依据的话。"
GROUP_CHOICES = [("自动辨认", "auto"), *((g.chinese, g.name) for g in GROUPS if g.name != MANDARIN)]
NO_SHOP = "还没有店铺。请先到“货单”那一页导入商品表。"
NEW_SHOP = "我的店"
LOOKING = "### 正在看货单，请等一等……"
TO_SHEET = "() => { document.getElementById('sheet').scrollIntoView({ block: 'center' }); }"
"""On a phone what came of a press lies below the buttons."""
OWNER = "店主"
NOTES = [("详细", "full"), ("简短", "short"), ("不要", "off")]


def build(assembly: Assembly) -> gr.Blocks:
    """The console over an assembly."""
    console: gr.Blocks = gr.Blocks(title="乡音", analytics_enabled=False, fill_width=True)
    with console:
        gr.Markdown(TITLE, elem_id="title")
        # Wrapped, not behind a “…”: on a phone or enlarged, a tab that hides is a tab that is not there.
        with gr.Tabs(overflow_behavior="wrap"):
            with gr.Tab("直播字幕"):
                _live(assembly)
            with gr.Tab("主播"):
                _host()
            with gr.Tab("文件字幕"):
                _file(assembly)
            with gr.Tab("货单") as tab:
                _sheet(assembly, tab)
            with gr.Tab("问一问主播") as tab:
                _ask(assembly, tab)
            with gr.Tab("商品图谱") as tab:
                _graph(assembly, tab)
            with gr.Tab("手机配对"):
                gr.HTML(_pairing(assembly))
            with gr.Tab("OBS 画面"):
                gr.HTML(_overlay(assembly))
    return console


def _live(assembly: Assembly) -> None:
    chosen = parse(assembly.settings.captions.dialect) or "auto"
    dialect = gr.Dropdown(GROUP_CHOICES, value=chosen, label="我说的是", filterable=False)
    dialect.input(lambda group: assembly.set_dialect("main", group), dialect)
    gr.HTML(
        html_template="<div class='xy-mount'></div>",
        js_on_load=STUDIO,
        head=f"<style>{page('studio.css')}</style>",
        elem_id="studio",
        apply_default_css=False,
    )


def _host() -> None:
    gr.HTML(
        html_template="<div class='xh-mount'></div>",
        js_on_load=HOST,
        head=f"<style>{page('host.css')}</style>",
        elem_id="host",
        apply_default_css=False,
    )


def _file(assembly: Assembly) -> None:
    gr.Markdown("把录音或视频拖进来（wav、mp3、flac、mp4、m4a 都行），做好后下载字幕。")
    with gr.Row():
        source = gr.File(label="录音或视频", type="filepath")
        with gr.Column():
            dialect = gr.Dropdown(GROUP_CHOICES, value="auto", label="说的是哪里话")
            notes = gr.Radio(NOTES, value="full", label="方言注释")
            start = gr.Button("开始做字幕", variant="primary", size="lg")
    told = gr.Markdown()
    shown = gr.Dataframe(
        headers=["时间", "字幕"],
        column_widths=["25%", "75%"],
        interactive=False,
        wrap=True,
        buttons=[],
        label="字幕",
    )
    files = gr.File(label="下载字幕", file_count="multiple", interactive=False)

    def work(path: str | None, group: str, kind: Notes, progress: Any = gr.Progress()) -> tuple[Any, ...]:  # noqa: B008
        if not path:
            raise _refusal("请先放一个录音或视频文件。")

        def tell(done: float, total: float | None) -> None:
            progress(min(1.0, done / total) if total else None, desc=f"听到第 {done:.0f} 秒")

        targets = [Path(path).with_suffix(suffix) for suffix in (".srt", ".vtt", ".ass", ".json")]
        recording = Path(path)
        made = _with_errors_shown(
            lambda: caption_recording(assembly, recording, dialect=group, notes=kind, progress=tell)
        )
        _with_errors_shown(lambda: save(made, targets))
        shown = [[timestamp(b.start, "."), b.text] for b in made.laid.blocks]
        return f"### {summary(made)}", shown, [str(t) for t in targets]

    start.click(work, [source, dialect, notes], [told, shown, files], show_progress_on=shown)


def _shop(assembly: Assembly, tab: gr.Tab) -> gr.Dropdown:
    """A choice among the shops there are when the page or the tab is opened."""
    shop = gr.Dropdown(label="店铺", interactive=True)

    def shops(chosen: str | None) -> Any:
        names = list(assembly.shop_names())
        return gr.Dropdown(choices=names, value=chosen if chosen in names else next(iter(names), None))

    gr.on(None, shops, shop, shop)
    tab.select(shops, shop, shop, show_progress="hidden")
    return shop


def _sheet(assembly: Assembly, tab: gr.Tab) -> None:
    gr.Markdown(
        "把货单（xlsx 或 csv）放进来，先看读得对不对，再让它生效；直播当中也可以。"
        "有问题的格子不会讲出去，在货单里改好，再导入一次就行。"
    )
    with gr.Row():
        source = gr.File(label="货单", type="filepath")
        with gr.Column():
            name = gr.Dropdown(
                [NEW_SHOP],
                value=NEW_SHOP,
                label="店铺（选一个，或者写个新名字）",
                allow_custom_value=True,
                interactive=True,
            )
            look = gr.Button("看看读得对不对", size="lg")
            keep = gr.Button("就用这些", variant="primary", size="lg", interactive=False)
            back = gr.Button("退回上一次的样子", size="lg")
    told = gr.Markdown(elem_id="sheet")
    problems = gr.Dataframe(
        headers=["在哪里", "怎么回事"],
        column_widths=["30%", "70%"],
        interactive=False,
        wrap=True,
        buttons=[],
        label="请您看一看",
    )
    goods = gr.Dataframe(
        headers=["商品", "价格", "资料", "待核对"],
        column_widths=["40%", "26%", "16%", "18%"],
        interactive=False,
        wrap=True,
        buttons=[],
        label="读到的商品",
    )

    def names(chosen: str | None) -> Any:
        return gr.Dropdown(choices=list(assembly.shop_names()), value=chosen or NEW_SHOP)

    def close() -> Any:
        return gr.Button(interactive=False)

    shown = gr.State()
    source.change(lambda: ("", close()), None, [told, keep], show_progress="hidden")
    look.click(None, None, told, js=f"() => '{LOOKING}'")
    closed = look.click(close, None, keep, show_progress="hidden")
    read = closed.then(_preview, source, [told, shown, problems, goods, keep], show_progress_on=told)
    used = keep.click(partial(_approve, assembly), [shown, name], [told, keep], show_progress_on=told)
    taken = back.click(partial(_revert, assembly), name, told)
    for done in (read, used, taken):
        done.then(None, js=TO_SHEET)
    gr.on(None, names, name, name)
    tab.select(names, name, name, show_progress="hidden")


def _preview(path: str | None) -> tuple[Any, ...]:
    """What is shown of a sheet: one sentence, where it lies, problems, products; nothing is kept yet."""
    if not path:
        return "### 请先放一个货单文件。", None, [], [], gr.Button(interactive=False)
    try:
        found = sheets.read(Path(path), date.today())
    except XiangyinError as error:
        return f"### {error}", None, [], [], gr.Button(interactive=False)
    view, waiting = found.shop(""), Counter(fact.product for fact in found.pending)
    goods = [[p, sheets.price(view, p) or "没有价格", len(view.facts(p)), waiting[p]] for p in found.products]
    problems = [[sheets.place(p), p.message] for p in found.problems]
    doubts = f"，{len(problems)} 处请您看一看" if problems else ""
    count = f"读到 {len(goods)} 个商品，{len(found.facts)} 条资料{doubts}"
    return f"### {count}。还没有生效。", path, problems, goods, gr.Button(interactive=True)


def _approve(assembly: Assembly, path: str, shop: str | None) -> tuple[Any, ...]:
    name = (shop or "").strip()
    if not name:
        raise _refusal("请写上店铺的名字。")

    def change() -> str:
        done = assembly.shops().stage(name, sheets.read(Path(path), date.today()))
        assembly.shops().approve_sheet(name, OWNER)
        return sheets.outcome(done)

    return f"### 店铺“{name}”：{_with_errors_shown(change)}", gr.Button(interactive=False)


def _revert(assembly: Assembly, shop: str | None) -> str:
    version = _with_errors_shown(lambda: assembly.shops().revert(shop or "", OWNER))
    return f"### 店铺“{shop}”退回了上一次的样子，现在是第 {version} 版。"


def _refusal(text: str) -> gr.Error:
    """A sentence in the corner of the page, long enough to be read."""
    return gr.Error(text, duration=15, print_exception=False)


def _with_errors_shown(work: Callable[[], T]) -> T:
    """What ``work`` gives; an error that a user can cause is shown on the page."""
    try:
        return work()
    except XiangyinError as error:
        raise _refusal(str(error)) from error


def _ask(assembly: Assembly, tab: gr.Tab) -> None:
    gr.Markdown("像观众一样问一句，普通话、方言都行。主播只照商品资料回答，下面写着每句话的依据。")
    with gr.Row():
        shop = _shop(assembly, tab)
        on_screen = gr.Dropdown(label="正在讲的商品（“这个”指的就是它）", interactive=True)
    comment = gr.Textbox(label="观众的话", placeholder="这个腊肉好多钱一斤？", max_lines=3, submit_btn="问")
    answer = gr.Textbox(label="主播的回答（本内容由人工智能生成）", interactive=False)
    sound = gr.Audio(label="听一听", interactive=False, autoplay=True, buttons=["download"])
    facts = gr.Dataframe(
        headers=["商品", "资料", "内容", "出处"],
        column_widths=["25%", "15%", "30%", "30%"],
        label="依据",
        interactive=False,
        wrap=True,
        buttons=[],
    )
    refused = gr.Dataframe(
        headers=["不能说的", "为什么"],
        column_widths=["30%", "70%"],
        label="被拦下的",
        interactive=False,
        wrap=True,
        buttons=[],
    )

    def products(name: str | None) -> Any:
        return gr.Dropdown(choices=["", *assembly.shop(name).products()] if name else [], value="")

    def work(text: str, name: str | None, product: str | None) -> Iterator[tuple[Any, Any, Any, Any]]:
        if not name:
            raise _refusal(NO_SHOP)
        answering = assembly.answering(name)
        reply = _with_errors_shown(lambda: answering.reply(text, product or None))
        rows = [
            [f["product"], TERMS[Property(f["property"])].label, f["value"], " ".join(f["evidence"].values())]
            for f in reply.facts
        ]
        found = [[f.surface, f"{f.reason}（{f.law}）"] for f in reply.findings]
        yield reply.text, None, rows, found
        if speech := answering.speech(reply):
            yield reply.text, (speech.rate, to_int16(speech.samples)), rows, found

    shown = [answer, sound, facts, refused]
    comment.submit(work, [comment, shop, on_screen], shown, show_progress_on=sound)
    shop.change(products, shop, on_screen)


def _graph(assembly: Assembly, tab: gr.Tab) -> None:
    shop = _shop(assembly, tab)
    picture = gr.HTML(apply_default_css=False)

    def draw(name: str | None) -> str:
        if not name:
            return NO_SHOP
        return f"<iframe class='xy-graph' title='商品图谱' src='/graph?shop={quote(name)}'></iframe>"

    shop.change(draw, shop, picture)


def _pairing(assembly: Assembly) -> str:
    port = os.environ.get(LAN_PORT)
    found = addresses()
    if not port or not found:
        reason = "没有找到局域网地址，请先连上家里的无线网。" if port else "现在只有这台电脑能用。"
        return (
            f"<p>{reason}</p><p>要用手机当话筒，请关掉乡音，再这样启动：</p>"
            "<p class='xy-link'>make run ARGS=--lan</p>"
        )
    url = pairing_url(found[0], int(port), load_token(assembly.data))
    return (
        "<p>用手机相机扫这个二维码，手机就成了话筒。手机和电脑要连同一个无线网。</p>"
        f"<div class='xy-qr'>{qr_svg(url)}</div>"
        "<p>第一次打开，手机会说证书不受信任：这是电脑自己做的证书，选“继续访问”。</p>"
        f"<p class='xy-link'>{html.escape(url)}</p>"
    )


def _overlay(assembly: Assembly) -> str:
    s = assembly.settings.service
    url = f"http://127.0.0.1:{s.port}"
    captions = html.escape(f"{url}/overlay?room=main&size=48&notes=full")
    return (
        "<p>在 OBS 里加一个“浏览器”来源，地址填下面的一行，不要勾选“不可见时关闭来源”。</p>"
        "<h3>字幕（背景透明，宽 1920，高 300）</h3>"
        f"<p class='xy-link'>{captions}</p>"
        "<p>size 是字号，font 是字体，lines 是最多几条，hold 是停留几秒，notes 可用 full、short、off。</p>"
        "<h3>主播的画面和声音（宽 1920，高 1080）</h3>"
        f"<p class='xy-link'>{url}/screen?room=main</p>"
        "<p>请勾选“通过 OBS 控制音频”。想让主播站在别的画面前面，地址后面加上 &amp;bg=none。</p>"
    )


def _theme() -> gr.themes.Base:
    """Fonts of this machine only: the default theme would ask a font server."""
    return gr.themes.Soft(
        font=FAMILY, font_mono=["ui-monospace", "monospace"], primary_hue=_green(), text_size="lg"
    )


def _green() -> gr.themes.Color:
    """Gradio's green with text and buttons two shades darker: pale letters are hard on old eyes."""
    green = gr.themes.colors.green
    shades = {name: value for name, value in vars(green).items() if name.startswith("c")}
    darker = {"c400": green.c600, "c500": green.c700, "c600": green.c800, "c700": green.c900}
    return gr.themes.Color(**shades | darker, name="dark_green")


def make_app() -> FastAPI:
    """Service and console over the settings that ``XIANGYIN_CONFIG`` names."""
    config = os.environ.get(CONFIG)
    settings = load(Path(config) if config else None)
    set_up_logging(settings.logging.level, settings.logging.format)
    assembly = Assembly(settings)
    threading.Thread(target=assembly.warm, name="warm", daemon=True).start()
    service = create_app(assembly)
    mounted = gr.mount_gradio_app(
        service,
        build(assembly),
        path="/",
        theme=_theme(),
        css=CSS,
        head="<script type='module' src='/static/tabs.js'></script>",
        ssr_mode=False,
        footer_links=[],
        show_error=True,
        max_file_size="4gb",
        pwa=False,
    )
    assert isinstance(mounted, FastAPI)
    return mounted


app = make_app()
