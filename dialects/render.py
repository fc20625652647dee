"""Dialect text into natural Mandarin with aligned notes: ``render(text) -> Rendering``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from core.events import Gloss
from dialects import compiled, grammar, groups, identify, lexicon, match, ordinary, phonology
from dialects.dictionary import Dictionary, assemble, compile_tables
from dialects.evidence import Reading
from dialects.grammar import Piece
from dialects.lexicon import FUNCTION_WORDS, GRAMMAR, Lexicon, Sense
from dialects.match import Parse
from dialects.sentence import Sentence
from dialects.spelling import Spellings

ABOUT_AS_LIKELY = 0.8
"""A group with this share of the best one's posterior has as much right where no group is named."""
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
    """Renders sentences; safe to share between threads.

    ``lexicons`` instead of the built-in ones; or ``user``, a folder of lexicons laid over the built-in
    ones, and ``cache``, the folder that keeps compiled tables.
    """

    def __init__(
        self,
        lexicons: Iterable[Lexicon] | None = None,
        *,
        user: Path | None = None,
        cache: Path | None = None,
    ) -> None:
        self.dictionary = load(lexicons, user, cache or compiled.default_folder())
        self.spellings = Spellings(self.dictionary)

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
        simple = self._simplify(text, vocabulary)
        sentence = Sentence(simple, self.spellings, vocabulary)
        odds = self.dictionary.affinity.weigh(sentence.own())
        if group:
            # Who has set a dialect speaks it: what reads as any reads as this one, Mandarin proves nothing.
            odds = {group: 0.0, groups.MANDARIN: min(odds[groups.MANDARIN], identify.EVEN)}
            candidates = [match.best_parse(sentence, group, weights[group])]
        else:
            candidates = match.parses(sentence, weights, odds)
        judgement = identify.judge(candidates, odds, weights, identify.near(simple))
        why = tuple(_explain(sentence, candidates, judgement, self.dictionary)) if explain else ()
        parse = judgement.parse
        if parse is not None and not judgement.clear:
            parse = _agreed(judgement, candidates, self.dictionary.senses)
        if parse is None or not parse.readings:
            return Rendering(text, judgement.group, judgement.confidence, text, (), why)
        pieces = grammar.arrange(simple, parse, self.dictionary.senses, self.dictionary.ordinary)
        mandarin, glosses = _compose(text, simple, judgement.group, pieces)
        return Rendering(text, judgement.group, judgement.confidence, mandarin, glosses, why)

    def _simplify(self, text: str, vocabulary: Collection[str]) -> str:
        """The text in simplified characters, one for one; product words as they stand."""
        simple = self.dictionary.simplify(text)
        if simple != text:
            for word in filter(None, vocabulary):
                for found in re.finditer(re.escape(word), text):
                    simple = simple[: found.start()] + word + simple[found.end() :]
        return simple


def _agreed(judgement: identify.Judgement, candidates: Sequence[Parse], senses: Sequence[Sense]) -> Parse:
    """The best parse without words that a group about as likely reads otherwise."""
    assert judgement.parse is not None
    best = judgement.posterior[judgement.parse.group]
    rivals = [
        p
        for p in candidates
        if p is not judgement.parse and judgement.posterior.get(p.group, 0.0) >= ABOUT_AS_LIKELY * best
    ]
    kept = tuple(
        r
        for r in judgement.parse.readings
        if not any(_otherwise(r, o, senses) for p in rivals for o in p.readings)
    )
    return replace(judgement.parse, readings=kept)


def _otherwise(a: Reading, b: Reading, senses: Sequence[Sense]) -> bool:
    """Whether two readings of the same stretch say different things."""
    same = (a.start, a.end) == (b.start, b.end)
    return same and _said(a, senses) != _said(b, senses)


def _said(reading: Reading, senses: Sequence[Sense]) -> str:
    if reading.mandarin is not None:
        return reading.mandarin
    return senses[reading.sense].mandarin if reading.sense >= 0 else ""


def _compose(
    text: str, simple: str, group: str | None, pieces: Iterable[Piece]
) -> tuple[str, tuple[Gloss, ...]]:
    out: list[str] = []
    glosses: list[Gloss] = []
    at = 0
    for piece in pieces:
        if piece.glossed:
            glosses.append(_gloss(text, simple, group, piece, at))
        out.append(piece.mandarin)
        at += len(piece.mandarin)
    return "".join(out), tuple(sorted(glosses, key=lambda g: g.start))


def _gloss(text: str, simple: str, group: str | None, piece: Piece, at: int) -> Gloss:
    """``group`` is the sentence's; a word of another group, or of a sentence of none, names no place."""
    content = [s for s in piece.senses if s.pos not in FUNCTION_WORDS] or piece.senses
    sense = content[0] if content else None
    at_home = sense is None or sense.group == group
    return Gloss(
        surface=text[piece.start : piece.end],
        start=piece.start,
        end=piece.end,
        mandarin=piece.mandarin,
        mandarin_start=at,
        mandarin_end=at + len(piece.mandarin),
        note=sense.note if sense else piece.note,
        region=groups.speech(group or "", sense.regions if sense else ()) if at_home else groups.speech(""),
        entry=sense.entry if sense else f"{group or 'shared'}/{AMOUNT}",
        function=sense is not None and _is_grammar(sense),
        word=_written(simple[piece.start : piece.end], sense) if len(piece.senses) == 1 and sense else "",
    )


def _written(surface: str, sense: Sense) -> str:
    """How the lexicon writes what was misspelt as ``surface``; empty where it is written so."""
    if surface in sense.surfaces:
        return ""
    return max(sense.surfaces, key=lambda s: (len(s) == len(surface), sum(map(str.__eq__, s, surface))))


def _is_grammar(sense: Sense) -> bool:
    """Whether a word is grammar with nothing to teach: particles; pronouns and adverbs without a note."""
    return sense.pos in GRAMMAR or (sense.pos in FUNCTION_WORDS and not sense.note)


def _explain(
    sentence: Sentence, candidates: Sequence[Parse], judgement: identify.Judgement, dictionary: Dictionary
) -> Iterable[str]:
    for parse in candidates:
        share = judgement.posterior.get(parse.group, 0.0)
        yield f"{parse.group}：得分 {parse.gain:.1f}（自证 {parse.alone:.1f}），可能性 {share:.2f}"
        for r in parse.readings:
            surface = sentence.text[r.start : r.end]
            sense = dictionary.senses[r.sense] if r.sense >= 0 else None
            entry = sense.entry if sense else f"{parse.group}/{AMOUNT}"
            said = r.mandarin if r.mandarin is not None or sense is None else sense.mandarin
            yield f"  {surface} → {said or '（省去）'}  [{entry}] {r.why} {r.gain:+.1f}"
    if judgement.parse is None:
        yield "不像方言，原样保留。"


def load(
    lexicons: Iterable[Lexicon] | None = None, user: Path | None = None, cache: Path | None = None
) -> Dictionary:
    """Compile ``lexicons``, or the built-in ones with those of the folder ``user`` over them.

    ``cache`` is the folder that keeps compiled tables. A bad line of a built-in lexicon is left out here
    and reported by ``xiangyin dialect check``; a bad user lexicon raises ``ConfigurationError``.
    """
    mandarin = ordinary.built_in()
    if lexicons is not None:
        return assemble(compile_tables(lexicons, phonology.mandarin_readings()), mandarin)
    files = [*lexicon.built_in_files(), *lexicon.user_files(user)]
    name = compiled.key(data for _, data in files)
    tables = compiled.load(name, cache) if cache else None
    if tables is None:
        tables = compile_tables(_lexicons(files, user), phonology.mandarin_readings())
        if cache:
            compiled.save(tables, name, cache)
    return assemble(tables, mandarin, name)


def _lexicons(files: Iterable[tuple[str, bytes]], user: Path | None) -> Iterator[Lexicon]:
    for file, data in files:
        found, problems = lexicon.read(data, file)
        if user is not None and Path(file).is_relative_to(user):
            yield lexicon.sound(found, problems)
        elif found is not None:
            yield found


@lru_cache(maxsize=1)
def default_renderer() -> Renderer:
    """The renderer over the built-in lexicons, made once."""
    return Renderer()


def render(text: str, *, group: str | None = None, vocabulary: Collection[str] = ()) -> Rendering:
    """Render one sentence with the built-in lexicons; ``group`` as a person names it."""
    return default_renderer().render(text, groups.parse(group), vocabulary)
