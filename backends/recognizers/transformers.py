"""Speech models of the ``transformers`` library, from a local folder: the Whisper family, and the language
models with ears that take a transcription request (``qwen3_asr``, ``fun_asr_nano``).

For machines with a GPU or a larger model than the embedded one. Nothing is fetched: the folder holds what
``save_pretrained`` writes, or a download the user made.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import opencc
import torch
from transformers import AutoModelForSpeechSeq2Seq, AutoProcessor

from backends.recognizers.windows import RATE, Windowed
from core.errors import ModelUnavailableError
from core.events import Samples
from core.ports import RecognitionRequest, Recognizer, RecognizerCapabilities, Transcript

TOKENS_PER_SECOND = 12
DIALECTS = {"Cantonese": "yue"}
"""Languages that a model names and this house calls a dialect."""


def open_model(folder: Path, device: str = "cpu", threads: int = 2) -> Recognizer:
    """The recogniser in ``folder``, on ``device`` as torch names it."""
    return Windowed(_Transformer(folder, device, threads))


class _Transformer:
    name = "transformers"
    longest = 29.0

    def __init__(self, folder: Path, device: str, threads: int) -> None:
        torch.set_num_threads(threads)
        try:
            processor: Any = AutoProcessor.from_pretrained(folder, local_files_only=True)
            self._model: Any = AutoModelForSpeechSeq2Seq.from_pretrained(folder, local_files_only=True)
            self._model.to(device).eval()
        except (OSError, ValueError, KeyError, RuntimeError, ImportError, AssertionError) as error:
            raise ModelUnavailableError(
                "recognizer.unloadable",
                f"语音识别模型打不开（{folder}，{device}）：{_first_line(error)}。",
                "请检查 recognizer.model 指的文件夹是否完整，recognizer.device 这台机器有没有。",
            ) from error
        asked = hasattr(processor, "apply_transcription_request")
        self._format: _Asked | _Whisper = _Asked(processor) if asked else _Whisper(processor)
        self.capabilities = self._format.capabilities
        self._simplify = opencc.OpenCC("t2s").convert

    def hear(self, samples: Samples, request: RecognitionRequest) -> Transcript:
        sound = np.ascontiguousarray(samples, dtype=np.float32)
        inputs = self._format.inputs(sound, request).to(self._model.device, self._model.dtype)
        with torch.inference_mode():
            made = self._model.generate(
                **inputs,
                **self._format.options(request),
                num_beams=request.beam_size,
                do_sample=False,
                max_new_tokens=min(400, int(10 + TOKENS_PER_SECOND * len(sound) / RATE)),
                return_dict_in_generate=True,
                output_scores=True,
            )
        said = len(made.scores)
        text, dialect = self._format.read(made.sequences[0, -said:])
        return Transcript(self._simplify(text.strip()), min(1.0, self._confidence(made)), dialect=dialect)

    def _confidence(self, made: Any) -> float:
        """Mean token probability (geometric); a beam search states it itself, length-normalised."""
        if getattr(made, "sequences_scores", None) is not None:
            return float(made.sequences_scores[0].exp())
        chosen = self._model.compute_transition_scores(made.sequences, made.scores, normalize_logits=True)[0]
        finite = chosen[torch.isfinite(chosen)]
        return float(finite.mean().exp()) if len(finite) else 0.0


class _Whisper:
    """Features in; language and task are told to the decoder."""

    capabilities = RecognizerCapabilities()

    def __init__(self, processor: Any) -> None:
        self._processor = processor

    def inputs(self, sound: Samples, request: RecognitionRequest) -> Any:
        return self._processor(sound, sampling_rate=RATE, return_tensors="pt")

    def options(self, request: RecognitionRequest) -> dict[str, Any]:
        return {"language": request.language, "task": "transcribe"}

    def read(self, tokens: Any) -> tuple[str, str | None]:
        return self._processor.decode(tokens, skip_special_tokens=True), None


class _Asked:
    """A conversation in: the sound, what to expect of it, and the beginning of the answer."""

    def __init__(self, processor: Any) -> None:
        self._processor = processor
        taken = inspect.signature(processor.apply_transcription_request).parameters
        self._keywords = "keywords" in taken
        # A model that parses its own answer begins it with the language it heard.
        self._names_language = hasattr(processor, "parse_output")
        self.capabilities = RecognizerCapabilities(hotwords=True, dialect_label=self._names_language)

    def inputs(self, sound: Samples, request: RecognitionRequest) -> Any:
        words = list(request.hotwords)
        context = request.prompt if self._keywords else "，".join([*words, request.prompt]).strip("，")
        # Told it is Chinese, a model that knows Cantonese for a language of its own would not say so.
        told: dict[str, Any] = {} if self._names_language else {"language": request.language}
        if self._keywords and words:
            told["keywords"] = words
        return self._processor.apply_transcription_request(audio=sound, prompt=context or None, **told)

    def options(self, request: RecognitionRequest) -> dict[str, Any]:
        return {}

    def read(self, tokens: Any) -> tuple[str, str | None]:
        if not self._names_language:
            return self._processor.decode(tokens, skip_special_tokens=True, strip_prefix=True), None
        answer = self._processor.decode(tokens, return_format="parsed")
        return answer["transcription"], DIALECTS.get(answer["language"])


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200] or type(error).__name__
