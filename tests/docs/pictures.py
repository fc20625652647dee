"""The pictures of README and docs, from the running program: ``python -m tests.docs.pictures [NAME…]``.

A studio is started with an empty data folder and the demo shop; the microphone hears :data:`SAID`, spoken by
the voice that ships with the program. Look at what it made before committing it: captions are as heard.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from playwright.sync_api import Page

from anchor.speech.speaker import joined
from media.audio import resample, write_wav
from service.cli.say import load
from tests.captioning.sounds import silence
from tests.service.chromium import chromium
from tests.service.running import free_port
from tests.service.studio import COMMAND, studio

ROOT = Path(__file__).resolve().parents[2]
SHEET = ROOT / "examples" / "demo_shop.xlsx"
SAID = ("这个核桃巴适得板，大家慢慢看。", "大家慢慢选，不要慌，我给你们摆一下龙门阵。")
RATE = 48_000
PATIENCE = 120_000
FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


def open_tab(page: Page, name: str) -> None:
    """The console with one of its tabs open."""
    page.goto("/")
    page.get_by_role("tab", name=name, exact=True).click()


def console(page: Page) -> None:
    """Captions with notes while somebody speaks."""
    open_tab(page, "直播字幕")
    page.click(".xy-talk")
    page.locator(".xy-cue.final .note").first.wait_for()
    page.locator(".xy-cue.final").nth(1).wait_for()


def overlay(page: Page) -> None:
    """The newest caption over a picture."""
    page.set_viewport_size({"width": 1280, "height": 300})
    page.goto("/overlay")
    page.add_style_tag(content="html { background: linear-gradient(90deg, #3f5d3a, #8a6b3d) !important }")
    page.locator(".cue.final").first.wait_for()


def sheet(page: Page) -> None:
    """How the demo shop's sheet was read, with what a person should look at."""
    open_tab(page, "货单")
    page.locator("[role=tabpanel]:visible input[type=file]").first.set_input_files(SHEET)
    page.get_by_text(SHEET.name).first.wait_for()
    page.get_by_role("button", name="看看读得对不对").click()
    page.locator("#sheet", has_text="读到").wait_for()
    page.get_by_role("gridcell").nth(4).wait_for()
    page.set_viewport_size({"width": 1280, "height": 1560})


def graph(page: Page) -> None:
    """A product of the demo shop and where its price stands."""
    page.set_viewport_size({"width": 1500, "height": 900})
    page.goto("/graph?shop=demo")
    page.locator('g.node.product[data-id="p:云坪老树核桃 2斤"]').click(force=True)
    page.get_by_role("button", name="价格").first.click()


def host(page: Page) -> None:
    """The host answers a typed question."""
    page.set_viewport_size({"width": 1440, "height": 1060})
    open_tab(page, "主播")
    page.click(".xh-start:not([disabled])")
    page.locator(".xh-line.speaking").wait_for()
    page.get_by_label("观众的话").fill("核桃多少钱一斤")
    page.keyboard.press("Enter")
    page.locator(".xh-line.speaking .xh-question").wait_for()


def screen(page: Page) -> None:
    """What viewers see of the show that :func:`host` began."""
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto("/screen")
    page.click(".unmute")
    page.locator('html[data-sound="on"]').wait_for()
    page.locator(".caption:not([hidden]) span").first.wait_for()


PICTURES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "console": ("console", console),
    "overlay": ("overlay", overlay),
    "sheet": ("console-sheet", sheet),
    "graph": ("graph", graph),
    "host": ("console-host", host),
    "screen": ("screen", screen),
}
"""Names on the command line, their files in ``docs/images`` and what is done before each, in order."""


def spoken(path: Path) -> None:
    """:data:`SAID` as a file for the browser's microphone."""
    voice = load("zf_xiaoxiao", 1.0)
    said = [joined(voice.speak(text)) for text in SAID]
    pieces = [resample(one.samples, one.rate, RATE) for one in said]
    pause = resample(silence(2.0), 16_000, RATE)
    write_wav(path, np.concatenate([pause, pieces[0], pause, pieces[1], pause]), RATE)


def main(names: list[str]) -> None:
    """Take the pictures named, or all."""
    with TemporaryDirectory() as folder:
        data, sound = Path(folder) / "data", Path(folder) / "said.wav"
        os.environ |= {"XIANGYIN_SERVICE__DATA_DIR": str(data), "XIANGYIN_CAPTIONS__DIALECT": "xinan"}
        subprocess.run([sys.executable, "-c", COMMAND, "shop", "import", str(SHEET)], check=True, cwd=ROOT)
        spoken(sound)
        with (
            studio(data, free_port()) as program,
            chromium(*FAKE, f"--use-file-for-fake-audio-capture={sound}") as browser,
        ):
            context = browser.new_context(
                base_url=f"http://{program.host}", locale="zh-CN", viewport={"width": 1280, "height": 900}
            )
            context.set_default_timeout(PATIENCE)
            for name in names or PICTURES:
                file, prepare = PICTURES[name]
                page = context.new_page()
                prepare(page)
                page.wait_for_timeout(300)
                page.screenshot(path=ROOT / "docs" / "images" / f"{file}.png")
                print(file, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
