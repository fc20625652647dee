"""From a path of dialect words to pieces of Mandarin: what belongs together, and where word order differs.

A piece covers a stretch of the source. Pieces always cover the source exactly once; only their order in
the Mandarin may differ from the source. Rules change order only where the pattern is certain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dialects.lexicon import Sense
from dialects.match import Parse
from dialects.ordinary import Ordinary, is_han


@dataclass(frozen=True, slots=True)
class Piece:
    """``text[start:end]`` said in Mandarin. ``senses`` and ``note`` are empty where nothing was rendered."""

    start: int
    end: int
    mandarin: str
    senses: tuple[Sense, ...] = ()
    note: str = ""
    glossed: bool = False

    @property
    def pos(self) -> str:
        """Part of speech of a single rendered word, else empty."""
        return self.senses[0].pos if len(self.senses) == 1 else ""


def pieces(text: str, parse: Parse, senses: Sequence[Sense]) -> list[Piece]:
    """The sentence as pieces: rendered words and what stands between them."""
    out: list[Piece] = []
    at = 0
    for r in parse.readings:
        if r.start > at:
            out.append(Piece(at, r.start, text[at : r.start]))
        if r.sense < 0:
            out.append(Piece(r.start, r.end, r.mandarin or "", note=r.why, glossed=True))
        else:
            sense = senses[r.sense]
            said = sense.mandarin if r.mandarin is None else r.mandarin
            out.append(Piece(r.start, r.end, said, (sense,), sense.note, True))
        at = r.end
    if at < len(text):
        out.append(Piece(at, len(text), text[at:]))
    return [_once(piece, after) for piece, after in zip(out, [*out[1:], None], strict=True)]


_PARTICLES = frozenset("了的着呢吗")


def _once(piece: Piece, after: Piece | None) -> Piece:
    """Without a closing particle that what follows says again: 坏了 before 了 is 坏."""
    said = piece.mandarin
    if (
        piece.glossed
        and len(said) > 1
        and said[-1] in _PARTICLES
        and after
        and after.mandarin[:1] == said[-1]
    ):
        return replace(piece, mandarin=said[:-1])
    return piece


_NEGATIONS = frozenset("不 没 别 没有 不要 不用 不会 不能 没法".split())
_THIS_MUCH = frozenset("这么 那么".split())
_THESE = frozenset("这 那 哪 整 每".split())
_ASPECT = frozenset("了 着 过 完 掉".split())
_PLACING = frozenset("在 到 给".split())
_DIRECTION = frozenset("来 去 上 下 起 出 回 进 下去 下来 起来 出来 过来 上来 回来".split())
_COMPLEMENT = frozenset("下 着 到 起 完 了 住 动 出 掉 得 开 上 下去 下来 起来 出来 干净 清楚".split())


def _belongs(left: Piece, right: Piece) -> bool:
    """Whether two adjacent rendered words are one thing to a viewer (唔 + 买, 咁 + 平, 食 + 咗)."""
    if not left.mandarin or not right.mandarin or not left.senses or not right.senses:
        return False
    verb_left, verb_right = left.pos in ("v", "aux"), right.pos in ("v", "adj", "aux")
    return (
        (left.mandarin in _NEGATIONS and verb_right)
        or (left.mandarin in _THIS_MUCH and right.pos == "adj")
        or (left.mandarin in _THESE and right.pos == "clf")
        or (verb_left and (right.mandarin in _ASPECT or right.mandarin in _PLACING))
        or (verb_left and right.mandarin in _DIRECTION and right.pos in ("v", "part", "adv"))
    )


def _join(parts: Sequence[Piece]) -> Piece:
    senses = tuple(s for p in parts for s in p.senses)
    note = next((p.note for p in parts if p.note), "")
    return Piece(parts[0].start, parts[-1].end, "".join(p.mandarin for p in parts), senses, note, True)


def merge(source: Sequence[Piece], ordinary: Ordinary) -> list[Piece]:
    """Join rendered words that belong together, and the complement constructions around them."""
    out: list[Piece] = []
    for piece in source:
        if out and piece.glossed and out[-1].glossed and _belongs(out[-1], piece):
            out[-1] = _join((out[-1], piece))
        elif _bridged(out, piece):
            out[-2:] = [_join((out[-2], out[-1], piece))]
        else:
            out.append(piece)
        _potential(out, ordinary)
    return out


def _bridged(out: Sequence[Piece], piece: Piece) -> bool:
    """Verb, one plain character, aspect: 滚 老 咗."""
    return (
        len(out) > 1
        and piece.mandarin in _ASPECT
        and piece.glossed
        and not out[-1].glossed
        and len(out[-1].mandarin) == 1
        and is_han(out[-1].mandarin)
        and out[-2].pos == "v"
    )


def _potential(out: list[Piece], ordinary: Ordinary) -> None:
    """Plain verb, 不, rendered complement: 停 唔 落 → 停不下."""
    if len(out) < 2 or not out[-1].glossed or out[-2].glossed or not out[-2].mandarin:
        return
    negated = out[-1].mandarin
    verb = out[-2].mandarin[-1]
    if negated[:1] == "不" and negated[1:] in _COMPLEMENT and ordinary.pos(verb) == "v":
        before = out[-2]
        rest = replace(before, end=before.end - 1, mandarin=before.mandarin[:-1])
        whole = _join((Piece(before.end - 1, before.end, verb), out[-1]))
        out[-2:] = [rest, whole] if rest.mandarin else [whole]


_CLAUSE_END = re.compile(r"[，。！？；、,.!?;\s~～…]")
_SUBJECT = re.compile(r"^(?:等|俾|畀|让|叫|请)?(?:我们|你们|他们|她们|大家|我|你|您|他|她|它)")
_SOFTENER = frozenset("啦 啊 呀 吧 了 喇 哦".split())
_ADJECTIVES = frozenset("甜黑白薄厚大细小高矮平贵靓好快慢香重轻多少长短硬软滑红辣酸咸热冻冷亮便宜漂亮")
_COUNTED = re.compile(r"^(?:[几两三四五六七八九十一]|点|些)")

Reorder = Callable[[list[Piece], Ordinary], list[Piece]]


def _clauses(source: list[Piece]) -> Iterator[list[Piece]]:
    """Pieces split at punctuation; the mark ends its clause."""
    clause: list[Piece] = []
    for piece in source:
        if piece.glossed:
            clause.append(piece)
            continue
        start = 0
        for i, character in enumerate(piece.mandarin):
            if _CLAUSE_END.match(character):
                clause.append(_cut(piece, start, i + 1))
                yield clause
                clause, start = [], i + 1
        if start < len(piece.mandarin):
            clause.append(_cut(piece, start, len(piece.mandarin)))
    if clause:
        yield clause


def _cut(piece: Piece, start: int, end: int) -> Piece:
    """A part of a plain piece, whose Mandarin is its source."""
    return replace(
        piece, start=piece.start + start, end=piece.start + end, mandarin=piece.mandarin[start:end]
    )


def _by_clause(rule: Callable[[list[Piece], Ordinary], list[Piece]]) -> Reorder:
    def reorder(source: list[Piece], ordinary: Ordinary) -> list[Piece]:
        return [piece for clause in _clauses(source) for piece in rule(clause, ordinary)]

    return reorder


def _split_at(clause: list[Piece], at: int) -> list[Piece]:
    """Cut the plain piece that holds offset ``at`` of the clause's Mandarin, so that a piece begins there."""
    out: list[Piece] = []
    seen = 0
    for piece in clause:
        inside = at - seen
        if 0 < inside < len(piece.mandarin) and not piece.glossed:
            out += [_cut(piece, 0, inside), _cut(piece, inside, len(piece.mandarin))]
        else:
            out.append(piece)
        seen += len(piece.mandarin)
    return out


def _index_at(clause: Sequence[Piece], at: int) -> int | None:
    seen = 0
    for number, piece in enumerate(clause):
        if seen == at and piece.mandarin:
            return number
        seen += len(piece.mandarin)
    return None


def _said(clause: Sequence[Piece]) -> str:
    return "".join(p.mandarin for p in clause)


def _first(clause: list[Piece], ordinary: Ordinary) -> list[Piece]:
    """Clause-final 先 goes before the verb: 你走先 → 你先走."""
    said = _said(clause)
    body = said.rstrip("，。！？；、,.!?;~～… ")
    end = len(body)
    while end and body[end - 1] in _SOFTENER:
        end -= 1
    if end < 3 or body[end - 1] != "先":
        return clause
    subject = _SUBJECT.match(body)
    verb_at = subject.end() if subject else 0
    if ordinary.pos(body[verb_at]) not in "vx" or verb_at >= end - 1:
        return clause
    cut = _split_at(_split_at(_split_at(clause, end - 1), end), verb_at)
    moved, target = _index_at(cut, end - 1), _index_at(cut, verb_at)
    if moved is None or target is None or cut[moved].mandarin != "先" or target >= moved:
        return clause
    return [*cut[:target], cut[moved], *cut[target:moved], *cut[moved + 1 :]]


def _more(clause: list[Piece], ordinary: Ordinary) -> list[Piece]:
    """多 or 少 between verb and amount goes before the verb: 冲多几轮 → 多冲几轮."""
    said = _said(clause)
    for found in re.finditer("[多少]", said):
        at = found.start()
        if at < 1 or not _COUNTED.match(said[at + 1 :]):
            continue
        if ordinary.pos(said[at - 1]) != "v" or (at > 1 and said[at - 2 : at] in ordinary.words):
            continue
        if said[at - 1] in "有是差不":
            continue
        cut = _split_at(_split_at(_split_at(clause, at - 1), at), at + 1)
        verb, moved = _index_at(cut, at - 1), _index_at(cut, at)
        if verb is None or moved is None or moved != verb + 1 or len(cut[moved].mandarin) != 1:
            continue
        return [*cut[:verb], cut[moved], cut[verb], *cut[moved + 1 :]]
    return clause


def _than(clause: list[Piece], ordinary: Ordinary) -> list[Piece]:
    """Adjective 过 noun at the end of a clause: 甜过蜜糖 → 比蜜糖还甜."""
    said = _said(clause)
    found = re.search(r"(.)过([^\W\d_]{1,4})$", said.rstrip("，。！？；、,.!?;~～… 啦啊呀"))
    if (
        not found
        or found[1] not in _ADJECTIVES
        or (ordinary.pos(found[2][0]) in "vud" and len(found[2]) == 1)
    ):
        return clause
    if found.start() and said[found.start() - 1 : found.end(1)] in ordinary.words:
        return clause
    start, than, noun, end = found.start(1), found.end(1), found.start(2), found.end(2)
    cut = clause
    for at in (start, than, noun, end):
        cut = _split_at(cut, at)
    places = [_index_at(cut, at) for at in (start, than, noun)]
    last = next((n for n, p in enumerate(_ends(cut)) if p == end), None)
    if None in places or last is None:
        return clause
    adjective, mark, first = (p for p in places if p is not None)
    if mark != adjective + 1 or first != mark + 1 or cut[mark].mandarin != "过" or cut[mark].glossed:
        return clause
    nouns = cut[first : last + 1]
    than_piece = replace(cut[mark], mandarin="比")
    more = Piece(cut[mark].end, cut[mark].end, "还")
    return [*cut[:adjective], than_piece, *nouns, more, cut[adjective], *cut[last + 1 :]]


def _ends(clause: Sequence[Piece]) -> Iterator[int]:
    seen = 0
    for piece in clause:
        seen += len(piece.mandarin)
        yield seen


def _degree(clause: list[Piece], ordinary: Ordinary) -> list[Piece]:
    """到 after an adjective and before a result is 得: 多到流 → 多得流."""
    said = _said(clause)
    for found in re.finditer(r"(?<=.)到(?=[^\W\d_])", said):
        at = found.start()
        before = said[at - 1]
        pair = said[max(0, at - 2) : at]
        describes = before in _ADJECTIVES or ordinary.pos(before) == "a" or ordinary.pos(pair) == "a"
        result = ordinary.pos(said[at + 1]) == "a" or said[at + 1] in _ADJECTIVES
        if (said[at - 1 : at + 1] in ordinary.words and not result) or not (describes or result):
            continue
        cut = _split_at(_split_at(clause, at), at + 1)
        mark = _index_at(cut, at)
        if mark is not None and cut[mark].mandarin == "到" and not cut[mark].glossed:
            clause = [*cut[:mark], replace(cut[mark], mandarin="得"), *cut[mark + 1 :]]
    return clause


ORDER: Mapping[str, tuple[Reorder, ...]] = {
    "yue": tuple(map(_by_clause, (_first, _more, _than, _degree))),
    "kejia": tuple(map(_by_clause, (_first, _than, _degree))),
    "minnan": (_by_clause(_degree),),
}
"""The rules of word order each group follows, applied in turn."""


def arrange(text: str, parse: Parse, senses: Sequence[Sense], ordinary: Ordinary) -> list[Piece]:
    """The pieces of a sentence in the order in which Mandarin says them."""
    out = merge(pieces(text, parse, senses), ordinary)
    for rule in ORDER.get(parse.group, ()):
        out = rule(out, ordinary)
    return out
