"""Kokoro-82M as int8 ONNX on the CPU. Source: https://huggingface.co/hexgrad/Kokoro-82M (StyleTTS 2).

Inputs: ``tokens`` int64 (1, n) with 0 at both ends, ``style`` float32 (1, 256), ``speed`` float32 (1,).
Output: mono sound at 24 kHz.
"""

from __future__ import annotations

import importlib
import json
import re
import warnings
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from backends.threads import stand_back
from backends.voices import KOKORO_VOICES
from backends.voices.visemes import visemes, voiced
from core.errors import ConfigurationError, InputError, ModelUnavailableError
from core.events import Samples
from core.ports import Cancelled, Speech, VoiceCapabilities, never

RATE = 24_000
LONGEST = 500
"""Tokens of one run; the model takes 510 and reads the last ones of a full run badly."""
NICENESS = 5
"""How far the voice stands back where captions want the same cores: about a quarter is left to it."""
LOOK = 0.02
"""Seconds after which a run looks whether it is still wanted."""
LEAD = 0.06
TAIL = 0.15
STYLE_SHAPE = (510, 1, 256)
BREAKS = re.compile(r"(?<=[。！？；!?;\n])|(?<=[，、：,:])")


class Kokoro:
    """Mandarin voice; one call at a time (further callers wait), in a thread that stands back for others."""

    name = "kokoro"
    capabilities = VoiceCapabilities(voices=KOKORO_VOICES, rate=RATE, visemes=True, speeds=(0.5, 2.0))

    def __init__(self, folder: Path, voices: Path, threads: int = 2) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Spinning threads would take the cores from the recogniser between two clauses.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # The session's threads inherit from this one.
        self._worker = ThreadPoolExecutor(1, "kokoro", stand_back, (NICENESS,))
        try:
            self._session = self._worker.submit(
                onnxruntime.InferenceSession,
                str(folder / "kokoro.onnx"),
                options,
                providers=["CPUExecutionProvider"],
            ).result()
            self._vocabulary: dict[str, int] = json.loads((folder / "vocab.json").read_text("utf-8"))["vocab"]
        except Exception as error:  # onnxruntime raises its own classes, all below Exception
            raise ModelUnavailableError(
                "voice.unloadable",
                f"语音合成模型打不开（{folder}）：{error}。",
                "请运行：xiangyin weights check",
            ) from error
        self._voices = voices
        self._styles: dict[str, npt.NDArray[np.float32]] = {}
        self._phonemes = _phonemizer()

    def synthesize(
        self,
        text: str,
        voice: str = KOKORO_VOICES[0],
        speed: float = 1.0,
        cancelled: Cancelled = never,
    ) -> Speech:
        """Speak ``text``; cancelled, it breaks off at once with the sound of the stretches it has finished.

        InputError where nothing of the text can be spoken, ConfigurationError for an unknown voice.
        """
        style = self._style(voice)
        low, high = self.capabilities.speeds
        pace = np.array([min(high, max(low, speed))], dtype=np.float32)
        stretches = self._stretches(text)
        if not stretches:
            raise InputError("voice.nothing_to_say", f"“{text[:20]}”里没有能念出来的字。", "请写中文。")
        sounds: list[Samples] = []
        for tokens in stretches:
            if cancelled():
                break
            sound = self._speak(tokens, style, pace, cancelled)
            if sound is not None:
                sounds.append(sound)
        samples = trimmed(np.concatenate(sounds)) if sounds else np.zeros(0, dtype=np.float32)
        return Speech(samples, RATE, visemes(text, samples, RATE))

    def _speak(
        self,
        tokens: list[int],
        style: npt.NDArray[np.float32],
        pace: npt.NDArray[np.float32],
        cancelled: Cancelled,
    ) -> Samples | None:
        """The sound of one run; None where it was broken off."""
        feed = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": style[min(len(tokens), len(style) - 1)],
            "speed": pace,
        }
        options = onnxruntime.RunOptions()
        # Every clause has its own length: unless a run gives back what it took, memory grows with the show.
        options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        running = self._worker.submit(self._session.run, None, feed, options)
        while not wait([running], LOOK).done:
            if cancelled():
                options.terminate = True
        if options.terminate and running.exception() is not None:
            return None
        return np.asarray(running.result()[0], dtype=np.float32).reshape(-1)

    def _style(self, voice: str) -> npt.NDArray[np.float32]:
        if voice not in KOKORO_VOICES:
            raise ConfigurationError(
                "voice.unknown", f"没有叫“{voice}”的音色。", f"可选：{'、'.join(KOKORO_VOICES)}。"
            )
        if voice not in self._styles:
            path = self._voices / f"{voice}.bin"
            try:
                self._styles[voice] = np.fromfile(path, dtype=np.float32).reshape(STYLE_SHAPE)
            except (OSError, ValueError) as error:
                raise ModelUnavailableError(
                    "voice.unloadable", f"音色文件 {path} 打不开：{error}。", "请运行：xiangyin weights check"
                ) from error
        return self._styles[voice]

    def _stretches(self, text: str) -> list[list[int]]:
        """Token lists of at most :data:`LONGEST`, cut at punctuation where there is some."""
        stretches: list[list[int]] = []
        for piece in (p for p in BREAKS.split(text) if p.strip()):
            tokens = self._tokens(piece)
            if stretches and len(stretches[-1]) + len(tokens) <= LONGEST:
                stretches[-1] += tokens
                continue
            stretches += [tokens[i : i + LONGEST] for i in range(0, len(tokens), LONGEST)]
        return [s for s in stretches if s]

    def _tokens(self, text: str) -> list[int]:
        phonemes, _ = self._phonemes(text)
        return [self._vocabulary[p] for p in phonemes if p in self._vocabulary]


def trimmed(samples: Samples) -> Samples:
    """The sound without the model's long lead-in (0.4 s) and tail, so that a clause begins when played."""
    spans = voiced(samples, RATE)
    if not spans:
        return samples
    return samples[max(0, int((spans[0][0] - LEAD) * RATE)) : int((spans[-1][1] + TAIL) * RATE)]


def _phonemizer() -> Any:
    # jieba, behind misaki, asks for modules that newer Pythons deprecate, and logs to stderr.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        jieba = importlib.import_module("jieba")
        jieba.setLogLevel("WARNING")
        jieba.initialize()
        return importlib.import_module("misaki.zh").ZHG2P()
