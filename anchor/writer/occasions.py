"""When something is said: the season, the part of the day. Small talk that needs one is tagged."""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args

Season = Literal["spring", "summer", "autumn", "winter"]
DayPart = Literal["morning", "noon", "evening", "night"]
Occasion = Season | DayPart
SEASONS: tuple[Season, ...] = get_args(Season)
DAY_PARTS: tuple[DayPart, ...] = get_args(DayPart)
OCCASIONS: tuple[Occasion, ...] = (*SEASONS, *DAY_PARTS)


def season(day: date) -> Season:
    """The meteorological season of the northern hemisphere."""
    return SEASONS[(day.month - 3) % 12 // 3]


def day_part(hour: int) -> DayPart | None:
    """The part of the day at ``hour`` of 24; None in the afternoon, which nobody greets."""
    if 5 <= hour < 10:
        return "morning"
    if 11 <= hour < 14:
        return "noon"
    if 17 <= hour < 21:
        return "evening"
    return "night" if hour >= 21 or hour < 4 else None


def occasions(day: date, hour: int | None = None) -> frozenset[Occasion]:
    """What holds on ``day`` at ``hour`` (None: the hour is not known)."""
    part = None if hour is None else day_part(hour)
    return frozenset({season(day), *([part] if part else [])})


def fits(tags: tuple[Occasion, ...], held: frozenset[Occasion]) -> bool:
    """Whether something tagged with ``tags`` may be said: of each axis it names, one must hold."""
    axes = ([tag for tag in tags if tag in SEASONS], [tag for tag in tags if tag in DAY_PARTS])
    return all(not axis or not held.isdisjoint(axis) for axis in axes)
