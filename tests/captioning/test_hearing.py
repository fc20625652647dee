"""The buffer of a stream: what is cut out of it is right, and it does not grow with the stream."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioning import session
from captioning.endpoint import RATE, EndpointSettings
from captioning.file import FileCaptioner
from captioning.hearing import SampleBuffer
from captioning.session import LiveCaptions, LiveSettings
from core.channel import Channel
from core.compute import Compute
from core.events import AudioChunk, Event, Samples
from core.ports import Transcript
from core.testing import ScriptedRecognizer, ScriptedVoiceActivity
from tests.captioning.tones import Verbatim

pytestmark = pytest.mark.unit

steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.floats(0, 0.3)),
        st.tuples(st.just("trim"), st.floats(-0.5, 1.5)),
        st.tuples(st.just("cut"), st.floats(0, 1)),
    ),
    max_size=40,
)


@given(steps, st.floats(0, 1e4))
def test_whatever_is_forgotten_the_rest_keeps_its_times(plan: list[tuple[str, float]], origin: float) -> None:
    buffer, whole, start = SampleBuffer(origin), np.zeros(0, np.float32), 0
    for step, seconds in plan:
        count = round(seconds * RATE)
        if step == "append":
            new = np.arange(len(whole), len(whole) + count, dtype=np.float32)
            whole = np.concatenate([whole, new])
            buffer.append(new)
        elif step == "trim":
            buffer.trim(buffer.start + seconds)
            start = min(len(whole), start + max(0, count))
        else:
            at, samples = buffer.cut(buffer.start + seconds, buffer.end)
            first = min(len(whole), start + count)
            assert np.array_equal(samples, whole[first:])
            assert at == pytest.approx(origin + (start + count) / RATE, abs=1e-4)
        assert buffer.end - buffer.start == pytest.approx((len(whole) - start) / RATE, abs=1e-6)
        assert buffer.end == pytest.approx(origin + len(whole) / RATE, abs=1e-4)


def talk(sentences: int, speech: float, pause: float) -> Samples:
    one = np.zeros(round((speech + pause) * RATE), np.float32)
    one[: round(speech * RATE)] = 0.4
    return np.tile(one, sentences)


class Watched(SampleBuffer):
    """Remembers the most that was ever held."""

    most = 0.0

    def append(self, samples: Samples) -> None:
        super().append(samples)
        Watched.most = max(Watched.most, self.end - self.start)


@pytest.mark.parametrize(("speech", "pause"), [(2.0, 0.9), (60.0, 0.0), (4.0, 0.65)])
@pytest.mark.parametrize("where", ["live", "file"])
async def test_however_long_somebody_talks_little_more_than_the_open_sentence_is_held(
    where: str, speech: float, pause: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "SampleBuffer", Watched)
    monkeypatch.setattr("captioning.file.SampleBuffer", Watched)
    Watched.most = 0.0
    sound = talk(round(60 / (speech + pause)), speech, pause)
    ends = EndpointSettings(max_seconds=8.0)
    if where == "file":
        captioner = FileCaptioner(
            lambda samples, request: Transcript("好", 0.9), ScriptedVoiceActivity(), Verbatim(), ends
        )
        assert list(captioner.caption(sound[at : at + 8_000] for at in range(0, len(sound), 8_000)))
    else:
        await live(sound, ends)
    assert 2.0 < Watched.most < 8.0 + 1.0 + 0.5 + 1.0


async def live(sound: Samples, ends: EndpointSettings) -> None:
    inbox: Channel[Event] = Channel(16)
    outbox: Channel[Event] = Channel(4096)
    async with Compute(threads=2) as compute:
        stage = LiveCaptions(
            ScriptedRecognizer(["好"]), ScriptedVoiceActivity(), Verbatim(), compute, LiveSettings(ends)
        )
        running = asyncio.create_task(stage.run(inbox, outbox))
        for at in range(0, len(sound), 1_600):
            await inbox.send(AudioChunk(samples=sound[at : at + 1_600], at=at / RATE))
        inbox.close()
        await running
