"""The second opinion of triage, with the embedder that it was fitted on."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from anchor.comments.meaning import EMBEDDER, Meaning, Opinion, Sparing
from anchor.comments.triage import Triage, triage
from backends import choose, load
from backends.embedders import BACKENDS
from core.errors import XiangyinError
from core.ports import Embedder


@cache
def second_opinion() -> Opinion | None:
    """The opinion by meaning, loaded once a process (a second, 70 MB); None where the embedder is missing."""
    try:
        embedder: Embedder = load(choose(BACKENDS, EMBEDDER))
    except XiangyinError:
        return None
    return Meaning(partial(embedder.embed, kind="passage"))


def live_judge() -> Callable[[str], Triage]:
    """Triage for a show: the second opinion as often as its event loop can spare the time."""
    opinion = second_opinion()
    return triage if opinion is None else partial(triage, opinion=Sparing(opinion))
