"""The presence meter of one room: events in, seconds, metrics and decisions out. No clock of its own.

Warn tells people; act silences the AI until people have caught up; stop ends its show. In doubt the AI is
silent. A human stream goes on whatever this meter says.
"""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from compliance.presence.doubt import REASONS, Doubts
from compliance.presence.ears import CONFIRMED, Ears, HeardSecond
from compliance.presence.log import Log, is_filler, kind_of_line
from compliance.presence.metrics import Metric, Windows, measure
from compliance.presence.policy import Breach, Policy, judge, level
from compliance.presence.proof import Proofs
from compliance.presence.timeline import ENOUGH, KINDS, Span, Timeline, kind_of
from core.events import (
    Act,
    AudioChunk,
    Cue,
    Event,
    Hypothesis,
    Line,
    Notice,
    Played,
    Presence,
    PresenceKind,
    Utterance,
)  # fmt: skip
from core.ports import VoiceActivity

Standing = Literal["ok", "warn", "act", "stop", "doubt"]

LAG = CONFIRMED + 1.0
"""Seconds behind the present at which a second is settled: by then a replay or an echo is known."""
EVERY = 5.0
"""Seconds between two looks at the metrics."""
LONGEST_RUN = 30.0
"""Seconds after which a run of one kind is journalled although it goes on."""
MUTED_DB, MUTED_SECONDS = -65.0, 20
HOST_ON = 120.0
"""Seconds after its last sound for which an AI host counts as on."""
TYPED_KEPT = 1200.0
WINDOWS = Windows()


@dataclass(frozen=True, slots=True)
class Decision:
    """What the meter says now. ``paused``: the AI must be silent. ``why`` is one sentence for people."""

    standing: Standing = "ok"
    breaches: tuple[Breach, ...] = ()
    doubts: tuple[str, ...] = ()
    why: str = ""

    @property
    def paused(self) -> bool:
        """Whether the AI must be silent."""
        return self.standing in ("act", "stop", "doubt")


@dataclass(slots=True)
class _Voices:
    """The sounds that did not come from the microphone, and whose words they are."""

    lines: dict[str, PresenceKind] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    typed: list[tuple[float, str]] = field(default_factory=list)
    last: float = -math.inf

    def line(self, line: Line) -> None:
        kind = kind_of_line(line)
        if kind == "typed":
            self.typed = [(at, text) for at, text in self.typed if line.at - at < TYPED_KEPT]
            if is_filler(line.text, [text for _, text in self.typed]):
                kind = "ai"
            self.typed.append((line.at, line.text))
        self.lines[line.id] = kind

    def utterance(self, sound: Utterance, now: float) -> None:
        start = min(sound.at, now)
        self.spans[sound.id] = Span(start, start + sound.seconds, self.lines.get(sound.line, "ai"))
        self.last = now

    def played(self, event: Played, now: float) -> None:
        span = self.spans.get(event.utterance)
        if span is not None:
            start = span.start + event.start
            self.spans[event.utterance] = replace(span, start=start, end=start + event.end - event.start)
        self.last = now

    def near(self, second: int) -> list[Span]:
        return [s for s in self.spans.values() if s.start < second + 1 and s.end > second]

    def forget(self, before: float) -> None:
        self.spans = {k: s for k, s in self.spans.items() if s.end > before}


class Meter:
    """Feed it every event of a room with :meth:`accept`, and the time with :meth:`advance`."""

    def __init__(
        self,
        policy: Policy,
        activity: VoiceActivity,
        *,
        room: str = "main",
        listening: Callable[[], bool] = lambda: False,
        chance: random.Random | None = None,
        start: float = 0.0,
        past: Timeline | None = None,
    ) -> None:
        """``listening`` says whether a microphone is meant to be on, so that a silent line is told apart.

        The meter begins at ``start`` seconds of the room; ``past`` are the seconds before, from the journal.
        """
        self.policy = policy
        self.decision = Decision()
        self.metrics: tuple[Metric, ...] = ()
        self._room = room
        self._listening = listening
        self._ears = Ears(activity, start=start)
        self._voices = _Voices()
        self._doubts = Doubts()
        self._proofs = Proofs(policy.proofs_per_hour, policy.proof_seconds, chance)
        self._kept: deque[Event] = deque()
        self._settled = math.floor(start)
        known = past.codes[: self._settled].tobytes() if past else b""
        self._codes = bytearray(known.ljust(self._settled, b"\0"))
        self._run: Presence | None = None
        self._now = start
        self._looked = -math.inf
        self._quiet = 0
        self._out: list[Event] = []

    @property
    def host_on(self) -> bool:
        """Whether an AI host was heard lately; without one the meter only counts."""
        return self._now - self._voices.last < HOST_ON

    @property
    def looked_at(self) -> float:
        """The time of the room at which it last looked."""
        return self._now

    @property
    def timeline(self) -> Timeline:
        """The settled seconds, from 0 of the room."""
        return Timeline(np.frombuffer(bytes(self._codes), np.uint8))

    def accept(self, event: Event, now: float) -> None:
        """Take an event that arrived at ``now`` seconds of the room."""
        self._doubts.see(event, now)
        match event:
            case AudioChunk():
                self._ears.hear(event)
                return
            case Hypothesis():
                return
            case Line():
                self._voices.line(event)
            case Utterance():
                self._ears.own(event)
                self._voices.utterance(event, now)
                event = replace(event, samples=None, visemes=())
            case Played():
                self._voices.played(event, now)
            case Cue(final=True):
                if self._proofs.heard(event.mandarin, event.start) or self._proofs.heard(
                    event.raw, event.start
                ):
                    self._tell("presence.proved", "在场抽查通过，谢谢。", now)
            case Act(kind="prove"):
                self._ask(now)
        own = isinstance(event, Notice) and event.code.startswith("presence.")  # kept when it was made
        if not (own or isinstance(event, Presence)):
            self._kept.append(event)

    def advance(self, now: float, monotonic: float | None = None) -> list[Event]:
        """What there is to say at ``now``: settled seconds, notices; decisions are in ``decision``.

        ``monotonic`` is a clock that nobody sets; where it and ``now`` part, the meter is in doubt.
        """
        if monotonic is not None:
            self._doubts.tick(now, monotonic)
        self._now = now
        for heard in self._ears.take(now - LAG):
            if heard.second >= self._settled:
                self._settle(heard)
        self._prove(now)
        if now - self._looked >= EVERY:
            self._looked = now
            self._look(now)
        self._decide(now)
        out, self._out = self._out, []
        for event in out:
            if isinstance(event, Notice):
                self._kept.append(event)
        return out

    def finish(self) -> list[Event]:
        """The run that was open at the end of the stream."""
        self._close_run()
        out, self._out = self._out, []
        return out

    def _settle(self, heard: HeardSecond) -> None:
        spans = self._voices.near(heard.second)
        if heard.voiced >= ENOUGH:
            live = heard.source == "live" and not self._unproven
            if live:
                self._doubts.voiced(heard.second, heard.voiced)
                spans.append(Span(heard.second, heard.second + heard.voiced, "human"))
            elif not (heard.source == "own" and spans):
                # A recording, a television, the host's voice from a loudspeaker while it is silent.
                spans.append(Span(heard.second, heard.second + 1, "prerendered"))
        kind = kind_of(heard.second, spans)
        self._codes.extend(b"\0" * (heard.second - len(self._codes)))
        self._codes.append(KINDS.index(kind))
        self._settled = heard.second + 1
        self._note(kind, heard.second)
        self._notice_muted(heard)

    @property
    def _unproven(self) -> bool:
        """Twice in a row nobody answered: the voice may be a television's."""
        stop = self.policy.limits.get("M10")
        return stop is not None and stop.stop is not None and self._proofs.missed >= stop.stop

    def _note(self, kind: PresenceKind, second: int) -> None:
        run = self._run
        if (
            run is not None
            and run.kind == kind
            and run.at + run.seconds == second
            and run.seconds < LONGEST_RUN
        ):
            self._run = replace(run, seconds=run.seconds + 1)
            return
        self._close_run()
        self._run = Presence(kind=kind, at=float(second), seconds=1.0, room=self._room)

    def _close_run(self) -> None:
        if self._run is not None and (self._run.kind != "silence" or self.host_on):
            self._out.append(self._run)
        self._run = None

    def _notice_muted(self, heard: HeardSecond) -> None:
        silent = self._listening() and heard.level < MUTED_DB
        self._quiet = self._quiet + 1 if silent else 0
        if self._quiet == MUTED_SECONDS:
            self._tell(
                "presence.muted",
                "话筒开着，可是一点声音也没有，请看看是不是静音了。",
                heard.second,
                "warning",
            )

    def _prove(self, now: float) -> None:
        if self._proofs.expired(now):
            self._tell("presence.missed", "刚才的在场抽查没有人念，请真人留在话筒前。", now, "warning")
        if self.host_on and self._proofs.due(now):
            self._show_proof(now)

    def _ask(self, now: float) -> None:
        self._proofs.ask(now)
        self._show_proof(now)

    def _show_proof(self, now: float) -> None:
        assert self._proofs.asked is not None
        text = f"请在 {self.policy.proof_seconds:.0f} 秒内照着念：{self._proofs.asked.phrase}"
        self._tell("presence.prove", text, now, "warning", self._proofs.asked.phrase)

    def _look(self, now: float) -> None:
        """Count again. What no metric can still need is forgotten."""
        oldest = now - WINDOWS.longest
        while self._kept and self._kept[0].at < oldest and not isinstance(self._kept[0], Act):
            self._kept.popleft()
        self._voices.forget(now - WINDOWS.longest)
        timeline = self.timeline
        self.metrics = measure(Log.of(self._kept), timeline, len(timeline), WINDOWS, self.policy.typed_counts)

    def _decide(self, now: float) -> None:
        doubts = tuple(dict.fromkeys(self._doubts.now(now, self._listening())))
        breaches = judge(self.metrics, self.policy)
        before = self.decision
        if not self.host_on and not before.paused:
            self.decision = Decision()
            return
        standing: Standing = level(breaches)
        if doubts and standing != "stop":
            standing = "doubt"
        self.decision = Decision(standing, breaches, doubts, sentence(standing, breaches, doubts))
        if standing != before.standing or (standing != "ok" and _keys(breaches) != _keys(before.breaches)):
            self._announce(now)

    def _announce(self, now: float) -> None:
        d = self.decision
        level_ = "info" if d.standing == "ok" else "warning" if d.standing == "warn" else "error"
        subject = (
            "、".join(d.doubts) if d.standing == "doubt" else "、".join(b.metric.key for b in d.breaches[:1])
        )
        self._tell(f"presence.{d.standing}", d.why, now, level_, subject)  # type: ignore[arg-type]

    def _tell(
        self,
        code: str,
        text: str,
        at: float,
        level: Literal["info", "warning", "error"] = "info",
        subject: str = "",
    ) -> None:
        self._out.append(Notice(code=code, text=text, level=level, subject=subject, at=at, room=self._room))


def _keys(breaches: tuple[Breach, ...]) -> set[tuple[str, str]]:
    return {(b.metric.key, b.level) for b in breaches}


ADVICE = {
    "M1": "请真人开着话筒说几句", "M2": "请真人多说", "M3": "请检查电脑是不是太忙", "M4": "请真人帮着答",
    "M4.p50": "请真人帮着答", "M5": "请换新的话，不要放录音", "M6": "请报个时间、叫叫观众的名字",
    "M7": "请真人帮着答", "M8": "请核对商品资料", "M9": "请说说商品、回应观众",
    "M10": "请真人到话筒前照着念", "M11": "请检查播放的网页", "M12": "请照着提示更正",
    "M12.alert": "请检查电脑是不是太忙", "M13": "请检查画面上的 AI 标识",
}  # fmt: skip


def sentence(standing: Standing, breaches: tuple[Breach, ...], doubts: tuple[str, ...]) -> str:
    """One sentence for people: what is the matter, what happens, what to do."""
    if standing == "ok":
        return "真人在场情况正常，虚拟主播可以说话。"
    if standing == "doubt":
        return f"{'；'.join(REASONS[d] for d in doubts)}，虚拟主播先不说话，真人照常播。"
    worst = breaches[0]
    told = f"{worst.metric.name}{shown(worst.metric)}，超过了{shown_value(worst.limit, worst.metric)}"
    if worst.metric.key in ("M2", "M6", "M7", "M8", "M9", "M13"):
        told = f"{worst.metric.name}只有{shown(worst.metric)}，低于{shown_value(worst.limit, worst.metric)}"
    then = {"warn": "", "act": "，虚拟主播先不说话", "stop": "，虚拟主播停播"}[standing]
    return f"{told}{then}，{ADVICE[worst.metric.key]}。"


def shown(metric: Metric) -> str:
    """The value as people read it."""
    return "没有数据" if metric.value is None else shown_value(metric.value, metric)


def shown_value(value: float, metric: Metric) -> str:
    """A value of this metric's kind as people read it."""
    if not metric.unit:
        return f" {value:.0%} "
    if metric.unit == "秒" and value >= 120:
        return f" {value / 60:.0f} 分钟"
    return f" {value:.1f} {metric.unit}" if value % 1 else f" {value:.0f} {metric.unit}"
