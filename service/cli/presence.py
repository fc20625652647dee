"""``xiangyin presence``: who was on air in a room, and what the platforms allow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import InputError

if TYPE_CHECKING:
    from compliance.presence.metrics import Metric
    from compliance.presence.policy import Breach, Policy

Config = Annotated[Path | None, typer.Option("--config", help="设置文件（toml）。")]

LEVELS = {"ok": "正常", "warn": "提醒", "act": "AI 要停下", "stop": "AI 要停播"}


def register(app: typer.Typer) -> None:
    """Add the command group."""
    presence = typer.Typer(help="真人在场：这场直播真人占多少，平台许不许。", no_args_is_help=True)
    app.add_typer(presence, name="presence")
    presence.command("report", help="一个房间的在场报告：每项数字和它是怎么来的。")(_report)
    presence.command("platforms", help="各平台的规则：什么时候看的、管到哪天、许不许虚拟主播。")(_platforms)
    presence.command("reread", help="重看过平台规则、没有变化，记下今天的日期。")(_reread)


def _report(
    room: Annotated[str, typer.Argument(help="房间名。")] = "main",
    platform: Annotated[str, typer.Option("--platform", help="按哪个平台算；不写就按设置。")] = "",
    hours: Annotated[float, typer.Option("--hours", help="从最后一条记录往回算几小时。")] = 24.0,
    json_file: Annotated[Path | None, typer.Option("--json", help="另写一份 JSON。")] = None,
    config: Config = None,
) -> None:
    from compliance.ledger import Personal, References
    from compliance.presence.log import Log
    from compliance.presence.metrics import Windows, measure
    from compliance.presence.policy import choose, judge, load_policies
    from compliance.presence.timeline import Timeline
    from core.journal import read
    from core.settings import load
    from service.protocols.presence import metric_record

    settings = load(config).service
    folder = settings.data_dir / "rooms" / room / "events"
    if "/" in room or room.startswith(".") or not folder.is_dir():
        raise InputError("presence.no_room", f"没有房间“{room}”的记录。", "请检查房间名和数据文件夹。")
    policy = choose(load_policies(settings.data_dir / "platforms"), platform or settings.platform)
    personal = Personal(References(folder.parent / "references"))
    events = list(personal.events(read(folder)))
    since = max(0.0, Log.of(events).end - hours * 3600)
    log = Log.of(e for e in events if e.at >= since)
    timeline = Timeline.of(log.presences)
    metrics = measure(log, timeline, log.end, Windows.all(log.end - since), policy.typed_counts)
    breaches = judge(metrics, policy)
    typer.echo("\n".join(_lines(room, policy, metrics, breaches)))
    if json_file is not None:
        record = {
            "room": room,
            "platform": policy.name,
            "since": round(since, 1),
            "until": round(log.end, 1),
            "metrics": [metric_record(m, breaches) for m in metrics],
        }
        json_file.write_text(json.dumps(record, ensure_ascii=False, indent=2), encoding="utf-8")


def _lines(room: str, policy: Policy, metrics: tuple[Metric, ...], breaches: tuple[Breach, ...]) -> list[str]:
    from compliance.presence.meter import ADVICE, shown

    worst = {b.metric.key: b for b in reversed(breaches)}
    lines = [f"房间 {room}，按“{policy.title}”的规则（{policy.read} 看的，管到 {policy.until}）："]
    for metric in metrics:
        breach = worst.get(metric.key)
        limit = policy.limits.get(metric.key)
        state = LEVELS[breach.level] if breach else "没有数据" if metric.value is None else "正常"
        if metric.value is not None and limit and metric.denominator < limit.least:
            state = "数据太少，不判"
        value = "" if metric.value is None else shown(metric).strip()
        lines.append(f"  {metric.key:<9} {metric.name}：{value}　{state}{_parts(metric)}")
        if breach:
            lines.append(f"            该怎么办：{ADVICE[metric.key]}")
    counted = [m for m in metrics if m.value is not None]
    lines.append(f"共 {len(counted)} 项有数据，{len({b.metric.key for b in breaches})} 项超了限。")
    return lines


def _parts(metric: Metric) -> str:
    """What the number was made of."""
    if metric.value is None:
        return ""
    detail = "，".join(f"{name} {value:.2f}".replace(".00", "") for name, value in metric.detail)
    made = f"{metric.numerator:.0f} / {metric.denominator:.0f}，看了 {metric.window / 60:.0f} 分钟"
    return f"（{made}{detail and '；' + detail}）"


def _platforms(config: Config = None) -> None:
    from datetime import date

    from compliance.presence.policy import load_policies, refusal
    from core.settings import load

    settings = load(config).service
    today = date.today()
    for policy in load_policies(settings.data_dir / "platforms").values():
        chosen = "，现在用的" if policy.name == settings.platform else ""
        refused = refusal(policy, today, settings.platform_registration if chosen else "")
        typer.echo(
            f"{policy.name}（{policy.title}{chosen}）：{refused.message if refused else '可以用虚拟主播。'}"
        )
        typer.echo(f"  看规则：{policy.read}，{policy.reader}；管到 {policy.until}。来源：{policy.source}")
        if policy.note:
            typer.echo(f"  注意：{policy.note}")


def _reread(
    name: Annotated[str, typer.Argument(help="平台名，例如 douyin。")],
    reader: Annotated[str, typer.Option("--reader", help="谁看的。")],
    config: Config = None,
) -> None:
    from datetime import date

    from compliance.presence.policy import reread
    from core.settings import load

    path = reread(name, reader, date.today(), load(config).service.data_dir / "platforms")
    typer.echo(f"记下了：{path}")
