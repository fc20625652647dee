"""The ledger as a page for people: what was said, what was refused and why, corrections, who took over."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from html import escape
from typing import Any

from compliance.ledger_verify import LedgerReport

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
    "erase": "按要求删除个人资料",
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


def report(room: str, records: Iterable[Record], found: LedgerReport) -> Iterator[str]:
    """The page in pieces of HTML; ``records`` are the journal's, in order."""
    show = _Show(records)
    yield _HEAD
    yield f"<h1>直播记录：{escape(room)}</h1>\n"
    yield f'<p class="{"good" if found.ok else "bad"}">{escape(found.sentence())}</p>\n'
    yield f"<p>{escape(show.summary())}</p>\n"
    yield from _table("AI 说了什么", ("时间", "说的话", "播出"), show.spoken())
    yield from _table("真人说了什么", ("时间", "原话", "字幕"), show.captions)
    yield from _table("拒绝和提醒了什么，为什么", ("时间", "结论", "内容", "原因"), show.refused)
    yield from _table("更正", ("时间", "谁", "原来", "改成"), show.corrected)
    yield from _table("谁接管、谁做了什么", ("时间", "谁", "做了什么", "详情"), show.acts)
    yield from _table("系统提醒", ("时间", "内容"), show.notices)
    yield from _table("谁在场多久", ("谁", "分钟"), show.presence())


class _Show:
    """The events sorted into the tables of the page."""

    def __init__(self, records: Iterable[Record]) -> None:
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

    def _utterance(self, record: Record, when: str) -> None:
        self._utterances.append((when, record["id"], record["text"]))

    def _verdict(self, record: Record, when: str) -> None:
        if record["action"] not in ACTIONS:
            return
        reasons = [
            f"“{f['surface']}”{f['reason']}" + (f"（{f['law']}）" if f.get("law") else "")
            for f in record["findings"]
        ]
        if record.get("suggestion"):
            reasons.append(f"建议：{record['suggestion']}")
        judged = f"{JUDGES.get(record['by'], record['by'])}：{ACTIONS[record['action']]}"
        self.refused.append((when, judged, self._text_of(record["on"]), "；".join(reasons)))

    def _text_of(self, event: str) -> str:
        return self._texts.get(event, event)

    def _act(self, record: Record, when: str) -> None:
        kind, detail = str(record["kind"]), record["detail"]
        if kind.startswith("correct"):
            before, after = str(detail.get("before", "")), str(detail.get("after", ""))
            self.corrected.append((when, record["who"], before, after))
            return
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
