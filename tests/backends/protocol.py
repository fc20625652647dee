"""OpenAI-compatible servers backed by the engines of this house, and broken ones."""

from __future__ import annotations

import functools
import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import Body, FastAPI, Form, Response, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from backends.remote import unwav, wav
from core.ports import ChatMessage, ChatModel, ChatRequest, Embedder, RecognitionRequest, Recognizer, Voice

Content = Annotated[dict[str, Any], Body()]


def transcriptions(recognizer: Callable[[], Recognizer]) -> FastAPI:
    app = FastAPI()

    @app.post("/v1/audio/transcriptions")
    def transcribe(
        file: UploadFile,
        model: Annotated[str, Form()],
        language: Annotated[str, Form()],
        prompt: Annotated[str, Form()] = "",
        granularities: Annotated[list[str] | None, Form(alias="timestamp_granularities[]")] = None,
    ) -> dict[str, Any]:
        samples, rate = unwav(file.file.read())
        assert rate == 16_000
        request = RecognitionRequest(language, prompt=prompt, word_times="word" in (granularities or []))
        result = recognizer().transcribe(samples, request)
        words = [{"word": w.text, "start": w.start, "end": w.end} for w in result.words]
        scores = {"no_speech_prob": result.no_speech or 0.0, "avg_logprob": -0.2, "compression_ratio": 1.0}
        return {"text": result.text, "words": words, "segments": [scores]}

    return app


def speech(voice: Callable[[], Voice]) -> FastAPI:
    app = FastAPI()

    @app.post("/v1/audio/speech")
    def speak(content: Content) -> Response:
        assert content["response_format"] == "wav"
        spoken = voice().synthesize(content["input"], content["voice"], content["speed"])
        return Response(wav(spoken.samples, spoken.rate), media_type="audio/wav")

    return app


def completions(model: Callable[[], ChatModel]) -> FastAPI:
    app = FastAPI()

    @app.post("/v1/chat/completions")
    def complete(content: Content) -> StreamingResponse:
        schema = content.get("response_format", {}).get("json_schema", {}).get("schema")
        request = ChatRequest(
            tuple(ChatMessage(m["role"], m["content"]) for m in content["messages"]),
            content["max_tokens"],
            content["temperature"],
            content.get("seed"),
            tuple(content.get("stop", ())),
            schema,
        )

        async def events() -> AsyncIterator[str]:
            # Servers send comments and fields of their own; clients have to live with them.
            yield ": ping\n\ndata: {broken\n\n"
            pieces: Any = model().stream(request)
            try:
                while (piece := await run_in_threadpool(next, pieces, None)) is not None:
                    chunk = {"choices": [{"index": 0, "delta": {"content": piece}}]}
                    yield f"data: {json.dumps(chunk)}\n\n"
            finally:
                # A client that hangs up ends the model's work.
                pieces.close()
            yield "data: [DONE]\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    return app


def embeddings(embedder: Callable[[], Embedder]) -> FastAPI:
    app = FastAPI()
    engine = functools.cache(embedder)

    @app.post("/v1/embeddings")
    def embed(content: Content) -> dict[str, Any]:
        rows = engine().embed(content["input"], "query")
        data = [{"index": n, "embedding": (3 * row).tolist()} for n, row in enumerate(rows)]
        return {"data": data[::-1]}  # in no order, and of no certain length

    return app


def answering(status: int, content: bytes, media_type: str = "application/json") -> FastAPI:
    """A server that gives one and the same answer to everything."""
    app = FastAPI()

    @app.post("/v1/{path:path}")
    def answer(path: str) -> Response:
        return Response(content, status, media_type=media_type)

    return app
