from __future__ import annotations

import asyncio

import numpy as np
import pytest

from core.clock import SystemClock, busy
from core.ports import (
    ChatMessage,
    ChatModel,
    ChatRequest,
    Embedder,
    Recognizer,
    StreamingRecognizer,
    Voice,
    VoiceActivity,
)
from core.testing import (
    ScriptedChatModel,
    ScriptedEmbedder,
    ScriptedRecognizer,
    ScriptedVoice,
    ScriptedVoiceActivity,
    VirtualClock,
)

pytestmark = pytest.mark.unit


async def test_a_day_passes_in_virtual_time() -> None:
    clock = VirtualClock()
    ticks = 0
    for _ in range(24 * 60):
        await clock.sleep(60)
        ticks += 1
    assert clock.now() == 86_400
    assert ticks == 1440


async def test_sleepers_wake_by_deadline_then_by_order_and_one_at_a_time() -> None:
    clock = VirtualClock()
    seen: list[tuple[str, float]] = []

    async def wake(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        seen.append((name, clock.now()))
        await asyncio.sleep(0)
        seen.append((name + "'", clock.now()))

    await asyncio.gather(wake("late", 3), wake("first", 1), wake("second", 1), wake("middle", 2))
    assert seen == [
        ("first", 1),
        ("first'", 1),
        ("second", 1),
        ("second'", 1),
        ("middle", 2),
        ("middle'", 2),
        ("late", 3),
        ("late'", 3),
    ]


async def test_virtual_time_waits_for_marked_work_in_threads() -> None:
    clock = VirtualClock()
    release = asyncio.Event()
    order: list[str] = []

    async def work() -> None:
        with busy(clock):
            await release.wait()
            order.append(f"work at {clock.now():g}")

    async def tick() -> None:
        await clock.sleep(5)
        order.append(f"tick at {clock.now():g}")

    working, ticking = asyncio.create_task(work()), asyncio.create_task(tick())
    for _ in range(50):
        await asyncio.sleep(0)
    release.set()
    await asyncio.gather(working, ticking)
    assert order == ["work at 0", "tick at 5"]


async def test_a_cancelled_sleeper_does_not_move_the_time() -> None:
    clock = VirtualClock()
    sleeping = asyncio.create_task(clock.sleep(100))
    await asyncio.sleep(0)
    sleeping.cancel()
    await asyncio.gather(sleeping, return_exceptions=True)
    await clock.sleep(1)
    assert clock.now() == 1


async def test_the_system_clock_moves_forward() -> None:
    clock = SystemClock()
    before = clock.now()
    with busy(clock):
        await clock.sleep(0.001)
    assert clock.now() > before


def test_the_fakes_implement_the_ports() -> None:
    recognizer: StreamingRecognizer = ScriptedRecognizer()
    voice: Voice = ScriptedVoice()
    chat: ChatModel = ScriptedChatModel()
    activity: VoiceActivity = ScriptedVoiceActivity()
    embedder: Embedder = ScriptedEmbedder()
    assert isinstance(recognizer, Recognizer)
    assert isinstance(voice, Voice)
    assert isinstance(chat, ChatModel)
    assert isinstance(activity, VoiceActivity)
    assert isinstance(embedder, Embedder)


def test_a_scripted_stream_revises_when_enough_sound_came_in() -> None:
    stream = ScriptedRecognizer(timeline=[(0.5, "好"), (1.0, "好吃")]).stream()
    half = np.zeros(8000, np.float32)
    assert [stream.accept(half[:4000]), stream.accept(half[:4000])][0] is None
    revised = stream.accept(half)
    assert revised is not None and revised.text == "好吃"
    assert stream.finish().text == "好吃"


def test_a_scripted_voice_speaks_as_long_as_the_text() -> None:
    voice = ScriptedVoice(seconds_per_character=0.1)
    speech = voice.synthesize("一二三四")
    assert speech.seconds == pytest.approx(0.4)
    assert voice.synthesize("一二", speed=2).seconds == pytest.approx(0.1)
    assert voice.synthesize("一", cancelled=lambda: True).seconds == 0


def test_a_scripted_chat_model_stops_when_cancelled_and_raises_what_the_script_says() -> None:
    model = ScriptedChatModel(["慢慢说", ValueError("down")])
    request = ChatRequest((ChatMessage("user", "在吗"),))
    pieces: list[str] = []
    for piece in model.stream(request, cancelled=lambda: len(pieces) == 2):
        pieces.append(piece)
    assert pieces == ["慢", "慢"]
    with pytest.raises(ValueError, match="down"):
        list(model.stream(request))


def test_scripted_voice_activity_hears_loud_windows() -> None:
    stream = ScriptedVoiceActivity().stream()
    assert stream.accept(np.zeros(512, np.float32)) == 0
    assert stream.accept(np.full(512, 0.2, np.float32)) > 0.9


def test_embeddings_are_unit_rows_and_shared_words_are_near() -> None:
    rows = ScriptedEmbedder(256).embed(["土蜂蜜", "土蜂蜜多少钱", "牛仔裤"])
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1.0)
    assert rows[0] @ rows[1] > rows[0] @ rows[2]
