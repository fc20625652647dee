"""What each platform allows: policies as data, and what a metric means under one.

A policy says where it was read, when and by whom. One that is too old, or that forbids an AI host, refuses to
go on air and says why in one sentence. People are never refused: only the AI host is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal

from compliance.presence.metrics import Metric
from core.errors import ConfigurationError, RefusedError

Host = Literal["allowed", "registered", "refused"]
Level = Literal["ok", "warn", "act", "stop"]
LEVELS: tuple[Level, ...] = ("ok", "warn", "act", "stop")

LESS_IS_WORSE = frozenset({"M2", "M6", "M7", "M8", "M9", "M13"})
KEYS = (
    "M1",
    "M2",
    "M3",
    "M4",
    "M4.p50",
    "M5",
    "M6",
    "M7",
    "M8",
    "M9",
    "M10",
    "M11",
    "M12",
    "M12.alert",
    "M13",
)
_REQUIRED = ("title", "host", "source", "read", "reader", "valid_days")
_TEXTS = ("title", "host", "source", "reader", "why", "needs", "note", "like")
_OTHER = ("read", "valid_days", "typed_counts", "proofs_per_hour", "proof_seconds", "limits")


@dataclass(frozen=True, slots=True)
class Limit:
    """From where on a metric warns, silences the AI, ends its show. ``least`` is the denominator it takes to
    judge at all: a share of the first ten seconds says nothing.
    """

    warn: float | None = None
    act: float | None = None
    stop: float | None = None
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class Policy:
    """One platform's rules for an AI host. ``needs`` names what the operator must have for ``registered``."""

    name: str
    title: str
    host: Host
    source: str
    read: date
    reader: str
    valid_days: int
    limits: Mapping[str, Limit]
    why: str = ""
    needs: str = ""
    note: str = ""
    typed_counts: bool = True
    proofs_per_hour: float = 2.0
    proof_seconds: float = 10.0

    @property
    def until(self) -> date:
        """The last day it may be relied on without being read again."""
        return self.read + timedelta(days=self.valid_days)


@dataclass(frozen=True, slots=True)
class Breach:
    """A metric beyond a limit."""

    metric: Metric
    level: Level
    limit: float


def refusal(policy: Policy, today: date, registration: str = "") -> RefusedError | None:
    """Why an AI host may not go on air there, or None. ``registration`` is what the operator holds."""
    if policy.host == "refused":
        return RefusedError(
            "platform.forbidden",
            f"{policy.title}不让用虚拟主播卖货：{policy.why}。",
            "真人直播和字幕照常能用。",
        )
    if not policy.read <= today <= policy.until:
        return RefusedError(
            "platform.stale",
            f"{policy.title}的规则是 {policy.read} 看的，超过 {policy.valid_days} 天没有再核对，"
            "虚拟主播先不能开播。",
            f"请重看平台规则，再运行：xiangyin presence reread {policy.name} --reader 你的名字",
        )
    if policy.host == "registered" and not registration.strip():
        return RefusedError(
            "platform.unregistered",
            f"{policy.title}的虚拟主播要先有{policy.needs}，现在没有填。",
            "办好以后填进设置 service.platform_registration。",
        )
    return None


def judge(metrics: Iterable[Metric], policy: Policy) -> tuple[Breach, ...]:
    """Every metric beyond a limit, the worst first."""
    found = [b for m in metrics if (limit := policy.limits.get(m.key)) and (b := _breach(m, limit))]
    return tuple(sorted(found, key=lambda b: -LEVELS.index(b.level)))


def _breach(metric: Metric, limit: Limit) -> Breach | None:
    if metric.value is None or metric.denominator < limit.least:
        return None
    for level in reversed(LEVELS[1:]):
        bound: float | None = getattr(limit, level)
        if bound is not None and _beyond(metric, bound):
            return Breach(metric, level, bound)
    return None


def _beyond(metric: Metric, bound: float) -> bool:
    assert metric.value is not None
    if metric.key in LESS_IS_WORSE:
        return metric.value < bound
    return metric.value >= bound if metric.key in ("M1", "M10") else metric.value > bound


def level(breaches: Sequence[Breach]) -> Level:
    """The worst of them."""
    return max((b.level for b in breaches), key=LEVELS.index, default="ok")


def load_policies(own: Path | None = None) -> dict[str, Policy]:
    """All policies by name; those in the folder ``own`` replace the house's.

    Raises ConfigurationError (``platform.bad_file``) naming file, line and key.
    """
    files: list[Traversable | Path] = [
        f for f in (resources.files("compliance") / "platforms").iterdir() if f.name.endswith(".toml")
    ]
    if own is not None and own.is_dir():
        files += sorted(own.glob("*.toml"))
    texts = {f.name.removesuffix(".toml"): f.read_text(encoding="utf-8") for f in files}
    raw = {name: _parsed(name, text) for name, text in texts.items()}
    return {name: _policy(name, raw, texts[name]) for name in sorted(raw, key=lambda n: (n != "generic", n))}


def choose(policies: Mapping[str, Policy], name: str) -> Policy:
    """The policy of a platform; raises ConfigurationError (``platform.unknown``) with the choices."""
    if name not in policies:
        raise ConfigurationError(
            "platform.unknown", f"没有平台“{name}”的规则。", f"能用的有：{'、'.join(policies)}。"
        )
    return policies[name]


def reread(name: str, reader: str, today: date, own: Path) -> Path:
    """Write down that ``reader`` read a platform's rules again and found them unchanged; the new file."""
    choose(load_policies(own), name)
    path = own / f"{name}.toml"
    held = path if path.exists() else resources.files("compliance") / "platforms" / f"{name}.toml"
    text = re.sub(r"(?m)^read = .*$", f"read = {today}", held.read_text(encoding="utf-8"), count=1)
    signed = re.sub(r"(?m)^reader = .*$", lambda _: f"reader = {_quoted(reader)}", text, count=1)
    own.mkdir(parents=True, exist_ok=True)
    path.write_text(signed, encoding="utf-8")
    return path


def _quoted(text: str) -> str:
    return '"' + re.sub(r'[\\"\x00-\x1f]', "", text) + '"'


def _parsed(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError("platform.bad_file", f"平台规则 {name}.toml 写得不对：{error}。") from error


def _policy(name: str, raw: Mapping[str, dict[str, Any]], text: str) -> Policy:
    own = raw[name]
    for key in own:
        if key not in (*_TEXTS, *_OTHER):
            raise _bad(name, text, key, "没有这一项")
    missing = [key for key in _REQUIRED if key not in own]
    if missing:
        raise _bad(name, text, "", f"缺少{'、'.join(missing)}")
    like = own.get("like", "")
    if like and like not in raw:
        raise _bad(name, text, "like", f"没有平台“{like}”")
    if own["host"] not in ("allowed", "registered", "refused"):
        raise _bad(name, text, "host", "只能是 allowed、registered 或 refused")
    for key, kind in (("read", date), ("valid_days", int)):
        if not isinstance(own[key], kind):
            raise _bad(name, text, key, "要写日期" if kind is date else "要写天数")
    for key in ("source", "reader"):
        if not str(own[key]).strip():
            raise _bad(name, text, key, "不能空着")
    inherited = {
        k: v
        for k, v in raw.get(like, {}).items()
        if k in ("typed_counts", "proofs_per_hour", "proof_seconds")
    }
    limits = {**raw.get(like, {}).get("limits", {}), **own.get("limits", {})}
    rest = {k: v for k, v in own.items() if k not in ("limits", "like")}
    return Policy(
        name=name, limits={k: _limit(name, text, k, v) for k, v in limits.items()}, **(inherited | rest)
    )


def _limit(name: str, text: str, key: str, value: Any) -> Limit:
    if key not in KEYS:
        raise _bad(name, text, key, f"没有这个指标，有的是{'、'.join(KEYS)}")
    try:
        limit = Limit(**{k: float(v) for k, v in value.items()})
    except (TypeError, ValueError, AttributeError) as error:
        raise _bad(name, text, key, "只能写 warn、act、stop、least 四个数") from error
    steps = [x for x in (limit.warn, limit.act, limit.stop) if x is not None]
    if steps != sorted(steps, reverse=key in LESS_IS_WORSE):
        raise _bad(name, text, key, "warn、act、stop 要一个比一个严")
    return limit


def _bad(name: str, text: str, key: str, what: str) -> ConfigurationError:
    lines = text.splitlines()
    found = (i for i, line in enumerate(lines, 1) if key and re.match(rf'"?{re.escape(key)}"?\s*=', line))
    where = f" 第 {number} 行" if (number := next(found, 0)) else ""
    return ConfigurationError(
        "platform.bad_file", f"平台规则 {name}.toml{where}{key and ' ' + key}：{what}。"
    )
