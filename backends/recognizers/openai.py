"""Client of a server that speaks OpenAI's ``/v1/audio/transcriptions`` (vLLM, FunASR, WhisperLiveKit …).

Source: https://platform.openai.com/docs/api-reference/audio/createTranscription
"""

from __future__ import annotations

import math
from typing import Any

from backends.recognizers.windows import RATE
from backends.remote import Remote, wav
from core.events import Samples, Word
from core.ports import (
    Cancelled,
    RecognitionRequest,
    RecognizerCapabilities,
    Transcript,
    never,
)


class OpenAIRecognizer:
    """Remote batch recogniser. Hotwords travel in the prompt, as the protocol has no field for them."""

    name = "openai"
    capabilities = RecognizerCapabilities(hotwords=True, word_times=True)

    def __init__(self, base_url: str, model: str, api_key: str = "", timeout: float = 30.0) -> None:
        self._remote = Remote(base_url, "语音识别", api_key, timeout)
        self._model = model

    def transcribe(
        self,
        samples: Samples,
        request: RecognitionRequest = RecognitionRequest(),
        cancelled: Cancelled = never,
    ) -> Transcript:
        """Recognise on the server; coded errors where it is unreachable, busy, or answers garbage."""
        if cancelled():
            return Transcript("", 0.0)
        fields: dict[str, str | list[str]] = {
            "model": self._model,
            "language": request.language,
            "prompt": "，".join(request.hotwords) + request.prompt,
            "response_format": "verbose_json",
            "temperature": "0",
        }
        if request.word_times:
            fields["timestamp_granularities[]"] = ["word", "segment"]
        sound = ("speech.wav", wav(samples, RATE), "audio/wav")
        response = self._remote.post("audio/transcriptions", data=fields, files={"file": sound})
        body = self._remote.parse(response)
        try:
            return parse(body)
        except (KeyError, TypeError, ValueError) as error:
            raise self._remote.garbage(error) from error


def parse(body: dict[str, Any]) -> Transcript:
    """A ``verbose_json`` or plain ``json`` answer; what a server leaves out is None or a confidence of 1."""
    segments = body.get("segments") or []
    scores = [math.exp(min(0.0, float(s["avg_logprob"]))) for s in segments if "avg_logprob" in s]
    silence = [float(s["no_speech_prob"]) for s in segments if "no_speech_prob" in s]
    loops = [float(s["compression_ratio"]) for s in segments if "compression_ratio" in s]
    words = tuple(
        Word(str(w["word"]).strip(), float(w["start"]), float(w["end"]), float(w.get("probability", 1.0)))
        for w in body.get("words") or []
    )
    text = body["text"]
    if not isinstance(text, str):
        raise TypeError("text is no string")
    return Transcript(
        text.strip(),
        sum(scores) / len(scores) if scores else 1.0,
        words,
        max(silence, default=None),
        max(loops, default=None),
    )
