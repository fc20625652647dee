"""Builds what the settings name: backends, renderer, rooms. Models load on first use, once."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

from anchor.comments.triage import triage
from anchor.persona import Persona, persona
from anchor.speech.shelf import Shelf
from anchor.speech.speaker import Speaker
from anchor.writer.author import Author, Phrases
from backends import choose, equip, load
from backends.recognizers import BACKENDS as RECOGNIZERS
from backends.recognizers.fallback import Failure, with_fallback
from backends.vad import BACKENDS as ACTIVITIES
from backends.voices import BACKENDS as VOICES
from captioning.bias import ShopWords
from captioning.captioner import Captioner
from captioning.endpoint import EndpointSettings
from captioning.file import FileCaptioner
from captioning.session import LiveCaptions, LiveSettings
from captioning.spool import Spool
from compliance.guard import Guard
from compliance.ledger_heads import SigningKey
from compliance.presence.policy import Policy, load_policies
from compliance.presence.policy import choose as choose_policy
from compliance.privacy_stream import StreamMasker
from core.compute import Compute, Limit, Priority
from core.errors import InputError, ModelUnavailableError, StorageError, XiangyinError
from core.events import Notice, Samples
from core.ports import RecognitionRequest, Recognizer, Transcript, Voice, VoiceActivity
from core.settings import Settings
from core.telemetry import Telemetry
from core.weights import Weights
from dialects.groups import parse
from dialects.render import Renderer
from knowledge_graph.facts import MemoryShop
from knowledge_graph.store.choosing import open_shops
from knowledge_graph.store.shops import Shops
from knowledge_graph.vocabulary import Vocabulary
from service.answering import Answering
from service.keeping import Keeping
from service.labelling import sign
from service.listening import Listening
from service.presence import Parts, RoomPresence
from service.programme import EVERYDAY, Knowledge, Sources, Tell, planned
from service.rooms import Room
from service.second_opinion import live_judge, sentence_embedding
from service.shop_words import RoomWords, words_of
from service.showing import Show
from service.spoken import open_shelf, sweep
from service.writing import chat_model, in_turn, live_author

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE = 2.0
"""Seconds that engines have for their last sentence when the program ends."""


class Assembly:
    """Everything one process shares. Its methods may be called from any thread."""

    def __init__(self, settings: Settings, backends: Mapping[str, object] | None = None) -> None:
        """``backends`` are ready-made models by port (``recognizer``, ``activity``), not the settings'."""
        self.settings = settings
        self.telemetry = Telemetry()
        self.weights = Weights(settings.weights.folder)
        self.keeping = Keeping(settings.service.data_dir, settings.privacy)
        limits = {
            "recognizer": Limit(threads=settings.recognizer.threads),
            "voice": Limit(settings.voice.threads, yields=True),
            "chat": Limit(settings.chat.threads, yields=True),
        }
        self.compute = Compute(settings.compute.threads, limits=limits, telemetry=self.telemetry)
        self._rooms: dict[str, tuple[Room, Listening]] = {}
        self._shows: dict[str, Show] = {}
        self._presences: dict[str, RoomPresence] = {}
        self._dialects: dict[str, str] = {}
        self._captioners: dict[str, Captioner] = {}
        self._made: dict[str, Any] = dict(backends or {})
        self._making = threading.RLock()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def data(self) -> Path:
        """The folder that holds everything users made."""
        return self.settings.service.data_dir

    def recognizer(self) -> Recognizer:
        """The ears that the settings name."""
        s = self.settings.recognizer
        return self._once("recognizer", lambda: with_fallback(RECOGNIZERS, s, self.weights, self._tell_rooms))

    def _tell_rooms(self, failure: Failure | None) -> None:
        """Tell every room which ears hear now; called from the thread that recognises."""
        code = "recognizer.fallback" if failure else "recognizer.back"
        text = f"换备用的来听：{failure}" if failure else "原来的识别好了，换回来了。"
        log.warning("%s %s", code, failure.code if failure else "")
        for room, _ in list(self._rooms.values()):
            notice = Notice(code=code, text=text, level="warning" if failure else "info", at=room.now)
            assert self._loop is not None  # rooms are opened inside the event loop
            asyncio.run_coroutine_threadsafe(room.publish(notice), self._loop)

    def activity(self) -> VoiceActivity:
        """The voice-activity detector that the settings name."""
        spec = choose(ACTIVITIES, self.settings.vad.backend)
        return self._once("activity", lambda: load(spec, self.weights))

    def renderer(self) -> Renderer:
        """The dialect renderer over all lexicons, the seller's own words on top."""
        return self._once("renderer", lambda: Renderer(user=self.data / "dialects"))

    def speaker(self, name: str = "", speed: float | None = None) -> Speaker:
        """A voice at a speed, or the settings'. Raises ``ModelUnavailableError`` without weights."""
        s = self.settings.voice
        voice: Voice = self._once("voice", lambda: equip(VOICES, s, self.weights))
        known = voice.capabilities.voices
        if name and name not in known:
            raise InputError("voice.unknown", f"没有叫“{name}”的声音。", f"能用的有：{'、'.join(known)}。")
        chosen, pace = name or s.voice, speed or s.speed
        mark = sign(self.settings.label)
        return self._once(f"speaker {chosen} {pace}", lambda: Speaker(voice, chosen, pace, sign=mark))

    def guard(self) -> Guard:
        """The guard over all rules."""
        return self._once("guard", Guard.load)

    def shops(self) -> Shops:
        """The shops where the settings keep them; commands of other processes work through ``/api/local``."""
        return self._once("shops", lambda: open_shops(self.settings.graph, self.data / "shops"))

    def shop_names(self) -> tuple[str, ...]:
        """The shops in the data folder."""
        return self.shops().names()

    def shop(self, name: str) -> MemoryShop:
        """The approved facts of a shop as they are now."""
        return self.shops().snapshot(name)

    def answering(self, shop: str) -> Answering:
        """Answers to comments about a shop; only written where the voice is missing."""
        try:
            speaker = self.speaker()
        except ModelUnavailableError:
            speaker = None
        # A new version of the shop's facts is a new name: it is read at the next question.
        return self._once(
            f"answering {shop} {self.shops().version(shop)}",
            lambda: Answering(self.shop(shop), self.guard(), speaker),
        )

    def warm(self) -> None:
        """Load what the first caption and the first answer need, so that nobody waits for it later."""
        triage(EVERYDAY)
        for load_one in (self.activity, self.recognizer, self.renderer, self.guard, self.speaker):
            try:
                load_one()
            except XiangyinError as error:
                log.warning("not loaded at start: %s", error.code)

    def captioner(self, dialect: str = "", shop: Callable[[], ShopWords] = ShopWords) -> Captioner:
        """A captioner for one stream that knows the words of ``shop``.

        ``dialect`` is a group name or ``auto``; empty takes the settings'.
        """
        chosen = parse(dialect or self.settings.captions.dialect)
        masker = StreamMasker()
        return Captioner(
            self.renderer(),
            masker.preview,
            settle=masker.settle,
            group=chosen,
            shop=shop,
            budget=self.settings.recognizer.hotwords,
            digits=self.settings.captions.digits,
        )

    def file_captioner(self, dialect: str = "", shop: str = "") -> FileCaptioner:
        """A captioner of recordings about a shop (or none); blocking, to be called outside the event loop."""
        words = words_of(Vocabulary.of(self.shop(shop))) if shop else ShopWords()
        recognizer = self.recognizer()

        def decode(samples: Samples, request: RecognitionRequest) -> Transcript:
            return self.compute.run(
                lambda: recognizer.transcribe(samples, request), priority=Priority.PARTIAL, model="recognizer"
            )

        return FileCaptioner(decode, self.activity(), self.captioner(dialect, lambda: words))

    def room(self, name: str = "main") -> tuple[Room, Listening]:
        """The room of a name and its ears, opened on first use. Call it inside the event loop."""
        if name not in self._rooms:
            self._loop = asyncio.get_running_loop()
            room = Room(
                name,
                self.data / "rooms" / name,
                self.telemetry,
                SigningKey.open(self.data / "keys" / "ledger.pem"),
            )
            self._rooms[name] = (
                room,
                Listening(
                    room,
                    lambda: asyncio.to_thread(self.caption_stage, name, f"{room.seq}-"),
                    lambda: self.settings.captions.half_duplex and self.show(name).hushes(),
                    lambda chunk: self.presence(name).hear(chunk),
                    self._spool(name),
                    self.keeping.consent,
                ),
            )
            self.presence(name)
        return self._rooms[name]

    def _spool(self, room: str) -> Spool | None:
        """Where the room's sound is kept. Where it cannot be, captions go on without."""
        try:
            return self.keeping.spool(room)
        except StorageError as error:
            log.error("sound is not kept: %s", error)
            return None

    def policy(self) -> Policy:
        """The rules of the platform that the settings name, the seller's own readings on top."""
        return choose_policy(load_policies(self.data / "platforms"), self.settings.service.platform)

    def presence(self, name: str = "main") -> RoomPresence:
        """Who is on air in a room, and its open corrections. Call it inside the event loop."""
        room, _ = self.room(name)
        if name not in self._presences:
            parts = Parts(self.policy, self.settings.service.platform_registration, self.guard, self.activity)
            folder = self.data / "rooms" / name
            self._presences[name] = RoomPresence(room, folder, parts, lambda: self.show(name))
        return self._presences[name]

    def show(self, name: str = "main") -> Show:
        """The virtual host of a room. Call it inside the event loop."""
        if name not in self._shows:
            room, _ = self.room(name)
            kept = self.data / "rooms" / name / "show.json"
            permit = self.presence(name).permit
            self._shows[name] = Show(room, kept, self.sources(name), permit=permit)
        return self._shows[name]

    def sources(self, room: str) -> Sources:
        """What the shows of a room are made of."""
        own = self.data / "rooms" / room / "programme.toml"
        return Sources(
            self.shop,
            lambda shop: self.shops().meta(shop).version,
            self.guard,
            self.speaker,
            self.compute,
            self._author,
            lambda: planned(self.settings, own if own.exists() else None),
            live_judge,
            lambda key: persona(key or self.settings.anchor.persona),
            self._shelf,
            sentence_embedding,
        )

    def _shelf(self, shop: str) -> Shelf:
        sweep(self.data, self.shop_names())
        return open_shelf(self.data, shop, self.settings.voice)

    def _author(self, knowledge: Knowledge, persona: Persona, tell: Tell) -> Author:
        """Who writes the shows, as the settings say. The language model is opened once."""
        if self.settings.anchor.writer == "phrases":
            return Phrases(persona.hello)
        chat = partial(self._once, "chat", lambda: chat_model(self.settings))
        return live_author(chat, knowledge, persona, tell, in_turn(self.settings, self.compute))

    async def close(self) -> None:
        """Finish what is open and release everything; an engine that works on is not waited for for long."""
        impatient = asyncio.get_running_loop().call_later(PATIENCE, self.compute.let_go)
        for watch in self._presences.values():
            await watch.close()
        for show in self._shows.values():
            await show.close()
        for room, listening in self._rooms.values():
            await listening.close()
            await room.close()
        self.keeping.close()
        await self.compute.aclose()
        if "shops" in self._made:
            self.shops().close()
        impatient.cancel()

    def set_dialect(self, room: str, dialect: str) -> None:
        """What the seller of a room speaks from now on: a group, or ``auto`` to find out."""
        group = parse(dialect)
        self._dialects[room] = dialect
        if room in self._captioners:
            self._captioners[room].follow(group)

    def caption_stage(self, room: str = "main", prefix: str = "c") -> LiveCaptions:
        """The live caption stage; loads the models."""
        captioner = self.captioner(self._dialects.get(room, ""), self._room_words(room))
        self._captioners[room] = captioner
        return LiveCaptions(
            self.recognizer(),
            self.activity(),
            captioner,
            self.compute,
            telemetry=self.telemetry,
            settings=LiveSettings(self.endpoint()),
            room=room,
            prefix=prefix,
        )

    def _room_words(self, room: str) -> RoomWords:
        """The words of the shop that a room's show is about, or of the only shop there is."""

        def on_air() -> tuple[str, str]:
            show = self._shows.get(room)
            return (show.state.shop, show.state.product) if show else ("", "")

        def only() -> str:
            names = self.shop_names()
            return names[0] if len(names) == 1 else ""

        return RoomWords(on_air, only, lambda shop: self.shops().meta(shop).version, self.shop)

    def endpoint(self) -> EndpointSettings:
        """Where speech starts and ends, as the settings say; shorter silences end longer segments."""
        s = self.settings.vad
        usual = EndpointSettings()
        scale = s.min_silence / usual.end_silence[0][1]
        return EndpointSettings(
            window=self.activity().capabilities.window,
            speech=s.threshold,
            release=min(usual.release, s.threshold),
            onset=s.min_speech,
            end_silence=tuple((up_to, silence * scale) for up_to, silence in usual.end_silence),
            max_seconds=s.max_segment,
        )

    def _once(self, name: str, make: Callable[[], T]) -> T:
        with self._making:
            if name not in self._made:
                self._made[name] = make()
            return cast(T, self._made[name])
