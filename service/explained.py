"""How a caption came about, for a person: heard, expected, repaired, rendered, glossed, or dropped."""

from __future__ import annotations

from captioning.file import Told
from captioning.hearing import Dropped
from core.events import Cue

REASONS = {
    "empty": "没有字",
    "no_speech": "没有人说话",
    "hallucination": "像是识别模型自己编的",
    "loop": "同一句话没完没了地重复",
    "too_fast": "字太多，人说不了这么快",
    "low_confidence": "听不清",
}
WHY = {"word": "商品词", "amount": "价钱"}
ALMOST = 3
"""So many words that were nearly taken are told of."""


def explanation(told: Told) -> str:
    """Several lines about one segment."""
    outcome = told.outcome
    lines = [f"{outcome.start:.1f}–{outcome.end:.1f} 秒  听到：{told.heard}（把握 {told.confidence:.2f}）"]
    if told.hotwords:
        lines.append(f"提示过的词：{'、'.join(told.hotwords)}")
    lines += _dropped(outcome) if isinstance(outcome, Dropped) else _shown(told, outcome)
    return "\n    ".join(lines) + "\n"


def _dropped(dropped: Dropped) -> list[str]:
    return [f"没有写：{REASONS.get(dropped.reason, dropped.reason)}（{dropped.reason}）"]


def _shown(told: Told, cue: Cue) -> list[str]:
    gains = {(c.start, c.became): c.gain for c in told.considered}
    lines = [
        f"按读音改：“{r.heard}”→“{r.became}”（{WHY[r.why]}，好 {gains.get((r.start, r.became), 0.0):.1f}）"
        for r in cue.repairs
    ]
    almost = sorted((c for c in told.considered if not c.taken), key=lambda c: c.gain - c.needs)[-ALMOST:]
    lines += [
        f"没有改：“{told.heard[c.start : c.end]}”像“{c.became}”（好 {c.gain:.1f}，要 {c.needs:.1f}）"
        for c in reversed(almost)
    ]
    lines.append(f"普通话：{cue.mandarin}（{cue.group or '没听出是哪里话'}）")
    lines += [
        f"方言：“{g.surface}”→“{g.mandarin}”{f'（{g.region}：{g.note}）' if g.region or g.note else ''}"
        for g in cue.glosses
    ]
    return lines
