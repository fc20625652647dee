"""Sources on real servers of this machine (RTMP, RTSP, HLS), from pipes, and the clock of their stamps."""

from __future__ import annotations

import functools
import http.server
import io
import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioning.sources.pull import Pull, RawPcm, Retry
from captioning.sources.timeline import JITTER, Timeline
from core.errors import InputError
from core.events import AudioChunk, Notice
from media.audio import to_int16, write_wav
from tests.captioning.publisher import write
from tests.captioning.tones import RATE, character, heard_in, sentence
from tests.service.running import free_port

pytestmark = pytest.mark.unit

QUICK = Retry(first=0.1, longest=0.3, patience=3.0, timeout=10.0)


def text(first: int, count: int) -> str:
    return "".join(character(first + k) for k in range(count))


def split(events: Sequence[AudioChunk | Notice]) -> tuple[list[AudioChunk], list[str]]:
    chunks = [e for e in events if isinstance(e, AudioChunk)]
    return chunks, [e.code for e in events if isinstance(e, Notice)]


def heard(chunks: Sequence[AudioChunk]) -> str:
    return heard_in(np.concatenate([chunk.samples for chunk in chunks]))


@contextmanager
def published(url: str, *turns: tuple[int, int]) -> Iterator[None]:
    """Tones published one connection after another while the block listens."""
    command = [sys.executable, "-m", "tests.captioning.publisher", url]
    command += [str(number) for turn in turns for number in turn]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as publisher:
        assert publisher.stdout is not None
        assert publisher.stdout.readline() == b"ready\n"
        try:
            yield
        finally:
            publisher.wait(30)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("scheme", ["rtmp", "rtsp"])
def test_a_published_stream_is_heard_and_ends_by_itself(scheme: str) -> None:
    url = f"{scheme}://127.0.0.1:{free_port()}/live"
    with published(url, (0, 30)):
        chunks, notices = split(list(Pull(url, listen=True, retry=Retry(patience=4, timeout=4)).read()))
    assert text(1, 28) in heard(chunks)
    assert notices == ["source.lost", "source.ended"]


def test_a_recorded_playlist_is_heard_once_from_beginning_to_end(tmp_path: Path) -> None:
    write(str(tmp_path / "live.m3u8"), "hls", 0, 40, {"hls_time": "1", "hls_list_size": "0"})
    assert len(list(tmp_path.glob("*.ts"))) >= 3
    with served(tmp_path) as address:
        chunks, notices = split(list(Pull(f"{address}/live.m3u8", retry=QUICK).read()))
    assert text(1, 38) in heard(chunks) and notices == []
    assert chunks[-1].at + chunks[-1].seconds == pytest.approx(4.0, abs=0.15)


def test_a_playlist_that_stands_still_is_given_up_after_a_while_and_nothing_is_heard_twice(
    tmp_path: Path,
) -> None:
    write(
        str(tmp_path / "live.m3u8"),
        "hls",
        0,
        30,
        {"hls_time": "1", "hls_list_size": "0", "hls_flags": "omit_endlist"},
    )
    with served(tmp_path) as address:
        pull = Pull(f"{address}/live.m3u8", retry=Retry(first=0.1, longest=0.3, patience=2.0, timeout=1.0))
        events = list(pull.read())
    chunks, notices = split(events)
    assert heard(chunks).count(text(20, 8)) == 1
    assert notices == ["source.lost", "source.ended"]
    assert isinstance(events[-1], Notice) and "2 秒没有新的声音" in events[-1].text


def test_a_publisher_that_comes_back_to_the_same_address_is_heard_on() -> None:
    url = f"rtmp://127.0.0.1:{free_port()}/live"
    with published(url, (0, 20), (20, 20)):
        pull = Pull(url, listen=True, retry=Retry(first=0.1, longest=0.3, patience=4, timeout=4))
        chunks, notices = split(list(pull.read()))
    assert text(1, 18) in heard(chunks) and text(21, 18) in heard(chunks)
    assert notices == ["source.lost", "source.back", "source.lost", "source.ended"]
    assert all(b.at >= a.at + a.seconds - 1.5 for a, b in itertools.pairwise(chunks))


def test_a_pipe_of_bare_samples_and_a_pipe_of_a_recording_are_heard_alike(tmp_path: Path) -> None:
    sound = sentence(0, 12)
    write_wav(tmp_path / "a.wav", sound, RATE)
    bare, _ = split(list(Pull(io.BytesIO(to_int16(sound).tobytes()), raw=RawPcm(RATE)).read()))
    wrapped, _ = split(list(Pull(io.BytesIO((tmp_path / "a.wav").read_bytes())).read()))
    assert heard(bare) == heard(wrapped) == text(0, 12)


def test_sound_from_a_pipe_comes_before_the_pipe_ends() -> None:
    there, here = os.pipe()
    with open(there, "rb") as reading, open(here, "wb", buffering=0) as writing:
        writing.write(to_int16(sentence(0, 30)).tobytes()[:60_000])
        events = Pull(reading, raw=RawPcm(RATE)).read()
        first = next(events)
        assert isinstance(first, AudioChunk) and first.at == 0.0
        writing.close()
        assert text(1, 10) in heard([e for e in events if isinstance(e, AudioChunk)])


async def test_a_reader_that_leaves_early_leaves_no_thread_behind(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", sentence(0, 600), RATE)
    stream = Pull(str(tmp_path / "a.wav")).events()
    assert isinstance(await anext(stream), AudioChunk)
    await stream.aclose()  # type: ignore[attr-defined]


@pytest.mark.parametrize("what", ["nothing there", "no sound"])
def test_a_source_that_cannot_be_heard_is_one_clear_error_without_its_password(
    what: str, tmp_path: Path
) -> None:
    (tmp_path / "page.html").write_text("<p>no sound</p>")
    with served(tmp_path) as address, pytest.raises(InputError) as caught:
        place = address.replace("//", "//me:secret@") + ("/page.html" if what == "no sound" else "/x")
        list(Pull(place, retry=QUICK).read())
    assert caught.value.code == "source.unreachable"
    assert "secret" not in str(caught.value) and "127.0.0.1" in str(caught.value)


stretches = st.lists(st.tuples(st.floats(0.01, 0.5), st.floats(-0.1, 0.1)), min_size=1, max_size=60)


@given(stretches, st.floats(-1e6, 1e6))
def test_jitter_moves_nothing(parts: list[tuple[float, float]], origin: float) -> None:
    line, at = Timeline(), 0.0
    for seconds, jitter in parts:
        place = line.place(origin + at + jitter / 2, seconds)
        assert place.skip == 0.0 and place.at == pytest.approx(at, abs=1e-6)
        at += seconds


@given(st.lists(st.tuples(st.floats(0.02, 2.0), st.floats(-1e4, 1e4)), min_size=1, max_size=40))
def test_whatever_the_stamps_say_time_never_goes_back(parts: list[tuple[float, float]]) -> None:
    line, end = Timeline(), 0.0
    for seconds, stamp in parts:
        place = line.place(stamp, seconds)
        assert place.at >= end - 1e-9 and place.skip == 0.0
        end = place.at + seconds
        assert line.end == pytest.approx(end)


def test_a_gap_in_the_stamps_is_a_gap_in_the_sound() -> None:
    line = Timeline()
    line.place(100.0, 1.0)
    assert line.place(104.0, 1.0).at == pytest.approx(4.0)
    assert line.place(50.0, 1.0).at == pytest.approx(5.0)  # a new clock
    assert line.place(51.0, 1.0).at == pytest.approx(6.0)


def test_a_playlist_heard_again_after_a_loss_skips_what_was_heard() -> None:
    line = Timeline(repeats=True)
    for second in range(10):
        line.place(1000.0 + second, 1.0)
    line.lost(3.0)
    assert line.place(1007.5, 2.0).skip == 2.0
    place = line.place(1009.5, 2.0)
    assert place.at == pytest.approx(10.0) and place.skip == pytest.approx(0.5)
    assert line.place(1011.5 + 2 * JITTER, 1.0).at == pytest.approx(11.5 + 2 * JITTER)


def test_another_clock_starts_anew_after_the_time_it_was_away() -> None:
    line = Timeline()
    line.place(1000.0, 1.0)
    line.lost(3.0)
    assert line.place(0.0, 1.0).at == pytest.approx(4.0)
