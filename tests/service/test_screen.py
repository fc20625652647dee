"""The host's screen in a real browser: it sounds, the label stays, a cut is silence. The voice is real."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from compliance import labels
from core.ports import Voice
from service.assemble import Assembly
from tests.service.chromium import PATIENCE, chromium
from tests.service.running import serving, settings_in
from tests.service.test_show_protocols import OneShop

pytestmark = pytest.mark.browser

SIZES = ((1920, 1080), (1080, 1920), (1280, 720))
LISTEN = """
// Everything that goes to the loudspeaker also goes through an analyser of the test.
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...more) {
  if (to instanceof AudioDestinationNode) {
    const ear = new AnalyserNode(this.context, { fftSize: 2048 });
    connect.call(this, ear);
    (globalThis.ears ??= []).push(ear);
  }
  return connect.call(this, to, ...more);
};
globalThis.loudness = () => Math.max(0, ...(globalThis.ears ?? []).map((ear) => {
  const wave = new Float32Array(ear.fftSize);
  ear.getFloatTimeDomainData(wave);
  return Math.max(...wave.map(Math.abs));
}));
"""


@pytest.fixture(scope="module")
def host(kokoro: Voice, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    backends = {"shops": OneShop(), "voice": kokoro}
    with serving(Assembly(settings_in(tmp_path_factory.mktemp("screen")), backends)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium("--autoplay-policy=no-user-gesture-required") as started:
        yield started


@pytest.fixture
def context(browser: Browser, host: str) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=f"http://{host}", viewport={"width": 1280, "height": 720})
    made.set_default_timeout(PATIENCE)
    made.add_init_script(LISTEN)
    yield made
    made.close()


def order(host: str, room: str, what: str, **body: object) -> httpx.Response:
    answer = httpx.post(f"http://{host}/api/rooms/{room}/show/{what}", json=body, timeout=180)
    assert answer.status_code == 200, answer.text
    return answer


def opened(context: BrowserContext, room: str, query: str = "") -> Page:
    page = context.new_page()
    page.goto(f"/screen?room={room}{query}")
    page.wait_for_function("document.documentElement.dataset.sound === 'on'")
    return page


def sounds(page: Page) -> None:
    page.wait_for_function("loudness() > 0.02", polling=50, timeout=2 * PATIENCE)


def label_height(page: Page) -> float:
    """Height in pixels of the characters drawn in the upper left corner: white on the label's ground."""
    shot = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)
    height, width, _ = shot.shape
    corner = shot[: min(height, width) // 5, : int(min(height, width) * 0.8)]
    ground = (abs(corner - (28, 38, 33)).max(axis=2) < 12).any(axis=1)
    inside = corner[ground]
    rows = np.flatnonzero((inside.min(axis=2) > 200).sum(axis=1) > 3) if len(inside) else np.zeros(0)
    return float(rows[-1] - rows[0] + 1) if len(rows) else 0.0


def test_the_voice_sounds_the_words_stand_there_and_taking_over_is_silence(
    context: BrowserContext, host: str
) -> None:
    page = opened(context, "v")
    order(host, "v", "start", shop="tiny", minutes=5)
    sounds(page)
    caption = page.locator(".caption span").first
    expect(caption).to_be_visible()
    assert httpx.get(f"http://{host}/api/rooms/v/show").json()["sounding"] == 1
    sounds(page)
    order(host, "v", "take-over")
    page.wait_for_function("loudness() < 0.001", polling=20, timeout=2000)
    time.sleep(1.0)
    assert page.evaluate("loudness()") < 0.001
    expect(page.locator(".sign")).to_contain_text("真人主播正在讲")
    order(host, "v", "hand-back")
    sounds(page)
    order(host, "v", "stop")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_label_is_at_least_a_twentieth_of_the_short_edge(
    context: BrowserContext, width: int, height: int
) -> None:
    page = opened(context, "l")
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(800)
    assert label_height(page) >= labels.text_height(width, height)


HIDING = (
    "* { display: none !important }",
    "html { opacity: 0 !important; filter: opacity(0) !important; visibility: hidden !important }",
    "[role=note] { font-size: 1px !important; color: transparent !important; scale: 0 !important }",
    ":root { --size: 0; zoom: 0.1 !important } body { display: none }",
    "[popover] { clip-path: inset(50%) !important; left: -9999px !important; width: 0 !important }",
    "@keyframes gone { to { opacity: 0 } } * { animation: gone 1ms forwards !important }",
)


@pytest.mark.parametrize("style", HIDING)
def test_no_style_sheet_hides_the_label(context: BrowserContext, style: str) -> None:
    page = opened(context, "l")
    page.add_style_tag(content=style)
    page.wait_for_timeout(900)
    assert label_height(page) >= 0.05 * 720


@pytest.mark.parametrize(
    "query", ["&label=0", "&label=off&notice=none", "&bg=none&size=1", "&font=none&box=0"]
)
def test_no_query_switches_the_label_off(context: BrowserContext, query: str) -> None:
    assert label_height(opened(context, "l", query)) >= 0.05 * 720


@pytest.mark.parametrize(
    "script",
    [
        "document.querySelector('[role=note]').remove()",
        "document.querySelector('[role=note]').hidePopover()",
        "document.querySelector('[role=note]').style.cssText = 'display: none'",
        "document.querySelector('[role=note]').setAttribute('hidden', '')",
        "document.documentElement.setAttribute('style', 'visibility: hidden !important')",
    ],
)
def test_a_label_that_a_script_removed_comes_back(context: BrowserContext, script: str) -> None:
    page = opened(context, "l")
    page.evaluate(script)
    page.wait_for_timeout(900)
    assert label_height(page) >= 0.05 * 720


def test_where_the_label_cannot_be_shown_the_page_is_silent(context: BrowserContext, host: str) -> None:
    page = opened(context, "s")
    page.evaluate("() => { HTMLElement.prototype.showPopover = () => { throw new Error('no') } }")
    page.evaluate("setInterval(() => document.querySelector('[role=note]')?.remove(), 5)")
    page.wait_for_function("document.documentElement.dataset.sound === 'off'")
    order(host, "s", "start", shop="tiny", minutes=5)
    deadline = time.monotonic() + 60
    while not httpx.get(f"http://{host}/api/rooms/s/show").json()["saying"] and time.monotonic() < deadline:
        time.sleep(0.2)
    assert max(page.evaluate("loudness()") for _ in range(20)) < 0.001
    assert not page.locator(".caption").is_visible()
    order(host, "s", "stop")


def counts(page: Page, shown: bool = True) -> list[dict[str, object]]:
    """What the page tells first of its looks at its label in two minutes; its timers run ahead."""
    found: list[dict[str, object]] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: found.append(json.loads(frame))))
    page.clock.install()
    page.goto("/refused.html")
    page.set_content(f"<div {'' if shown else 'hidden'}><iframe src='/screen?room=c'></iframe></div>")
    page.frame_locator("iframe").locator("[role=note]").wait_for(state="attached")
    told: list[dict[str, object]] = []
    for _ in range(4):  # it begins to count once it knows that it is in sight
        page.wait_for_timeout(500)
        page.clock.run_for(31_000)
        told = told or [message for message in found if message["type"] == "label"]
    return told[:1]


def test_a_screen_tells_how_often_its_label_stood_there(context: BrowserContext) -> None:
    assert counts(context.new_page()) == [{"type": "label", "seen": 100, "looks": 100}]


def test_a_screen_on_a_tab_that_nobody_has_open_counts_nothing(context: BrowserContext) -> None:
    assert counts(context.new_page(), shown=False) == []


LONG = [
    "短句",
    "一二三四五六七八九十一二三四五六，",
    "这款小米产地在河北张家口蔚县，当年的新米石碾去壳，吃着放心",
    "A" * 60,
    "价格36.5元一袋两袋70元一斤一斤称给您看也行啊",
]


def test_lines_are_at_most_sixteen_full_width_characters(context: BrowserContext) -> None:
    page = opened(context, "l")
    found = page.evaluate(
        """async (texts) => {
            const { wrap } = await import('/static/screen.js');
            return texts.map((text) => [text, wrap(text)]);
        }""",
        LONG,
    )
    for text, lines in found:
        assert "".join(lines) == text
        for line in lines:
            wide = sum(0.5 if ord(c) < 0x2000 else 1 for c in line.rstrip("，。"))
            assert wide <= 16
            assert line[0] not in "，。"


def test_a_browser_that_wants_a_click_shows_one_big_button(browser: Browser, host: str) -> None:
    made = browser.new_context(base_url=f"http://{host}", viewport={"width": 1280, "height": 720})
    made.add_init_script(
        """const state = Object.getOwnPropertyDescriptor(BaseAudioContext.prototype, 'state');
        let clicked = false;
        Object.defineProperty(BaseAudioContext.prototype, 'state', {
          get() { return clicked ? state.get.call(this) : 'suspended'; },
        });
        const resume = AudioContext.prototype.resume;
        AudioContext.prototype.resume = async function () {
          clicked = true;
          await resume.call(this);
          this.onstatechange?.();
        };"""
    )
    page = made.new_page()
    page.goto("/screen?room=b")
    button = page.get_by_role("button", name="点一下出声")
    box = button.bounding_box(timeout=PATIENCE)
    assert box is not None and box["height"] > 80
    button.click()
    expect(button).to_be_hidden()
    made.close()


def test_a_screen_that_lost_its_server_says_so(context: BrowserContext, tmp_path: Path) -> None:
    with serving(Assembly(settings_in(tmp_path), {"shops": OneShop()})) as short:
        page = context.new_page()
        page.goto(f"http://{short}/screen")
        page.wait_for_function("document.body.dataset.link === 'open'")
    expect(page.locator(".link")).to_be_visible(timeout=PATIENCE)
    assert label_height(page) >= 0.05 * 720
