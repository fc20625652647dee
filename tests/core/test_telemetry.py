from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Literal

import pytest

from core.errors import InputError
from core.telemetry import Redactor, Telemetry, set_up_logging

pytestmark = pytest.mark.unit

FORMS: list[Literal["plain", "json"]] = ["plain", "json"]


@pytest.fixture(autouse=True)
def _root_logger_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def logged(form: Literal["plain", "json"], redactor: Redactor | None = None) -> str:
    stream = io.StringIO()
    set_up_logging("info", form, redactor, stream)
    log = logging.getLogger("captioning")
    log.debug("too fine")
    log.info("cue %d", 7, extra={"content": "张三 13800000000"})
    try:
        try:
            int("我住在幸福路八号")
        except ValueError as error:
            raise InputError("input.bad", "李四写错了") from error
    except InputError:
        log.exception("import failed")
    return stream.getvalue()


def test_measures_are_rendered_for_prometheus() -> None:
    telemetry = Telemetry()
    telemetry.final_lag.observe(0.7)
    telemetry.first_partial.observe(0.4)
    telemetry.queued("whisper", "final_caption", 0.02)
    telemetry.ran("whisper", "final_caption", 0.65)
    telemetry.dropped("partials", 3)
    telemetry.notice("stage.restarted", "warning")
    text = telemetry.render().decode()
    for line in (
        'xiangyin_final_lag_seconds_bucket{le="0.6"} 0.0',
        'xiangyin_final_lag_seconds_bucket{le="0.8"} 1.0',
        "xiangyin_first_partial_seconds_count 1.0",
        'xiangyin_queue_seconds_count{model="whisper",priority="final_caption"} 1.0',
        'xiangyin_run_seconds_sum{model="whisper",priority="final_caption"} 0.65',
        'xiangyin_dropped_total{where="partials"} 3.0',
        'xiangyin_notices_total{code="stage.restarted",level="warning"} 1.0',
    ):
        assert line in text


def test_two_telemetries_do_not_mix() -> None:
    first, second = Telemetry(), Telemetry()
    first.dropped("here")
    assert b"here" not in second.render()


@pytest.mark.parametrize("form", FORMS)
def test_content_and_words_of_exceptions_are_not_logged(form: Literal["plain", "json"]) -> None:
    text = logged(form)
    assert "cue 7" in text and "too fine" not in text
    for personal in ("张三", "138", "幸福路", "李四"):
        assert personal not in text
    for told in ("import failed", "InputError (input.bad)", "ValueError", "test_telemetry.py"):
        assert told in text


@pytest.mark.parametrize("form", FORMS)
def test_content_passes_as_far_as_the_redactor_lets_it(form: Literal["plain", "json"]) -> None:
    assert "张三 *" in logged(form, lambda text: text[:3] + "*")
    assert "张三" not in logged(form, lambda text: None)


def test_members_of_an_exception_group_are_told() -> None:
    stream = io.StringIO()
    set_up_logging("info", "plain", None, stream)
    group = ExceptionGroup("several", [KeyError("王五"), InputError("input.bad", "赵六")])
    logging.getLogger("x").error("stage failed", exc_info=group)
    text = stream.getvalue()
    assert "KeyError" in text and "InputError (input.bad)" in text
    assert "王五" not in text and "赵六" not in text


def test_json_logs_are_one_object_a_line() -> None:
    first, second = map(json.loads, logged("json").splitlines())
    assert (first["level"], first["logger"], first["message"]) == ("info", "captioning", "cue 7")
    assert second["level"] == "error"
