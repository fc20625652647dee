"""The presence meter: seconds, limits, attacks. Sound is real where sound decides."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from backends.vad.silero import Silero
from compliance.presence.meter import Meter
from compliance.presence.policy import Limit, load_policies
from core.events import Act, AudioChunk, Cue, Event, Line, Notice, Played, Samples, Segment, Utterance
from core.testing import ScriptedVoiceActivity
from media.audio import read, resample

pytestmark = pytest.mark.scenario

GENERIC = load_policies()["generic"]
OPENED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
STEP = 0.5


def wall(at: float) -> datetime:
    return OPENED + timedelta(seconds=at)


class Stream:
    """A room whose events are made at the pace of its own time."""

    def __init__(self, sound: Samples | None = None, real: bool = True) -> None:
        self.sound = sound
        self.mic_on = sound is not None
        activity = Silero() if real else ScriptedVoiceActivity()
        self.meter = Meter(GENERIC, activity, listening=lambda: self.mic_on, chance=random.Random(1))
        self.now = 0.0
        self.out: list[Event] = []

    def send(self, event: Event) -> None:
        self.meter.accept(event, self.now)

    def run(self, seconds: float, each: Callable[[float], Sequence[Event]] = lambda _: ()) -> Stream:
        """Let time pass; the microphone's sound comes as it is due."""
        until = self.now + seconds
        while self.now < until - 1e-9:
            if self.sound is not None and self.mic_on:
                first = round(self.now * 16_000)
                piece = self.sound[first : first + round(STEP * 16_000)]
                if len(piece):
                    chunk = AudioChunk(samples=piece, at=self.now, wall=wall(self.now + STEP))
                    self.now += STEP
                    self.send(chunk)
                    self.now -= STEP
            for event in each(self.now):
                self.send(event)
            self.now += STEP
            self.out += self.meter.advance(self.now)
        return self

    def host(
        self, seconds: float, sound: Samples | None = None, writer: str = "phrases", text: str = ""
    ) -> None:
        """The host speaks from now on; what is told comes back when it is over."""
        line = Line(
            segments=(Segment(text or f"第{self.now:.0f}句话"),), purpose="script", writer=writer,
            at=self.now, wall=wall(self.now),
        )  # fmt: skip
        made = Utterance(
            line=line.id,
            text=line.text,
            rate=16_000,
            seconds=seconds,
            samples=sound,
            at=self.now,
            wall=wall(self.now),
        )
        self.send(line)
        self.send(made)
        self.run(seconds)
        self.send(Played(utterance=made.id, start=0, end=seconds, at=self.now, wall=wall(self.now)))

    def caption(self, text: str, start: float) -> None:
        cue = Cue(
            cue=f"c{start}",
            start=start,
            end=start + 2,
            raw=text,
            mandarin=text,
            final=True,
            wall=wall(self.now),
        )
        self.send(cue)

    @property
    def codes(self) -> list[str]:
        return [n.code for n in self.out if isinstance(n, Notice)]

    def share(self, kind: str, start: float, end: float) -> float:
        return self.meter.timeline.count(kind, start=start, end=end) / (end - start)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def speech(shared: Path) -> Samples:
    """Half a minute of six recordings of several people."""
    rows = [json.loads(x) for x in (shared / "audio/manifest.jsonl").read_text("utf-8").splitlines()]
    clips = [read(shared / "audio" / r["audio"]) for r in rows if r["seconds"] > 6][:6]
    return np.concatenate(clips)[: 40 * 16_000]


def noisy(sound: Samples) -> Samples:
    noise = np.random.default_rng(2).normal(0, 0.02 * np.abs(sound).max(), len(sound))
    return (0.3 * sound + noise).astype(np.float32)


def telephone(sound: Samples) -> Samples:
    return resample(resample(sound, 16_000, 8_000), 8_000, 16_000)


def test_speech_of_people_is_human(speech: Samples) -> None:
    stream = Stream(speech).run(50)
    assert stream.share("human", 0, 38) > 0.85
    assert stream.share("prerendered", 0, 38) == 0


def faster(sound: Samples) -> Samples:
    return resample(sound, 16_000, round(16_000 / 1.03))


def slower_and_noisy(sound: Samples) -> Samples:
    """Five per cent slower, with noise 15 dB below."""
    slow = resample(sound, 16_000, round(16_000 / 0.95))
    noise = np.random.default_rng(2).normal(0, np.sqrt(np.mean(slow**2)) / 10**0.75, len(slow))
    return (slow + noise).astype(np.float32)


@pytest.mark.parametrize("change", [lambda s: s, noisy, telephone, faster, slower_and_noisy])
def test_a_looped_recording_is_no_human_and_silences_the_host(
    speech: Samples, change: Callable[[Samples], Samples]
) -> None:
    gap = np.zeros(round(3.7 * 16_000), np.float32)
    loop = change(speech)
    stream = Stream(np.concatenate([speech, gap, loop, gap, loop]))
    stream.run(2)
    stream.host(1.0)
    stream.run(60, lambda now: [typed_caption(now)] if now % 5 == 0 else [])
    stream.host(1.0)
    stream.run(75, lambda now: [typed_caption(now)] if now % 5 == 0 else [])
    assert stream.share("human", 46, 118) < 0.05
    assert stream.share("prerendered", 46, 118) > 0.6
    assert stream.meter.decision.paused
    assert stream.meter.decision.breaches[0].metric.key == "M5"


def typed_caption(now: float) -> Cue:
    return Cue(cue=f"c{now}", start=now, end=now, raw="好", mandarin="好", final=True, at=now, wall=wall(now))


def test_the_hosts_own_sound_in_the_microphone_is_no_human(speech: Samples) -> None:
    room = np.zeros_like(speech)
    late = round(0.3 * 16_000)
    room[late:] = 0.2 * speech[:-late]
    stream = Stream(room)
    stream.host(39.0, speech)
    stream.run(12)
    assert stream.share("human", 2, 38) == 0
    assert stream.share("ai", 2, 38) > 0.9


def test_a_person_who_speaks_over_the_host_is_human(speech: Samples) -> None:
    half = len(speech) // 2
    host, person = speech[:half], speech[half : 2 * half]
    stream = Stream((person + 0.05 * host).astype(np.float32))
    stream.host(len(host) / 16_000, host)
    stream.run(12)
    assert stream.share("human", 1, 18) > 0.6


def test_a_recording_of_the_hosts_voice_played_later_is_no_human(spoken_host: Samples) -> None:
    silence = np.zeros(20 * 16_000, np.float32)
    stream = Stream(np.concatenate([silence, spoken_host, np.zeros(10 * 16_000, np.float32)]))
    stream.host(len(spoken_host) / 16_000, spoken_host)
    stream.run(40)
    end = 20 + len(spoken_host) // 16_000
    assert stream.share("human", 20, end) == 0
    assert stream.share("prerendered", 20, end) > 0.6


@pytest.fixture(scope="module")
def spoken_host(heard: Samples) -> Samples:
    """The embedded voice, at the microphone's rate."""
    return heard


def test_a_television_is_found_out_by_the_phrase_it_cannot_read(speech: Samples) -> None:
    stream = Stream(speech)
    stream.host(2.0)
    stream.send(Act(kind="prove", who="x", at=stream.now, wall=wall(stream.now)))
    stream.run(19, lambda now: [typed_caption(now)])
    assert "presence.missed" in stream.codes
    stream.send(Act(kind="prove", who="x", at=stream.now, wall=wall(stream.now)))
    stream.run(25, lambda now: [typed_caption(now)])
    assert stream.codes.count("presence.missed") == 2
    assert stream.meter.decision.standing == "stop"
    assert stream.share("human", 33, 39) == 0, "after two misses the voice counts no longer"


def test_who_reads_the_phrase_is_there() -> None:
    stream = Stream(np.zeros(60 * 16_000, np.float32), real=False)
    stream.send(Act(kind="prove", who="x", at=0.0, wall=wall(0)))
    stream.run(4)
    asked = next(n for n in stream.out if isinstance(n, Notice) and n.code == "presence.prove")
    misspelt = asked.subject.replace("萝", "罗").replace("四", "是").replace("葱", "冲")
    stream.caption(f"哎我念啊{misspelt}", start=2.0)
    stream.run(30)
    assert "presence.proved" in stream.codes
    assert "presence.missed" not in stream.codes


def test_typed_filler_is_the_machines_and_typed_answers_are_peoples() -> None:
    stream = Stream()
    for text in (
        "嗯嗯好的",
        "这批腊肉是昨天才熏出来的",
        "这批腊肉是昨天才熏出来的",
        "这一批的腊肉是昨天才熏出来的",
    ):
        stream.host(4.0, writer="typed", text=text)
    stream.run(12)
    assert [stream.share(k, a, a + 4) for k, a in (("ai", 0), ("typed", 4), ("ai", 8), ("ai", 12))] == [
        1,
        1,
        1,
        1,
    ]


def test_a_muted_microphone_is_silence_and_people_are_told() -> None:
    stream = Stream(np.zeros(60 * 16_000, np.float32), real=False)
    stream.host(2.0)
    stream.run(50)
    assert stream.share("human", 0, 40) == 0
    assert "presence.muted" in stream.codes


def test_an_ai_that_goes_on_alone_is_warned_of_silenced_and_ended() -> None:
    stream = Stream()
    for _ in range(66):
        stream.host(10.0)
        stream.run(0.5)
    standings = [c for c in stream.codes if c in ("presence.warn", "presence.act", "presence.stop")]
    assert standings[0] == "presence.warn"
    assert standings[-1] == "presence.stop"
    assert stream.meter.decision.breaches[0].metric.key in ("M1", "M2")


def test_a_person_who_speaks_lets_the_host_go_on() -> None:
    tone = (0.3 * np.sin(np.arange(400 * 16_000) * 0.05)).astype(np.float32)
    tone[: 330 * 16_000] = 0
    stream = Stream(tone, real=False)
    for _ in range(33):
        stream.host(10.0)
    assert stream.meter.decision.paused
    stream.run(40, lambda now: [typed_caption(now)])
    assert not stream.meter.decision.paused
    assert "presence.ok" in stream.codes or "presence.warn" in stream.codes[-1:]


def test_a_clock_that_jumps_silences_the_host_until_it_is_right_again() -> None:
    stream = Stream()
    stream.host(2.0)
    stream.out += stream.meter.advance(stream.now, monotonic=100.0)
    stream.now += 30
    stream.out += stream.meter.advance(stream.now, monotonic=101.0)
    assert stream.meter.decision.doubts == ("clock",)
    assert stream.meter.decision.paused
    stream.now += 6
    stream.meter.advance(stream.now, monotonic=107.0)
    assert not stream.meter.decision.paused


def test_events_whose_two_times_disagree_silence_the_host() -> None:
    stream = Stream()
    stream.host(2.0)
    stream.send(Act(kind="hand_back", who="x", at=stream.now, wall=wall(stream.now + 40)))
    stream.run(1)
    assert stream.meter.decision.doubts == ("clock",)


def test_a_wall_clock_that_was_set_is_believed_again_once_events_agree_on_it() -> None:
    stream = Stream()
    stream.host(2.0)
    for _ in range(8):
        stream.send(Act(kind="x", who="x", at=stream.now, wall=wall(stream.now - 3 * 3600)))
        stream.run(1)
    assert stream.meter.decision.doubts == ()


def test_a_lost_event_silences_the_host() -> None:
    stream = Stream()
    stream.host(2.0)
    stream.send(Act(kind="x", who="x", seq=7, at=stream.now, wall=wall(stream.now)))
    stream.send(Act(kind="x", who="x", seq=9, at=stream.now, wall=wall(stream.now)))
    stream.run(1)
    assert stream.meter.decision.doubts == ("events",)


def test_a_line_that_breaks_silences_the_host_and_people_go_on(speech: Samples) -> None:
    stream = Stream(speech)
    stream.host(2.0)
    stream.sound = None
    stream.run(8)
    assert stream.meter.decision.doubts == ("sound",)
    stream.mic_on = False
    stream.run(1)
    assert not stream.meter.decision.paused, "a microphone that was switched off is no fault"


@pytest.mark.parametrize("code", ["captions.unavailable", "stage.failed"])
def test_a_recogniser_outage_silences_the_host_and_the_human_seconds_go_on(
    speech: Samples, code: str
) -> None:
    stream = Stream(speech)
    stream.host(2.0)
    stream.send(Notice(code=code, text="", subject="captions" if code.startswith("stage") else ""))
    stream.run(20)
    assert stream.meter.decision.doubts == ("captions",)
    assert stream.share("human", 3, 12) > 0.8
    stream.send(typed_caption(stream.now))
    stream.run(1)
    assert not stream.meter.decision.paused


def test_speech_without_any_caption_is_an_outage(speech: Samples) -> None:
    stream = Stream(speech)
    stream.host(2.0)
    stream.run(36)
    assert "captions" in stream.meter.decision.doubts


def test_a_screen_that_never_tells_what_it_played_silences_the_host() -> None:
    stream = Stream()
    stream.send(Utterance(line="a", text="喂", rate=16_000, seconds=2.0, at=0.0, wall=wall(0)))
    stream.run(12)
    assert stream.meter.decision.doubts == ("screen",)


def test_without_an_ai_host_nobody_is_bothered(speech: Samples) -> None:
    stream = Stream(speech).run(60)
    assert stream.codes == []


def test_presence_events_cover_every_settled_second_once(speech: Samples) -> None:
    stream = Stream(speech)
    stream.host(5.0)
    stream.run(40)
    told = [e for e in [*stream.out, *stream.meter.finish()] if type(e).__name__ == "Presence"]
    ends = [e.at + e.seconds for e in told]  # type: ignore[attr-defined]
    assert [e.at for e in told[1:]] == ends[:-1]
    assert ends[-1] == len(stream.meter.timeline)


def test_limits_are_the_policys() -> None:
    assert GENERIC.limits["M1"] == Limit(180, 300, 600)
