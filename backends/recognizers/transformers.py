"""Speech models of the ``transformers`` library (the Whisper family), from a local folder.

For machines with a GPU or a larger model than the embedded one. Nothing is fetched: the folder holds what
``save_pretrained`` writes, or a download the user made.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import opencc
import torch
from transformers import AutoModelForSpeechSeq2Seq, AutoProcessor

from backends.recognizers.windows import RATE, recognise
from core.errors import ModelUnavailableError
from core.events import Samples
from core.ports import Cancelled, RecognitionRequest, RecognizerCapabilities, Transcript, never

LONGEST = 29.0
TOKENS_PER_SECOND = 12


class TransformersRecognizer:
    """Batch recogniser; further callers wait for the one that runs. ``device`` as torch names it."""

    name = "transformers"
    capabilities = RecognizerCapabilities()

    def __init__(self, folder: Path, device: str = "cpu", threads: int = 2) -> None:
        torch.set_num_threads(threads)
        try:
            self._processor: Any = AutoProcessor.from_pretrained(folder, local_files_only=True)
            self._model: Any = AutoModelForSpeechSeq2Seq.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            raise ModelUnavailableError(
                "recognizer.unloadable",
                f"语音识别模型打不开（{folder}）：{type(error).__name__}。",
                "请检查 recognizer.model 指的文件夹是否完整。",
            ) from error
        self._model.to(device).eval()
        self._device = device
        self._lock = threading.Lock()
        self._simplify = opencc.OpenCC("t2s").convert

    def transcribe(
        self,
        samples: Samples,
        request: RecognitionRequest = RecognitionRequest(),  # noqa: B008 - frozen
        cancelled: Cancelled = never,
    ) -> Transcript:
        """Recognise 16 kHz mono sound of any length; cancelled, it returns what it has so far."""
        return recognise(samples, LONGEST, lambda piece: self._window(piece, request), cancelled)

    def _window(self, samples: Samples, request: RecognitionRequest) -> Transcript:
        sound = np.ascontiguousarray(samples, dtype=np.float32)
        features = self._processor(sound, sampling_rate=RATE, return_tensors="pt").input_features
        with self._lock, torch.inference_mode():
            made = self._model.generate(
                features.to(self._device, self._model.dtype),
                language=request.language,
                task="transcribe",
                num_beams=request.beam_size,
                max_new_tokens=min(400, int(10 + TOKENS_PER_SECOND * len(sound) / RATE)),
                return_dict_in_generate=True,
                output_scores=True,
            )
        text = self._processor.batch_decode(made.sequences, skip_special_tokens=True)[0]
        return Transcript(self._simplify(text.strip()), min(1.0, self._confidence(made)))

    def _confidence(self, made: Any) -> float:
        """Mean token probability (geometric); a beam search states it itself, length-normalised."""
        if getattr(made, "sequences_scores", None) is not None:
            return float(made.sequences_scores[0].exp())
        chosen = self._model.compute_transition_scores(made.sequences, made.scores, normalize_logits=True)[0]
        finite = chosen[torch.isfinite(chosen)]
        return float(finite.mean().exp()) if len(finite) else 0.0
