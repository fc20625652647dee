"""The FunASR client against servers that speak, mumble, stay silent and hang up."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.sync.server import ServerConnection

from backends.recognizers import funasr
from backends.recognizers.funasr import FunASR, Passes, words
from core.errors import ModelUnavailableError, XiangyinError
from core.events import Samples
from core.ports import RecognitionRequest, StreamingRecognizer
from tests.backends.funasr_server import Talk, running, send

pytestmark = pytest.mark.unit

SECOND = np.full(16_000, 0.25, np.float32)


def answering(*messages: str | dict[str, Any]) -> Talk:
    """A server that says the same after every sound."""

    def talk(socket: ServerConnection) -> None:
        for message in socket:
            if isinstance(message, str) and not json.loads(message)["is_speaking"]:
                for reply in messages:
                    socket.send(reply if isinstance(reply, str) else json.dumps(reply))

    return talk


def result(mode: str, text: str) -> dict[str, Any]:
    return {"mode": mode, "text": text, "is_final": True}


def heard(talk: Talk, samples: Samples = SECOND, **options: Any) -> str:
    with running(talk) as url:
        return FunASR(url, **options).transcribe(samples).text


def test_the_second_pass_replaces_what_the_first_pass_said_since_the_pass_before() -> None:
    passes = Passes()
    seen = []
    for mode, text in [
        ("2pass-online", "红"),
        ("2pass-online", "署"),
        ("2pass-offline", "红薯，"),
        ("2pass-online", "很"),
        ("2pass-offline", "很甜。"),
    ]:
        passes.take(result(mode, text))
        seen.append(passes.text)
    assert seen == ["红", "红署", "红薯，", "红薯，很", "红薯，很甜。"]


def test_all_sentences_of_a_long_sound_are_awaited() -> None:
    talk = answering(result("offline", "先说红薯。"), result("offline", "再说土豆。"))
    assert heard(talk) == "先说红薯。再说土豆。"


def test_a_server_gets_the_sound_whole_and_the_hotwords_as_json_in_a_string() -> None:
    got: list[Any] = []

    def talk(socket: ServerConnection) -> None:
        for message in socket:
            got.append(message)
            if isinstance(message, str) and not json.loads(message)["is_speaking"]:
                send(socket, "offline", "好")

    with running(talk) as url:
        FunASR(url).transcribe(SECOND, RecognitionRequest(hotwords=("红薯", "土豆")))
    opening = json.loads(got[0])
    assert json.loads(opening["hotwords"]) == {"红薯": 20, "土豆": 20}
    assert (opening["mode"], opening["audio_fs"], opening["is_speaking"]) == ("offline", 16_000, True)
    assert sum(len(part) for part in got if isinstance(part, bytes)) == 2 * len(SECOND)


def test_a_stream_is_revised_while_the_sound_comes() -> None:
    def talk(socket: ServerConnection) -> None:
        for message in socket:
            if isinstance(message, bytes):
                send(socket, "2pass-online", "甜")
            elif not json.loads(message)["is_speaking"]:
                send(socket, "2pass-offline", "甜得很")

    with running(talk) as url:
        recognizer = FunASR(url)
        assert isinstance(recognizer, StreamingRecognizer)
        stream = recognizer.stream()
        for _ in range(200):  # a busy server answers later
            partial = stream.accept(SECOND[:4_800])
            if partial is not None and partial.text.startswith("甜"):
                break
            time.sleep(0.02)
        assert partial is not None and partial.text.startswith("甜")
        assert stream.finish().text == "甜得很"


def test_a_living_server_that_says_nothing_heard_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(funasr, "PATIENCE", 0.1)
    assert heard(answering(), np.zeros(1_600, np.float32)) == ""


def test_a_server_that_stands_still_is_a_coded_error() -> None:
    over = threading.Event()

    def talk(socket: ServerConnection) -> None:
        socket.recv()
        socket.protocol.receive_data = lambda data: None  # type: ignore[method-assign]
        over.wait(10)

    with running(talk) as url:
        with pytest.raises(ModelUnavailableError) as caught:
            FunASR(url, timeout=0.2).transcribe(SECOND)
        over.set()
    assert caught.value.code == "remote.timeout"


@pytest.mark.parametrize("answer", ["hello", "[]", '{"mode": "offline"}', '{"text": 3}', '"text"'])
def test_garbage_is_a_coded_error(answer: str) -> None:
    with pytest.raises(XiangyinError) as caught:
        heard(answering(answer))
    assert caught.value.code == "remote.garbage"


def test_a_server_that_breaks_off_is_a_coded_error() -> None:
    def talk(socket: ServerConnection) -> None:
        socket.recv()
        raise ConnectionAbortedError

    with pytest.raises(ModelUnavailableError) as caught:
        heard(talk)
    assert caught.value.code == "remote.unreachable"


@pytest.mark.parametrize("url", ["ws://127.0.0.1:9", "nowhere"])
def test_an_absent_server_is_a_coded_error(url: str) -> None:
    with pytest.raises(ModelUnavailableError) as caught:
        FunASR(url).transcribe(SECOND)
    assert caught.value.code == "remote.unreachable"


@given(st.text("红薯土豆，。", max_size=12), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_times_are_given_only_where_there_is_one_for_each_character(
    text: str, stamps: Sequence[tuple[int, int]]
) -> None:
    timed = list(words(text, list(stamps)))
    assert len(timed) in (0, len(stamps))
    assert "".join(w.text for w in timed) in ("", text.replace("，", "").replace("。", ""))
