"""The operator's tab, with the real voice: a typed question, its answer and its fact; a person takes over."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from knowledge_graph.store import shops as stored
from service.cli import main
from tests.service.chromium import chromium
from tests.service.running import free_port
from tests.service.studio import Studio, studio

pytestmark = pytest.mark.browser

DEMO = Path(__file__).parents[2] / "examples" / "demo_shop.xlsx"
PATIENCE = 90_000
"""Milliseconds; the voice is loaded within them."""


@pytest.fixture(scope="module")
def program(kokoro: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    data = tmp_path_factory.mktemp("host") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XIANGYIN_SERVICE__DATA_DIR", str(data))
        patch.setattr(sys, "argv", ["xiangyin", "shop", "import", str(DEMO)])
        with pytest.raises(SystemExit) as end:
            main()
    assert not end.value.code
    stored._on_disk.cache_clear()
    with studio(data, free_port()) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser, program: Studio) -> Iterator[Page]:
    context = browser.new_context(base_url=f"http://{program.host}", viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("tab", name="主播", exact=True).click()
    yield page
    expect.set_options(timeout=5_000)
    context.close()


def later(page: Page) -> Page:
    """The page when a press is no longer the second half of a double click."""
    page.wait_for_timeout(800)
    return page


def test_a_typed_question_is_answered_aloud_and_its_fact_is_shown(page: Page) -> None:
    page.get_by_label("谁来讲").select_option("yaomei")
    page.click(".xh-start:not([disabled])")
    expect(page.locator(".xh-line.speaking")).to_be_visible()
    assert page.frame_locator(".xh-screen").locator("html").get_attribute("data-sound") == "on"
    box = page.get_by_label("观众的话")
    box.fill("核桃多少钱")
    box.press("Enter")
    answer = page.locator(".xh-line", has=page.locator(".xh-question", has_text="核桃多少钱"))
    expect(answer.locator(".xh-words")).to_contain_text("老乡，我跟你摆，")
    expect(answer.locator(".xh-words")).to_contain_text("36.8元")
    expect(answer.locator(".xh-fact").first).to_contain_text("价格")
    expect(answer.locator(".xh-fact").first).to_contain_text("demo_shop.xlsx 货单 D4")
    expect(answer.locator(".xh-marks")).to_contain_text("有依据")
    answer.get_by_role("button", name="答得对").click()
    expect(answer.locator(".xh-check")).to_have_text("抽查记下了：答得对")
    expect(page.locator('.xh-asked [data-status="answer"]')).to_contain_text("核桃多少钱")

    box.fill("核桃的蛋白质含量是多少")
    box.press("Enter")
    ticket = page.locator(".xh-asks")
    expect(ticket).to_contain_text("蛋白质")
    ticket.get_by_role("button", name="我答好了").click()
    expect(ticket).to_have_count(0)


def test_a_ticket_is_answered_in_the_tab_and_the_host_says_it_as_the_sellers_word(page: Page) -> None:
    expect(page.locator('.xh[data-state="on"]')).to_be_visible()
    box = page.get_by_label("观众的话")
    box.fill("核桃树是谁种的")
    box.press("Enter")
    ticket = page.locator(".xh-asks")
    expect(ticket).to_contain_text("谁种的")
    words = ticket.get_by_label("您的回答")
    words.fill("包治百病")
    words.press("Enter")
    expect(page.locator(".xh-status.wrong")).to_contain_text("不能在直播里说")
    expect(words).to_have_value("包治百病")
    words.fill("是我家后山上的老树结的")
    words.press("Enter")
    expect(page.locator(".xh-line .xh-words", has_text="店主刚才说：是我家后山上的老树结的")).to_be_visible()
    expect(ticket).to_have_count(0)


def test_a_key_gives_the_word_to_the_person_and_a_button_gives_it_back(page: Page) -> None:
    expect(page.locator('.xh[data-state="on"]')).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator('.xh[data-state="person"]')).to_be_visible()
    expect(page.locator(".xh-line.speaking")).to_have_count(0)
    page.get_by_role("button", name="交回主播").click()
    expect(page.locator(".xh-line.speaking .xh-words")).to_contain_text("AI")
    page.keyboard.press("F9")
    expect(page.locator('.xh[data-state="person"]')).to_be_visible()
    later(page).get_by_role("button", name="交回主播").click()
    expect(page.locator('.xh[data-state="on"]')).to_be_visible()


def test_the_second_half_of_a_double_click_takes_nothing_back(page: Page) -> None:
    mine, stop = page.locator(".xh-mine"), page.locator(".xh-stop")
    mine.dblclick(delay=50)
    expect(page.locator('.xh[data-state="person"]')).to_be_visible()
    later(page)
    expect(page.locator('.xh[data-state="person"]')).to_be_visible()
    stop.dblclick(delay=50)
    expect(stop).to_have_text("再按一次就下播")
    later(page)
    expect(page.locator('.xh[data-state="person"]')).to_be_visible()
    mine.click()
    expect(page.locator('.xh[data-state="on"]')).to_be_visible()


def test_pausing_and_ending_a_show(page: Page) -> None:
    page.get_by_role("button", name="暂停").click()
    expect(page.locator('.xh[data-state="paused"]')).to_be_visible()
    later(page).get_by_role("button", name="继续").click()
    expect(page.locator('.xh[data-state="on"]')).to_be_visible()
    page.click(".xh-stop")
    expect(page.locator('.xh[data-state="on"]')).to_be_visible()
    later(page).click(".xh-stop")
    expect(page.locator(".xh-start")).to_be_visible()


def test_a_host_that_waits_for_a_person_says_so_and_offers_no_button_that_cannot_help(page: Page) -> None:
    state = {"state": "paused", "elapsed": 60, "total": 600, "questions": 0, "spoken": 1, "refused": 0,
             "answered": 0, "deferred": 0, "waiting": 0, "offer": "", "product": ""}  # fmt: skip
    snapshot = {"type": "snapshot", "state": state, "comments": [], "notices": [], "lines": []}
    why = "没有真人的时间太长，请真人开着话筒说几句。"
    now = {"standing": "act", "paused": True, "why": why, "label_in": None, "metrics": []}
    page.route_web_socket("**/ws/show*", lambda socket: socket.send(json.dumps(snapshot)))
    page.route("**/api/rooms/main/presence", lambda route: route.fulfill(json=now))
    page.reload()
    page.get_by_role("tab", name="主播", exact=True).click()
    expect(page.locator(".xh-status")).to_have_text(f"{why}好了主播自己接着讲。")
    expect(page.locator(".xh-pause")).to_be_hidden()
    expect(page.locator(".xh-mine")).to_be_visible()


def test_a_show_that_the_meter_ends_says_why(page: Page) -> None:
    state = {"elapsed": 60, "total": 600, "questions": 0, "spoken": 1, "refused": 0,
             "answered": 0, "deferred": 0, "waiting": 0, "offer": "", "product": ""}  # fmt: skip
    on, over = ({"type": "state", "state": name} | state for name in ("on", "over"))
    snapshot = {"type": "snapshot", "state": on, "comments": [], "notices": [], "lines": []}
    why = "重复的内容 75%，超过了 60%，虚拟主播停播，请换新的话，不要放录音。"
    notice = {"type": "notice", "code": "presence.stop", "level": "error", "subject": "M5", "text": why}

    def serve(socket: WebSocketRoute) -> None:
        for record in (snapshot, notice, over):
            socket.send(json.dumps(record))

    page.route_web_socket("**/ws/show*", serve)
    page.reload()
    page.get_by_role("tab", name="主播", exact=True).click()
    expect(page.locator('.xh[data-state="over"] .xh-status.wrong')).to_have_text(why)
    expect(page.locator(".xh-start")).to_be_visible()


def test_what_may_not_be_said_is_listed_with_its_law(page: Page) -> None:
    """The list is fed a refused line as the socket sends it: the phrase bank gives no show such a line."""
    line = {
        "type": "line", "id": "x", "text": "全网最低价", "answers": [], "segments": [], "facts": [],
        "status": "refused",
        "verdicts": [{"by": "guard", "action": "block", "findings": [
            {"rule": "r", "surface": "最低价", "reason": "是绝对化用语", "law": "广告法第九条"}]}],
    }  # fmt: skip
    snapshot = {"type": "snapshot", "state": {"state": "off"}, "comments": [], "notices": [], "lines": [line]}
    page.route_web_socket("**/ws/show*", lambda socket: socket.send(json.dumps(snapshot)))
    page.reload()
    page.get_by_role("tab", name="主播", exact=True).click()
    expect(page.locator(".xh-refused .xh-words")).to_have_text("全网最低价")
    expect(page.locator(".xh-refused .xh-why")).to_contain_text("广告法第九条")
    expect(page.locator(".xh-spoken .xh-line")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 768, 1920])
def test_nothing_is_cut_off_and_large_type_is_large(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("localStorage.setItem('xiangyin-big', '1')")
    page.reload()
    page.get_by_role("tab", name="主播", exact=True).click()
    start = page.locator(".xh-start")
    expect(start).to_be_visible()
    box = start.bounding_box()
    assert box is not None and box["height"] >= 80 and box["x"] + box["width"] <= width
    assert float(start.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= 40
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
