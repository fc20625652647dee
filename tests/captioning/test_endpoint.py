from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioning.endpoint import RATE, Boundary, BoundaryKind, Endpointer, EndpointSettings

pytestmark = pytest.mark.unit

STEP = EndpointSettings().window / RATE


def run(pattern: str, settings: EndpointSettings | None = None) -> list[Boundary]:
    """Feed ``#`` as a voiced and ``.`` as a silent window, then end the stream."""
    endpointer = Endpointer(settings)
    out = [b for c in pattern for b in endpointer.accept(0.9 if c == "#" else 0.05)]
    return out + endpointer.finish()


def kinds(boundaries: list[Boundary]) -> str:
    return " ".join(b.kind.value for b in boundaries)


def test_speech_between_silences_starts_pauses_and_ends_at_its_voiced_edges() -> None:
    out = run("." * 20 + "#" * 30 + "." * 40)
    assert kinds(out) == "start pause end"
    assert out[0].at == pytest.approx(20 * STEP)
    assert out[1].at == out[2].at == pytest.approx(50 * STEP)


def test_a_click_shorter_than_the_onset_is_no_speech() -> None:
    assert run("." * 10 + "##" + "." * 40) == []


def test_speech_that_goes_on_after_a_pause_resumes_the_same_segment() -> None:
    out = run("#" * 30 + "." * 9 + "#" * 30 + "." * 40)
    assert kinds(out) == "start pause resume pause end"


def test_a_long_segment_ends_after_a_shorter_silence_than_a_short_one() -> None:
    short, long = run("#" * 30 + "." * 13 + "#" * 10), run("#" * 300 + "." * 13 + "#" * 10)
    assert "end start" not in kinds(short)
    assert kinds(long).count("end") == 2


def test_speech_without_a_pause_is_cut_at_its_least_voiced_window() -> None:
    settings = EndpointSettings(max_seconds=4.0, cut_search=2.0)
    endpointer = Endpointer(settings)
    out: list[Boundary] = []
    for i in range(130):
        out += endpointer.accept(0.4 if i == 100 else 0.9)
    assert kinds(out) == "start end start"
    assert out[1].forced and out[1].at == out[2].at == pytest.approx(101 * STEP)


def test_the_end_of_the_stream_closes_an_open_segment() -> None:
    assert kinds(run("#" * 20)) == "start end"


@given(st.lists(st.floats(0, 1), max_size=400))
def test_starts_and_ends_alternate_and_times_never_go_back(probabilities: list[float]) -> None:
    endpointer = Endpointer(EndpointSettings(max_seconds=3.0))
    out = [b for p in probabilities for b in endpointer.accept(p)] + endpointer.finish()
    edges = [b for b in out if b.kind in (BoundaryKind.START, BoundaryKind.END)]
    assert [b.kind for b in edges] == [BoundaryKind.START, BoundaryKind.END] * (len(edges) // 2)
    times = [b.at for b in edges]
    assert times == sorted(times)
    assert all(0 <= t <= len(probabilities) * STEP for t in times)
