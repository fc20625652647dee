from __future__ import annotations

import asyncio
import threading

import numpy as np
import pytest

from captioning.bias import ShopWords
from captioning.captioner import Captioner
from captioning.session import LiveCaptions
from core.channel import Channel
from core.codec import from_record, to_record
from core.compute import Compute, Priority
from core.events import AudioChunk, Cue, Event, Hypothesis, Notice
from core.ports import Transcript
from core.testing import ScriptedRecognizer, ScriptedVoiceActivity, run_stage
from dialects.render import default_renderer
from tests.captioning.sounds import chunks, silence, speech

pytestmark = pytest.mark.unit


async def caption(recognizer: ScriptedRecognizer, events: list[AudioChunk]) -> list[Event]:
    captioner = Captioner(default_renderer(), lambda text: text)
    async with Compute(threads=2) as compute:
        stage = LiveCaptions(recognizer, ScriptedVoiceActivity(), captioner, compute)
        return await run_stage(stage, list(events))


async def caption_paced(recognizer: ScriptedRecognizer, sound: list[AudioChunk]) -> list[Event]:
    """The same, each chunk only when what the one before asked for has been decoded and taken in."""
    captioner = Captioner(default_renderer(), lambda text: text)
    inbox: Channel[Event] = Channel(64)
    outbox: Channel[Event] = Channel(1024)
    async with Compute(threads=1) as compute, asyncio.TaskGroup() as group:
        stage = LiveCaptions(recognizer, ScriptedVoiceActivity(), captioner, compute)
        running = group.create_task(stage.run(inbox, outbox))
        for chunk in sound:
            await inbox.send(chunk)
            await settle()
            await compute.submit(lambda: None, priority=Priority.EMBEDDING, model="last")
            await settle()
        inbox.close()
        await running
    outbox.close()
    return [event async for event in outbox]


async def settle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


def finals(events: list[Event]) -> list[Cue]:
    return [e for e in events if isinstance(e, Cue) and e.final]


async def test_each_stretch_of_speech_becomes_one_final_cue_with_its_times() -> None:
    heard = ScriptedRecognizer(["大家好", "大家好", "今天天气好"])
    events = await caption(
        heard, list(chunks(silence(1), speech(0.5), silence(1.5), speech(0.5), silence(1.5)))
    )
    cues = finals(events)
    assert len(cues) == 2
    assert cues[0].start == pytest.approx(1.0, abs=0.07)
    assert cues[0].end == pytest.approx(1.5, abs=0.07)
    assert cues[1].start == pytest.approx(3.0, abs=0.07)
    assert cues[0].cue != cues[1].cue


async def test_what_was_decoded_at_the_pause_serves_as_the_final() -> None:
    heard = ScriptedRecognizer(["好的"])
    await caption(heard, list(chunks(silence(0.5), speech(0.4), silence(2.0))))
    assert len(heard.requests) == 1


async def test_a_guess_that_still_waits_when_speech_goes_on_is_never_decoded() -> None:
    heard, busy = ScriptedRecognizer(["好的"]), threading.Event()
    inbox: Channel[Event] = Channel(64)
    outbox: Channel[Event] = Channel(64)
    captioner = Captioner(default_renderer(), lambda text: text)
    sound = (silence(0.5), speech(0.6), silence(0.3), speech(0.6), silence(1.5))
    async with Compute(threads=1) as compute, asyncio.TaskGroup() as group:
        group.create_task(compute.submit(busy.wait, priority=Priority.FINAL_CAPTION, model="another"))
        stage = LiveCaptions(heard, ScriptedVoiceActivity(), captioner, compute)
        group.create_task(stage.run(inbox, outbox))
        for chunk in chunks(*sound):
            await inbox.send(chunk)
            await settle()
        inbox.close()
        busy.set()
    assert [r.effort for r in heard.requests if r.effort != "draft"] == ["live"]


async def test_long_speech_shows_partial_text_before_the_final() -> None:
    heard = ScriptedRecognizer(["今天", "今天的橘子", "今天的橘子很甜"])
    events = await caption_paced(heard, list(chunks(silence(0.5), speech(3.0), silence(1.5))))
    partial = [e for e in events if isinstance(e, Cue) and not e.final]
    final = finals(events)[0]
    assert partial
    assert {p.cue for p in partial} == {final.cue}
    assert any(isinstance(e, Hypothesis) for e in events)


async def test_partials_follow_closely_until_two_agree_and_rarely_afterwards() -> None:
    sound = list(chunks(silence(0.5), speech(2.5), silence(1.5)))
    unlike = ScriptedRecognizer([Transcript(text, 0.6) for text in "甲乙丙丁戊己庚辛壬癸"])
    alike = ScriptedRecognizer([Transcript("今天", 0.6)])
    for heard in (unlike, alike):
        await caption_paced(heard, sound)
    drafts = [sum(r.effort == "draft" for r in heard.requests) for heard in (unlike, alike)]
    assert drafts[0] >= 2 * drafts[1]


async def test_a_partial_that_brings_no_news_is_not_shown_again() -> None:
    heard = ScriptedRecognizer(["今天"] * 10)
    events = await caption_paced(heard, list(chunks(silence(0.5), speech(3.0), silence(1.5))))
    assert [e.raw for e in events if isinstance(e, Cue)] == ["今天", "今天"]  # one partial, the final


async def test_an_unsure_partial_is_shown_only_where_one_voice_stands_out() -> None:
    crowd = speech(2.0)
    one = crowd * np.repeat([1.0, 0.2], 1600)[np.arange(len(crowd)) % 3200].astype(np.float32)
    for sound, shown in ((crowd, False), (one, True)):
        heard = ScriptedRecognizer([Transcript("今天", 0.3)])
        events = await caption_paced(heard, list(chunks(silence(0.5), sound, silence(1.5))))
        assert any(isinstance(e, Cue) and e.mandarin for e in events) is shown


async def test_silence_gives_no_caption_and_asks_no_recogniser() -> None:
    heard = ScriptedRecognizer(["字幕由某某提供"])
    assert not finals(await caption(heard, list(chunks(silence(5)))))
    assert heard.requests == []


async def test_what_was_not_understood_is_a_notice_never_text() -> None:
    heard = ScriptedRecognizer([Transcript("随便什么话", 0.05)])
    events = await caption(heard, list(chunks(silence(0.5), speech(0.5), silence(1.5))))
    assert not finals(events)
    assert [e.code for e in events if isinstance(e, Notice)] == ["caption.unclear"]


async def test_a_gap_in_the_stream_ends_the_sentence_and_keeps_the_times_right() -> None:
    heard = ScriptedRecognizer(["你好"])
    first = list(chunks(silence(0.5), speech(0.5)))
    second = list(chunks(speech(0.5), silence(1.5), start=60.0))
    cues = finals(await caption(heard, first + second))
    assert [round(c.start) for c in cues] == [0, 60]


async def test_speech_that_is_cut_off_by_the_end_of_the_stream_is_still_captioned() -> None:
    heard = ScriptedRecognizer(["最后一句"])
    cues = finals(await caption(heard, list(chunks(silence(0.3), speech(0.8)))))
    assert [c.raw for c in cues] == ["最后一句"]


async def test_the_words_of_the_product_on_show_are_expected_first_and_repaired() -> None:
    heard = ScriptedRecognizer(["今天讲盘山版力"] * 4)
    shop = ShopWords(("盘山板栗",), ("荞麦挂面",))
    captioner = Captioner(default_renderer(), lambda text: text, shop=lambda: shop, budget=40)
    async with Compute(threads=2) as compute:
        stage = LiveCaptions(heard, ScriptedVoiceActivity(), captioner, compute)
        events = await run_stage(stage, list(chunks(silence(0.5), speech(1.0), silence(2.0))))
    assert heard.requests[0].hotwords == ("盘山板栗", "荞麦挂面")
    cue = finals(events)[0]
    assert cue.raw == "今天讲盘山板栗"
    assert [(r.heard, r.became) for r in cue.repairs] == [("盘山版力", "盘山板栗")]
    assert from_record(to_record(cue)) == cue
