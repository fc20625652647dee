"""Dialect text into natural Mandarin with aligned notes: ``render(text) -> Rendering``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.events import Gloss
from dialects import grammar, groups, identify, lexicon, match, ordinary, phonology
from dialects.dictionary import Dictionary, build
from dialects.lexicon import FUNCTION_WORDS, Lexicon
from dialects.grammar import Piece
from dialects.match import Path, Sentence


AMOUNT = "#amount"
"""The entry name of a money or quantity word rendered by rule."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """A caption's text in Mandarin. Gloss spans are code points into ``text`` and ``mandarin``.

    ``group`` is None where the program abstains; ``explain`` says what was considered and why.
    """

    text: str
    group: str | None
    confidence: float
    mandarin: str
    glosses: tuple[Gloss, ...] = ()
    explain: tuple[str, ...] = ()


class Renderer:
    """Renders sentences by a set of lexicons. Thread-safe: nothing changes after construction."""

    def __init__(
        self,
        lexicons: Iterable[Lexicon] | None = None,
        *,
        dictionary: Dictionary | None = None,
    ) -> None:
        self.dictionary = dictionary or load(lexicons)

    def render(
        self,
        text: str,
        group: str | None = None,
        vocabulary: Collection[str] = (),
        prior: Mapping[str, float] | None = None,
        explain: bool = False,
    ) -> Rendering:
        """Render one sentence.

        ``group`` is the seller's setting (None for automatic, ``mandarin`` for plain), ``vocabulary``
        product words to leave alone, ``prior`` nats to add to groups (see ``GroupTracker.prior``).
        """
        if group == groups.MANDARIN or not text.strip():
            return Rendering(text, None, 1.0, text)
        weights = dict(prior or {})
        if group:
            weights[group] = weights.get(group, 0.0) + identify.SET_BONUS
        sentence = Sentence(text, self.dictionary, vocabulary)
        candidates = (
            [match.best_path(sentence, group, weights[group])] if group else match.paths(sentence, weights)
        )
        judgement = identify.judge(candidates, weights)
        why = tuple(_explain(sentence, candidates, judgement, self.dictionary)) if explain else ()
        if judgement.path is None:
            return Rendering(text, None, judgement.confidence, text, (), why)
        mandarin, glosses = _compose(text, judgement.path, self.dictionary)
        return Rendering(text, judgement.group, judgement.confidence, mandarin, glosses, why)


def _compose(text: str, path: Path, dictionary: Dictionary) -> tuple[str, tuple[Gloss, ...]]:
    out: list[str] = []
    glosses: list[Gloss] = []
    at = 0
    for piece in grammar.arrange(text, path, dictionary.senses, dictionary.ordinary):
        if piece.glossed:
            glosses.append(_gloss(text, path.group, piece, at))
        out.append(piece.mandarin)
        at += len(piece.mandarin)
    return "".join(out), tuple(sorted(glosses, key=lambda g: g.start))


def _gloss(text: str, group: str, piece: Piece, at: int) -> Gloss:
    content = [s for s in piece.senses if s.pos not in FUNCTION_WORDS] or piece.senses
    sense = content[0] if content else None
    return Gloss(
        surface=text[piece.start : piece.end],
        start=piece.start,
        end=piece.end,
        mandarin=piece.mandarin,
        mandarin_start=at,
        mandarin_end=at + len(piece.mandarin),
        note=sense.note if sense else piece.note,
        region="、".join(sense.regions if sense else ()) or groups.BY_NAME[group].chinese,
        entry=sense.entry if sense else f"{group}/{AMOUNT}",
        function=sense is not None and sense.pos in FUNCTION_WORDS,
    )


def _explain(
    sentence: Sentence, candidates: Sequence[Path], judgement: identify.Judgement, dictionary: Dictionary
) -> Iterable[str]:
    for path in candidates:
        share = judgement.posterior.get(path.group, 0.0)
        yield f"{path.group}：得分 {path.gain:.1f}（自证 {path.alone:.1f}），可能性 {share:.2f}"
        for r in path.readings:
            surface = sentence.text[r.start : r.end]
            if r.mandarin is not None:
                yield f"  {surface} → {r.mandarin}  [数额] {r.why} {r.gain:+.1f}"
                continue
            sense = dictionary.senses[r.sense]
            yield f"  {surface} → {sense.mandarin or '（省去）'}  [{sense.entry}] {r.why} {r.gain:+.1f}"
    if judgement.path is None:
        yield "不像方言，原样保留。"


def load(lexicons: Iterable[Lexicon] | None = None) -> Dictionary:
    """Compile the built-in lexicons (or those given) with the Mandarin tables."""
    chosen = list(lexicons) if lexicons is not None else list(built_in_lexicons())
    return build(chosen, ordinary.built_in(), phonology.mandarin_readings())


def built_in_lexicons() -> Iterable[Lexicon]:
    """The lexicons that ship with the program; a bad line is left out here and reported by ``check``."""
    for file, data in lexicon.built_in_files():
        found, _ = lexicon.read(data, file)
        if found is not None:
            yield found


@lru_cache(maxsize=1)
def default_renderer() -> Renderer:
    """The renderer over the built-in lexicons, made once."""
    return Renderer()


def render(text: str, *, group: str | None = None, vocabulary: Collection[str] = ()) -> Rendering:
    """Render one sentence with the built-in lexicons."""
    return default_renderer().render(text, groups.parse(group), vocabulary)
