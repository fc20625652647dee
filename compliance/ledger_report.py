"""The ledger as a page for people: what was said and on what grounds, what was refused, who was there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from html import escape
from typing import Any

from compliance.ledger_verify import LedgerReport
from compliance.presence.log import Log
from compliance.presence.meter import shown
from compliance.presence.metrics import Windows, measure
from compliance.presence.timeline import Timeline
from core.codec import from_record

Record = dict[str, Any]

BEIJING = timezone(timedelta(hours=8), "北京时间")

EVENTS = {
    "Cue": "字幕",
    "Comment": "观众留言",
    "Line": "台词",
    "Verdict": "审核结论",
    "Utterance": "AI 语音",
    "Played": "播放",
    "Presence": "在场",
    "Act": "人的操作",
    "Notice": "提醒",
}
ACTS = {
    "take_over": "接管，AI 停声",
    "hand_back": "交还给 AI",
    "approve": "批准",
    "correct_cue": "改字幕",
    "correct": "口头更正",
    "answer": "回答观众",
    "erase": "删除个人资料",
}
JUDGES = {"claims": "商品资料", "guard": "合规", "triage": "留言筛选", "privacy": "个人信息"}
ACTIONS = {"block": "不让说", "rewrite": "要求改", "alert": "提醒主播更正"}
KINDS = {
    "human": "真人说话",
    "typed": "真人打字",
    "ai": "AI 说话",
    "prerendered": "提前录制",
    "silence": "安静",
}

_HEAD = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>直播记录</title>
<style>
body{font:18px/1.7 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse;width:100%}td,th{border:1px solid #bbb;padding:.3rem .6rem;text-align:left}
th{background:#f3f3f3}td:first-child{white-space:nowrap}.good{color:#17602f}.bad{color:#a3170c}
</style>
"""


def report(
    room: str, records: Iterable[Record], found: LedgerReport, facts: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The page in pieces of HTML; ``records`` are the journal's, in order.

    ``facts`` says by the id of a fact what it is and in which cell of which file it stands.
    """
    show = _Show(records, facts or {})
    yield _HEAD
    yield f"<h1>直播记录：{escape(room)}</h1>\n"
    yield f'<p class="{"good" if found.ok else "bad"}">{escape(found.sentence())}</p>\n'
    yield f"<p>{escape(show.summary())}</p>\n"
    yield from _table("AI 说了什么", ("时间", "说的话", "播出"), show.spoken())
    yield from _table("AI 的话依据什么", ("时间", "台词", "依据的资料和出处", "审核"), show.grounds())
    yield from _table("口头提醒观众这是 AI", ("时间", "说的话", "离上一次（分钟）"), show.told())
    yield from _table("真人说了什么", ("时间", "原话", "字幕"), show.captions)
    yield from _table("拒绝和提醒了什么，为什么", ("时间", "结论", "内容", "原因"), show.refused)
    yield from _table("更正", ("时间", "谁", "原来", "改成"), show.corrected)
    yield from _table("谁接管、谁做了什么", ("时间", "谁", "做了什么", "详情"), show.acts)
    yield from _table("系统提醒", ("时间", "内容"), show.notices)
    yield from _table("谁在场多久", ("谁", "分钟"), show.presence())
    yield from _table("真人在场的指标", ("指标", "数值", "怎么算的"), show.metrics())


class _Show:
    """The events sorted into the tables of the page."""

    def __init__(self, records: Iterable[Record], facts: Mapping[str, str]) -> None:
        self._facts = facts
        self._log = Log()
        self._lines: dict[str, tuple[str, Record]] = {}
        self._judged: defaultdict[str, list[str]] = defaultdict(list)
        self.captions: list[tuple[str, ...]] = []
        self.refused: list[tuple[str, ...]] = []
        self.corrected: list[tuple[str, ...]] = []
        self.acts: list[tuple[str, ...]] = []
        self.notices: list[tuple[str, ...]] = []
        self._utterances: list[tuple[str, str, str]] = []
        self._heard: defaultdict[str, float] = defaultdict(float)
        self._presence: defaultdict[str, float] = defaultdict(float)
        self._texts: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._first = self._last = ""
        for record in records:
            self._take(record)

    def summary(self) -> str:
        """From when to when, and how many of each event."""
        counts = "，".join(f"{EVENTS.get(name, name)} {n} 条" for name, n in self._counts.most_common())
        return f"{self._first} 到 {self._last}（{BEIJING}）。{counts}。" if counts else "还没有记录。"

    def spoken(self) -> Iterator[tuple[str, ...]]:
        """What the AI's voice said, and how much of it was heard."""
        for when, name, text in self._utterances:
            seconds = self._heard[name]
            yield when, text, f"{seconds:.1f} 秒" if seconds else "没有播出"

    def presence(self) -> Iterator[tuple[str, ...]]:
        """Minutes of each kind."""
        for kind, seconds in self._presence.items():
            yield KINDS.get(kind, kind), f"{seconds / 60:.1f}"

    def grounds(self) -> Iterator[tuple[str, ...]]:
        """Each line with the facts that carry it, and what claims and guard said of it."""
        for name, (when, line) in self._lines.items():
            bound = dict.fromkeys(s["fact"] for s in line["segments"] if s.get("fact"))
            grounds = "；".join(self._facts.get(fact, f"资料 {fact}") for fact in bound)
            yield when, self._texts[name], grounds or "没有说到商品资料", "，".join(self._judged[name])

    def told(self) -> Iterator[tuple[str, ...]]:
        """The spoken notices that an AI speaks, as far as they were heard."""
        before = None
        for when, name, text in self._utterances:
            sound = self._log.sounds[name]
            line = self._log.lines.get(sound.line)
            if line is None or line.purpose != "notice" or not self._heard[name]:
                continue
            yield when, text, "" if before is None else f"{(sound.at - before) / 60:.1f}"
            before = sound.at

    def metrics(self) -> Iterator[tuple[str, ...]]:
        """M1 to M13 over the whole stream, each with its parts."""
        log = self._log
        found = measure(log, Timeline.of(log.presences), log.end, Windows.all(log.end)) if log.end else ()
        for metric in found:
            if metric.value is not None:
                parts = [f"{metric.numerator:g} / {metric.denominator:g}"]
                parts += [f"{name} {value:.4g}" for name, value in metric.detail]
                yield f"{metric.key} {metric.name}", shown(metric).strip(), "，".join(parts)

    def _take(self, record: Record) -> None:
        name = str(record.get("event", "其他"))
        self._counts[name] += 1
        when = _time(record.get("wall"))
        self._first, self._last = self._first or when, when or self._last
        takers = {
            "Cue": self._cue,
            "Comment": self._comment,
            "Line": self._line,
            "Utterance": self._utterance,
            "Verdict": self._verdict,
            "Act": self._act,
            "Notice": self._notice,
        }
        if name in takers or name in ("Played", "Presence"):
            self._log.add(from_record(record))
        if name in takers:
            takers[name](record, when)
        elif name == "Played":
            self._heard[record["utterance"]] += record["end"] - record["start"]
        elif name == "Presence":
            self._presence[record["kind"]] += record["seconds"]

    def _cue(self, record: Record, when: str) -> None:
        self._texts[record["id"]] = self._texts[record["cue"]] = record["mandarin"]
        self.captions.append((when, record["raw"], record["mandarin"]))

    def _comment(self, record: Record, when: str) -> None:
        self._texts[record["id"]] = f"观众问：{record['text']}"

    def _line(self, record: Record, when: str) -> None:
        self._texts[record["id"]] = "".join(segment["text"] for segment in record["segments"])
        self._lines[record["id"]] = when, record

    def _utterance(self, record: Record, when: str) -> None:
        self._utterances.append((when, record["id"], record["text"]))

    def _verdict(self, record: Record, when: str) -> None:
        judged = f"{JUDGES.get(record['by'], record['by'])}：{ACTIONS.get(record['action'], '通过')}"
        self._judged[record["on"]].append(judged)
        if record["action"] not in ACTIONS:
            return
        reasons = [
            (f"“{f['surface']}”" if f["surface"] else "")
            + f["reason"]
            + (f"（{f['law']}）" if f.get("law") else "")
            for f in record["findings"]
        ]
        if record.get("suggestion"):
            reasons.append(f"建议：{record['suggestion']}")
        self.refused.append((when, judged, self._text_of(record["on"]), "；".join(reasons)))

    def _text_of(self, event: str) -> str:
        return self._texts.get(event, event)

    def _act(self, record: Record, when: str) -> None:
        kind, detail = str(record["kind"]), record["detail"]
        if kind.startswith("correct"):
            before, after = str(detail.get("before", "")), str(detail.get("after", ""))
            self.corrected.append((when, record["who"], before, after))
            return
        if kind == "erase":
            why = "到期" if detail.get("why") == "expired" else "有人要求"
            sounds = detail.get("sounds")
            count = {"声音": f"{sounds} 段"} if sounds else {"份数": len(detail.get("references", [1]))}
            detail = {"原因": why} | count
        told = "，".join(f"{key}：{value}" for key, value in detail.items())
        self.acts.append((when, record["who"], ACTS[kind] if kind in ACTS else kind, told))

    def _notice(self, record: Record, when: str) -> None:
        self.notices.append((when, record["text"]))


def _time(wall: object) -> str:
    if not isinstance(wall, str):
        return ""
    return datetime.fromisoformat(wall).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _table(title: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"<h2>{title}</h2>\n"
    begun = False
    for row in rows:
        if not begun:
            yield "<table><tr>" + "".join(f"<th>{c}</th>" for c in columns) + "</tr>\n"
            begun = True
        yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n"
    yield "</table>\n" if begun else "<p>没有。</p>\n"
