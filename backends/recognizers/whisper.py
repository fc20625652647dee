"""Whisper through CTranslate2 (faster-whisper), in int8 on the CPU, from a local folder only.

Source: Radford et al. 2022, arXiv 2212.04356. Its encoder sees at most 30 s, so longer sound is cut at quiet
spots. It was trained on 30 s always, short sound followed by silence; seeing less of that silence is several
times as fast and a little less exact, which is what the request's effort chooses. What was heard before a
cut is not given as prompt: the model then leaves out what is said again, and sellers say everything again.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import opencc
from faster_whisper import WhisperModel

from backends.recognizers.windows import RATE, Piece, Windowed, join
from core.errors import ModelUnavailableError
from core.events import Samples, Word
from core.ports import (
    Effort,
    RecognitionRequest,
    Recognizer,
    RecognizerCapabilities,
    Transcript,
)

# Its own messages tell of every decode.
logging.getLogger("faster_whisper").setLevel(logging.WARNING)

CONTEXT: Mapping[Effort, tuple[int, int]] = {"draft": (100, 500), "live": (400, 1000), "best": (3000, 3000)}
"""Silence behind the sound that the encoder sees, and the least it sees in all; frames of 10 ms."""
STEP = 50
"""Frames are taken by so many: the engine keeps what it compiled for every length it has ever seen."""
SIMPLIFIED = "以下是普通话的句子。"
"""Whisper writes in the script of what it read last; without this it drifts into traditional characters."""
ECHO = re.compile("普通话?的?句子")
"""Whisper repeats the prompt, or these words of it, where it understands nothing (8 of 63 recorded clips)."""
LOOP = 8
TOKENS_PER_SECOND = 10
"""Nobody speaks faster. It and :data:`LOOP`, the longest run of tokens said twice, cut the model's loops."""
PROMPT_CHARACTERS = 80
"""Only the end of the preceding text is given: the prompt window also has to hold the hotwords."""


class _Encoder(WhisperModel):  # type: ignore[misc]
    """Encodes no more of the silence that pads every window than the effort asks for."""

    effort: Effort = "best"

    def encode(self, features: Samples) -> Any:
        return super().encode(np.ascontiguousarray(features[:, : seen(features, self.effort)]))


def seen(features: Samples, effort: Effort) -> int:
    """How many frames of ``features`` (80 × frames, silence 0) the encoder is given."""
    behind, least = CONTEXT[effort]
    heard = np.flatnonzero(features.any(axis=0))
    frames = max(least, (int(heard[-1]) + 1 if len(heard) else 0) + behind)
    return math.ceil(frames / STEP) * STEP


def open_model(folder: Path, threads: int = 2, compute_type: str = "int8") -> Recognizer:
    """The recogniser in ``folder``."""
    return Windowed(_Whisper(folder, threads, compute_type))


class _Whisper:
    name = "whisper"
    longest = 29.0
    capabilities = RecognizerCapabilities(hotwords=True, word_times=True)

    def __init__(self, folder: Path, threads: int, compute_type: str) -> None:
        try:
            self._model = _Encoder(
                str(folder),
                device="cpu",
                compute_type=compute_type,
                cpu_threads=threads,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelUnavailableError(
                "recognizer.unloadable",
                f"语音识别模型打不开（{folder}）：{error}。",
                "请运行：xiangyin weights check",
            ) from error
        self._simplify = opencc.OpenCC("t2s").convert

    def hear(self, samples: Samples, request: RecognitionRequest) -> Transcript:
        self._model.effort = request.effort
        segments, _ = self._model.transcribe(
            np.ascontiguousarray(samples, dtype=np.float32),
            language=request.language,
            beam_size=request.beam_size,
            temperature=0.0,
            condition_on_previous_text=False,
            initial_prompt=SIMPLIFIED + request.prompt[-PROMPT_CHARACTERS:],
            hotwords="，".join(request.hotwords) or None,
            without_timestamps=not request.word_times,
            word_timestamps=request.word_times,
            no_repeat_ngram_size=LOOP,
            max_new_tokens=int(10 + TOKENS_PER_SECOND * len(samples) / RATE),
        )
        found = list(segments)
        return transcript(found, self._simplify)


def echoed(text: str) -> bool:
    """Whether a text repeats the prompt, or is nothing but a piece of it."""
    piece = text.strip(" ，,。.")
    return bool(ECHO.search(text)) or (len(piece) > 2 and piece in SIMPLIFIED)


def transcript(segments: Iterable[Any], simplify: Any = lambda text: text) -> Transcript:
    """One transcript of faster-whisper's segments; confidence is the mean token probability, 0 of an echo."""
    pieces = [
        Piece(
            Transcript(
                simplify(s.text.strip()),
                0.0 if echoed(s.text) else math.exp(min(0.0, float(s.avg_logprob))),
                tuple(
                    Word(simplify(w.word.strip()), float(w.start), float(w.end), float(w.probability))
                    for w in s.words or ()
                ),
                float(s.no_speech_prob),
                float(s.compression_ratio),
            ),
            0.0,
            max(float(s.end - s.start), 0.01),
        )
        for s in segments
    ]
    return join(pieces)
