"""M1 to M13: how much of a stream is people's, how fresh and how honest it is, each with its parts.

Definitions follow the project's study of rules (docs/compliance.md); no rule gives numbers. A metric without
anything to count has no value: it neither passes nor fails.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from compliance.presence import words
from compliance.presence.log import Log, han
from compliance.presence.timeline import Timeline
from core.events import Act

LONG_ENOUGH = 3
"""Seconds a person must speak in a row to end a stretch of AI."""
LOOK_BACK = 7200.0
"""Seconds in which a running stream looks for the last person."""
ON_TIME, MISSED = 2.0, 60.0
PROMPT = 0.5


@dataclass(frozen=True, slots=True)
class Metric:
    """A number with the parts it was made of: ``numerator`` of ``denominator`` in ``window`` seconds.

    ``value`` is None where nothing was there to count. ``detail`` are further parts by name.
    """

    key: str
    name: str
    value: float | None
    unit: str
    numerator: float
    denominator: float
    window: float
    detail: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Windows:
    """How far back each family of metrics looks, in seconds; ``whole`` makes one window of the stream."""

    talk: float = 1800.0
    facts: float = 300.0
    script: float = 1200.0
    answers: float = 1800.0
    proofs: float = 3600.0
    audits: float = 7 * 86400.0
    whole: bool = False

    @classmethod
    def all(cls, seconds: float) -> Windows:
        """The whole stream for the report; of freshness and live facts the worst window counts."""
        return cls(talk=seconds, answers=seconds, proofs=seconds, whole=True)

    @property
    def longest(self) -> float:
        """What must be remembered of a running stream, audits aside."""
        return max(self.talk, self.facts, 2 * self.script, self.answers, self.proofs)


def measure(
    log: Log, timeline: Timeline, now: float, windows: Windows | None = None, typed_counts: bool = True
) -> tuple[Metric, ...]:
    """All metrics at ``now``. ``typed_counts`` says whether typed lines are people's on this platform."""
    w = windows or Windows()
    return (
        ai_only(timeline, now, typed_counts, w.whole),
        talk_share(timeline, now, w.talk, typed_counts),
        system_latency(log, now, w.answers),
        *comment_latency(log, now, w.answers),
        freshness(log, timeline, now, w.script, w.whole),
        live_facts(log, now, w.facts, w.whole),
        coverage(log, now, w.answers),
        audited(log, now, w.audits),
        effectiveness(log, now, w.talk),
        proofs(log, now, w.proofs),
        takeover(log, now, w.answers),
        *corrections(log, now, w.answers),
        label_uptime(log, now, w.answers),
    )


def ai_only(timeline: Timeline, now: float, typed_counts: bool = True, longest: bool = False) -> Metric:
    """M1: seconds since a person last spoke or typed for three seconds, up to the last of the AI's sound."""
    people = ("human", "typed") if typed_counts else ("human",)
    since, spans, last = None, [0.0], 0.0
    person = 0
    for run in timeline.runs(0 if longest else now - LOOK_BACK, now):
        person = person + run.seconds if run.kind in people else 0
        if person >= LONG_ENOUGH:
            since, last = None, 0.0
        elif run.kind in ("ai", "prerendered"):
            since = run.start if since is None else since
            last = float(run.end - since)
            spans.append(last)
    value = max(spans) if longest else last
    begun = 0 if longest or since is None else since
    sounded = timeline.count("ai", "prerendered", start=begun, end=now) if value else 0
    return Metric("M1", "没有真人、只有 AI 的时间", value, "秒", value, now, now, (("AI 出声", sounded),))


def talk_share(timeline: Timeline, now: float, window: float, typed_counts: bool = True) -> Metric:
    """M2: people's seconds among all that sounded. Typed seconds are always told apart."""
    counts = {
        k: timeline.count(k, start=now - window, end=now) for k in ("human", "typed", "ai", "prerendered")
    }
    sounded = sum(counts.values())
    people = counts["human"] + (counts["typed"] if typed_counts else 0)
    detail = (
        ("真人说话", counts["human"]), ("真人打字", counts["typed"]), ("AI", counts["ai"]),
        ("录音", counts["prerendered"]), ("只算说话", counts["human"] / sounded if sounded else 0.0),
    )  # fmt: skip
    return Metric("M2", "真人占的比例", _share(people, sounded), "", people, sounded, window, detail)


def system_latency(log: Log, now: float, window: float) -> Metric:
    """M3: from the moment a comment is chosen to the first sound of its answer, p90."""
    begun = log.answer_began()
    waits = [
        begun[c] - v.at
        for c, v in log.decisions.items()
        if c in begun and v.action == "answer" and v.at > now - window
    ]
    fast = sum(w <= ON_TIME for w in waits)
    return Metric("M3", "选中提问到开口（九成以内）", quantile(waits, 0.9), "秒", fast, len(waits), window)


def comment_latency(log: Log, now: float, window: float) -> tuple[Metric, Metric]:
    """M4: from a question's arrival to the first sound of its answer, p90 and p50; over 60 s is a miss."""
    begun = log.answer_began()
    asked = [c for i, c in log.comments.items() if i in log.functional and i in begun and c.at > now - window]
    waits = [begun[c.id] - c.at for c in asked]
    soon = sum(w <= MISSED for w in waits)
    detail = (("超过 60 秒", len(waits) - soon),)
    return (
        Metric("M4", "提问到回答（九成以内）", quantile(waits, 0.9), "秒", soon, len(waits), window, detail),
        Metric(
            "M4.p50", "提问到回答（一半以内）", quantile(waits, 0.5), "秒", soon, len(waits), window, detail
        ),
    )


def freshness(log: Log, timeline: Timeline, now: float, window: float, whole: bool = False) -> Metric:
    """M5: the greater of repeated sound among all sound and 13-character script overlap between windows.

    Repeated sound are recordings found by fingerprint, and clauses the host says again in the same words.
    """
    ends = [now] if not whole else [min(now, t) for t in _steps(now, window)]
    worst = Metric("M5", "重复的内容", None, "", 0, 0, window)
    for end in ends:
        one = _freshness(log, timeline, end, window)
        if one.value is not None and (worst.value is None or one.value > worst.value):
            worst = one
    return worst


def _freshness(log: Log, timeline: Timeline, now: float, window: float) -> Metric:
    said = [v for v in log.voiced() if _purpose(log, v.line) != "notice"]
    earlier, again = set[str](), 0.0
    for one in sorted((v for v in said if now - window <= v.start < now), key=lambda v: v.start):
        text = han(one.text)
        if len(text) >= 4 and text in earlier:
            again += one.end - one.start
        earlier.add(text)
    sounded = timeline.count("human", "typed", "ai", "prerendered", start=now - window, end=now)
    repeated = timeline.count("prerendered", start=now - window, end=now) + again
    audio = _share(min(repeated, sounded), sounded)
    current = words.grams("".join(v.text for v in said if now - window <= v.start < now))
    before = words.grams("".join(v.text for v in said if now - 2 * window <= v.start < now - window))
    script = _share(len(current & before), len(current)) if before else None
    known = [x for x in (audio, script) if x is not None]
    by_script = script is not None and script >= (audio or 0.0)
    overlap = (float(len(current & before)), float(len(current)))
    parts = overlap if by_script else (repeated, float(sounded))
    detail = (("重复的声音", audio or 0.0), ("重复的话", script or 0.0))
    value = max(known, default=None)
    return Metric("M5", "重复的内容", value, "", parts[0], parts[1], window, detail)


def live_facts(log: Log, now: float, window: float, whole: bool = False) -> Metric:
    """M6: true things of this very moment that were said: the hour, a viewer's name, the stock."""
    ends = [now] if not whole else [t for t in _steps(now, window) if t <= now]
    found = [_live_facts(log, end, window) for end in ends] or [_live_facts(log, now, window)]
    return min(found, key=lambda m: math.inf if m.value is None else m.value)


def _live_facts(log: Log, now: float, window: float) -> Metric:
    def inside(start: float) -> bool:
        return now - window <= start < now

    said = [(s.text, s.start, s.wall) for s in log.human()]
    said += [(u.text, u.at, u.wall) for u in log.sounds.values()]
    said = [one for one in said if inside(one[1])]
    clock = sum(words.tells_time(text, wall) for text, _, wall in said)
    names = [(c.who, c.at) for c in log.comments.values() if len(c.who) >= 2]
    named = sum(
        any(who in text and at <= start <= at + window for who, at in names) for text, start, _ in said
    )
    stock = sum(
        any(s.fact and "stock" in s.fact.lower() for s in line.segments)
        for line in log.lines.values()
        if inside(line.at)
    )
    detail = (("报时", clock), ("叫名字", named), ("报库存", stock))
    value = float(clock + named + stock) if said else None
    return Metric("M6", "当场才知道的事", value, "件", clock + named + stock, len(said), window, detail)


def coverage(log: Log, now: float, window: float) -> Metric:
    """M7: answered questions among those the facts could answer; what expired unanswered counts."""
    begun = log.answer_began()
    lost = {n.subject for n in log.told("dialogue.ticket")}
    answerable = [
        i
        for i, c in log.comments.items()
        if c.at > now - window and (v := log.decisions.get(i)) is not None
        and (v.action == "answer" or (v.action == "ignore" and i in lost))
    ]  # fmt: skip
    answered = sum(i in begun for i in answerable)
    return Metric(
        "M7", "答上的提问", _share(answered, len(answerable)), "", answered, len(answerable), window
    )


def audited(log: Log, now: float, window: float) -> Metric:
    """M8: answers that a person who checks them found to the point and grounded: Wilson 95 % lower bound.

    Checks are acts of kind ``audit`` with ``line``, ``on_topic`` and ``grounded``; the last one of a line
    counts. Under 100 it is told, not judged.
    """
    audits = (a for a in log.acts if a.kind == "audit" and a.at > now - window)
    found = {a.detail.get("line", a.id): a for a in audits}.values()
    good = sum(bool(a.detail.get("on_topic")) and bool(a.detail.get("grounded")) for a in found)
    value = wilson_lower(good, len(found)) if found else None
    return Metric("M8", "抽查合格（保守估计）", value, "", good, len(found), window)


def effectiveness(log: Log, now: float, window: float) -> Metric:
    """M9: turns of people that belong to this stream: to a comment, to the host's words, to the goods."""
    turns = words.turns([s for s in log.human() if s.end > now - window])
    comments = [(c.text, c.at, c.at + 180.0) for c in log.comments.values()]
    host = [(v.text, v.start, v.end + 60.0) for v in log.voiced()]
    goods = [(line.product, line.at, line.at + 900.0) for line in log.lines.values() if line.product]
    linked = sum(
        any(
            since <= turn.end and turn.start <= until and words.linked(turn.text, text)
            for text, since, until in comments + host
        )
        or any(
            since <= turn.end and turn.start <= until and words.names(turn.text, text)
            for text, since, until in goods
        )
        for turn in turns
    )
    return Metric("M9", "真人说的话和直播有关", _share(linked, len(turns)), "", linked, len(turns), window)


def proofs(log: Log, now: float, window: float) -> Metric:
    """M10: phrases shown at random that nobody read aloud in time; the run of misses at the end is judged."""
    results = [n.code == "presence.proved" for n in log.notices
               if n.code in ("presence.proved", "presence.missed") and n.at > now - window]  # fmt: skip
    missed = next((i for i, good in enumerate(reversed(results)) if good), len(results))
    if results and len(log.told("presence.proved")) == 0:
        missed = len(results)
    detail = (("连着没念", missed),)
    value = float(missed) if results else None
    return Metric(
        "M10", "抽查在场没有应", value, "次", sum(not r for r in results), len(results), window, detail
    )


def takeover(log: Log, now: float, window: float) -> Metric:
    """M11: from a person's taking over to the host's silence, the longest, in seconds."""
    taken = [a for a in log.acts if a.kind == "take_over" and a.at > now - window]
    lags = [_silent_after(log, act) for act in taken]
    fast = sum(lag <= PROMPT for lag in lags)
    return Metric("M11", "接管后 AI 多久停", max(lags, default=None), "秒", fast, len(lags), window)


def _silent_after(log: Log, act: Act) -> float:
    return max((v.end - act.at for v in log.voiced() if v.start <= act.at < v.end), default=0.0)


def corrections(log: Log, now: float, window: float) -> tuple[Metric, Metric]:
    """M12: from a slip on air to the alert, and on to the correction; open ones count until now."""
    ends = {c.id: c.end for c in log.cues.values()}
    alerts = [v.at - ends[v.on] for v in log.alerts if v.on in ends and v.at > now - window]
    done = {n.subject: n.at for n in log.notices if n.code in ("ticket.closed", "ticket.dismissed")}
    opened = [n for n in log.told("ticket.open") if n.at > now - window]
    waits = [done.get(n.subject, now) - n.at for n in opened]
    closed = sum(n.subject in done for n in opened)
    return (
        Metric(
            "M12.alert",
            "说错话到提醒",
            max(alerts, default=None),
            "秒",
            sum(a <= 3 for a in alerts),
            len(alerts),
            window,
        ),
        Metric("M12", "提醒到当场更正（最久）", max(waits, default=None), "秒", closed, len(opened), window),
    )


def label_uptime(log: Log, now: float, window: float) -> Metric:
    """M13: frames with a valid AI label, by samples of the picture (notices ``label.sampled``, ``n/m``)."""
    samples = [n.subject.split("/") for n in log.told("label.sampled") if n.at > now - window]
    good, all_ = (sum(int(s[i]) for s in samples if len(s) == 2) for i in (0, 1))
    return Metric("M13", "画面带着 AI 标识", _share(good, all_), "", good, all_, window)


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value that ``share`` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def wilson_lower(good: int, n: int, z: float = 1.96) -> float:
    """Lower end of the 95 % score interval of ``good`` among ``n`` (Wilson 1927)."""
    share = good / n
    middle = share + z * z / (2 * n)
    return (middle - z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))) / (1 + z * z / n)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _steps(now: float, window: float) -> list[float]:
    """Ends of the windows that cover a stream."""
    return [window * (i + 1) for i in range(max(1, math.ceil(now / window)))]


def _purpose(log: Log, line: str) -> str:
    known = log.lines.get(line)
    return known.purpose if known else ""
