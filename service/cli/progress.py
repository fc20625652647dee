"""A bar of seconds of sound, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[float, float | None], None]
"""Seconds done, of so many where they are known."""


@contextmanager
def bar_of_seconds(title: str) -> Iterator[Progress]:
    """Shows the bar inside the block; yields the function that moves it."""
    from tqdm import tqdm

    with tqdm(unit="秒", desc=title, disable=not sys.stderr.isatty(), file=sys.stderr) as bar:

        def move(done: float, total: float | None) -> None:
            bar.total = round(total) if total else None
            bar.n = min(round(done), bar.total or round(done))
            bar.refresh()

        yield move
