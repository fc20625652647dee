"""The pages in a real browser, with a fake microphone that really speaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from core.ports import Speech
from media.audio import resample, write_wav
from tests.captioning.sounds import silence
from tests.service.chromium import PATIENCE, chromium
from tests.service.running import free_port
from tests.service.studio import Studio, studio

pytestmark = pytest.mark.browser

RATE = 48_000


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with studio(tmp_path_factory.mktemp("studio") / "data", free_port()) as started:
        yield started


@pytest.fixture(scope="module")
def browser(spoken: Speech, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    speech = resample(spoken.samples, spoken.rate, RATE)
    quiet = resample(silence(2.0), 16_000, RATE)
    sound = tmp_path_factory.mktemp("microphone") / "speech.wav"
    write_wav(sound, np.concatenate([quiet, speech, quiet, quiet]), RATE)
    fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    with chromium(*fake, f"--use-file-for-fake-audio-capture={sound}") as started:
        yield started


@pytest.fixture
def context(browser: Browser, program: Studio) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=f"http://{program.host}", viewport={"width": 1280, "height": 900})
    made.set_default_timeout(PATIENCE)
    yield made
    made.close()


def watch(page: Page) -> list[str]:
    """What the page asks of other machines; must stay empty."""
    elsewhere: list[str] = []
    page.on(
        "request",
        lambda r: (
            None if r.url.startswith(("http://127.0.0.1", "data:", "blob:")) else elsewhere.append(r.url)
        ),
    )
    return elsewhere


def test_speaking_into_the_console_shows_captions_there_and_on_the_overlay(
    context: BrowserContext,
) -> None:
    console = context.new_page()
    elsewhere = watch(console)
    console.goto("/")
    overlay = context.new_page()
    overlay.goto("/overlay?size=48")
    console.bring_to_front()
    console.click(".xy-talk")
    expect(console.locator(".xy-cue.final").first).to_contain_text("白菜", timeout=PATIENCE)
    expect(overlay.locator(".cue.final").first).to_be_visible(timeout=PATIENCE)
    console.click(".xy-talk")
    expect(console.locator(".xy-status")).to_contain_text("已停下")
    assert elsewhere == []


def test_a_corrected_word_shows_on_another_screen(context: BrowserContext) -> None:
    helper, viewer = context.new_page(), context.new_page()
    for page in (helper, viewer):
        page.goto("/mic")
    line = helper.locator(".xy-cue.final").first
    line.click()
    editor = helper.locator(".xy-edit")
    editor.fill("家里人改过的这一句")
    editor.press("Enter")
    expect(viewer.locator(".xy-cue.final").first).to_have_text("家里人改过的这一句")


def test_a_long_line_is_corrected_with_all_of_it_in_sight(context: BrowserContext) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/mic")
    page.locator(".xy-cue.final").first.click()
    editor = page.locator(".xy-edit")
    editor.fill("这一句很长，" * 12)
    assert editor.evaluate("e => e.scrollHeight <= e.clientHeight && e.scrollWidth <= e.clientWidth")
    editor.press("Enter")
    expect(page.locator(".xy-cue.final").first).to_have_text("这一句很长，" * 12)


def test_the_overlay_is_transparent_and_takes_size_and_font(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/overlay?size=64&font=KaiTi")
    page.wait_for_selector(".cue.final")
    style = page.evaluate(
        """() => ({
            body: getComputedStyle(document.body).backgroundColor,
            size: getComputedStyle(document.querySelector('.cue')).fontSize,
            font: getComputedStyle(document.body).fontFamily })"""
    )
    assert style["body"] == "rgba(0, 0, 0, 0)"
    assert style["size"] == "64px"
    assert "KaiTi" in style["font"]


def test_the_overlay_reconnects_by_itself_and_shows_the_last_cue_again(
    context: BrowserContext, program: Studio
) -> None:
    page = context.new_page()
    page.goto("/overlay")
    page.wait_for_selector(".cue.final")
    program.kill()
    expect(page.locator(".cue.final")).to_have_count(0, timeout=PATIENCE)
    program.start()
    expect(page.locator(".cue.final").first).to_be_visible(timeout=PATIENCE)


def test_no_permission_for_the_microphone_is_explained(context: BrowserContext) -> None:
    page = context.new_page()
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError') }"
    )
    page.goto("/mic")
    page.click(".xy-talk")
    expect(page.locator(".xy-status")).to_contain_text("没有得到话筒的许可")
    assert page.locator(".xy-talk").inner_text() == "开始说话"


NOISE = """
navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext();
  const buffer = context.createBuffer(1, context.sampleRate * 60, context.sampleRate);
  const samples = buffer.getChannelData(0);
  for (let i = 0; i < samples.length; i++) samples[i] = Math.random() - 0.5;
  const source = new AudioBufferSourceNode(context, { buffer, loop: true });
  const out = context.createMediaStreamDestination();
  source.connect(out);
  source.start();
  await context.resume();
  return out.stream;
};
"""
"""A microphone of which no two pieces are alike."""


def test_a_service_that_counts_anew_is_sent_nothing_twice(context: BrowserContext) -> None:
    taken: list[list[bytes]] = []

    def serve(socket: WebSocketRoute) -> None:
        pieces: list[bytes] = []
        taken.append(pieces)

        def hear(data: str | bytes) -> None:
            if isinstance(data, str) or len(pieces) == 10:
                return
            pieces.append(data)
            if len(pieces) == 10:
                heard = sum(map(len, pieces)) // 2 + (begun if len(taken) == 3 else 0)
                socket.send(json.dumps({"type": "heard", "samples": heard, "hushed": False}))
                if len(taken) < 3:
                    socket.close()

        begun = sum(map(len, taken[1])) // 2 if len(taken) == 3 else 0
        socket.on_message(hear)
        socket.send(json.dumps({"type": "ready", "room": "main", "samples": begun}))

    page = context.new_page()
    page.add_init_script(NOISE)
    page.route_web_socket("**/ws/audio*", serve)
    page.goto("/mic")
    page.click(".xy-talk")
    while len(taken) < 3 or len(taken[2]) < 10:
        page.wait_for_timeout(100)
    pieces = [piece for some in taken for piece in some]
    assert len(set(pieces)) == len(pieces) == 30


def test_who_speaks_while_the_host_does_is_told_and_a_double_click_stops_once(
    context: BrowserContext,
) -> None:
    served: list[WebSocketRoute] = []

    def serve(socket: WebSocketRoute) -> None:
        served.append(socket)
        socket.send(json.dumps({"type": "ready", "room": "main", "samples": 0}))

    page = context.new_page()
    page.add_init_script(NOISE)
    page.route_web_socket("**/ws/audio*", serve)
    page.goto("/mic")
    page.click(".xy-talk")
    status = page.locator(".xy-status")
    expect(status).to_contain_text("正在听")
    for hushed, words in ((True, "您这会儿说的不出字幕"), (False, "正在听")):
        served[0].send(json.dumps({"type": "heard", "samples": 1 << 40, "hushed": hushed}))
        expect(status).to_contain_text(words)
    page.wait_for_timeout(800)
    page.locator(".xy-talk").dblclick(delay=50)
    expect(status).to_contain_text("已停下")
    page.wait_for_timeout(800)
    assert page.locator(".xy-talk").inner_text() == "开始说话"
    assert len(served) == 1


@pytest.mark.parametrize("width", [360, 768, 1920])
def test_the_big_button_is_big_and_nothing_is_cut_off(context: BrowserContext, width: int) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/mic")
    box = page.locator(".xy-talk").bounding_box()
    assert box is not None
    assert box["height"] >= 96 and box["width"] >= min(300, width - 40)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert (
        float(page.evaluate("parseFloat(getComputedStyle(document.querySelector('.xy-talk')).fontSize)"))
        >= 40
    )


def test_a_file_dropped_into_the_console_comes_back_as_subtitles(
    context: BrowserContext, spoken: Speech, tmp_path: Path
) -> None:
    recording = tmp_path / "speech.wav"
    write_wav(recording, spoken.samples, spoken.rate)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("tab", name="文件字幕").click()
    page.locator("[role=tabpanel]:visible input[type=file]").first.set_input_files(recording)
    # The cell, for the text of the name is whole only while the file is on its way.
    expect(page.get_by_role("cell", name="speech.wav", exact=True)).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="开始做字幕").click()
    expect(page.get_by_role("row", name="speech.srt").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("gridcell").filter(has_text="白菜").first).to_be_visible()
