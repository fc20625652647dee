"""Second opinions by meaning, on comments and on questions, with the embedder that they were fitted on."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache, partial

from anchor.comments.meaning import Meaning, Opinion, Sparing
from anchor.comments.triage import Triage, triage
from backends import choose, load
from backends.embedders import BACKENDS
from core.errors import XiangyinError
from core.ports import Embedder
from core.text.kernel import EMBEDDER, Embed

_REMEMBERED = 256
"""Texts whose vectors are kept: what triage doubted is asked of the facts a moment later."""


@cache
def sentence_embedding() -> Embed | None:
    """Embeds a text, loaded once a process (a second, 70 MB); None where the embedder is missing."""
    try:
        embedder: Embedder = load(choose(BACKENDS, EMBEDDER))
    except XiangyinError:
        return None
    return lru_cache(_REMEMBERED)(lambda text: embedder.embed([text], kind="passage")[0])


@cache
def second_opinion() -> Opinion | None:
    """Triage's opinion by meaning; None where the embedder is missing."""
    embed = sentence_embedding()
    return None if embed is None else Meaning(embed)


def live_judge() -> Callable[[str], Triage]:
    """Triage for a show: the second opinion as often as its event loop can spare the time."""
    opinion = second_opinion()
    return triage if opinion is None else partial(triage, opinion=Sparing(opinion))
