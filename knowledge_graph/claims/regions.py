"""Where goods are sent: each place named in a sentence about shipping, with what is said of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from knowledge_graph.claims.sentence import REGIONS, Sentence
from knowledge_graph.facts import Fact
from knowledge_graph.ingest.places import provinces
from knowledge_graph.questions.spoken_places import places_in
from knowledge_graph.schema import Property

_SHIPS = re.compile(
    r"发货|不发|能发|可以发|可发|发往|发到|发得到|寄|送到|配送|运费|邮费|包邮|发不了|送不到|都发|也发|照发"
)
_NOT_SENT = re.compile(r"不发|发不了|不能发|没法发|送不到|不寄|寄不了|不配送|不包括|除外|暂不|不支持")
_COSTS = re.compile(r"运费|邮费|加[0-9一二两三四五六七八九十]|补[0-9一二两三四五六七八九十]|另加|加收|补")


def regions(sentence: Sentence) -> None:
    """Where goods are sent: each place named in a sentence about shipping, with what is said of it."""
    if not _SHIPS.search(sentence.text):
        return
    facts = [f for f in sentence.facts if f.property in REGIONS]
    for part in re.finditer(r"[^，,]+", sentence.text):
        pieces = part[0]
        if not _SHIPS.search(pieces):
            pieces_said = sentence.text[part.start() :]
        else:
            pieces_said = pieces
        for match in _region_names(facts).finditer(pieces):
            start, end = part.start() + match.start(), part.start() + match.end()
            if start in sentence.named or (
                (quote := sentence.quoted(start, end))
                and quote.property not in REGIONS
                and end - start >= 2
                and quote.property is not Property.ORIGIN
            ):
                continue
            fact = _ruled(match[0], pieces_said, facts)
            if fact is not None:
                sentence.carry(start, end, "place", fact)
                for words in (_NOT_SENT, _SHIPS, _COSTS):
                    for said in words.finditer(pieces_said):
                        at = sentence.text.find(said[0], part.start())
                        sentence.named |= set(range(at, at + len(said[0])))
            else:
                sentence.refuse(start, end, "place", "资料里没有这样写能不能发到这里")
                for i in range(start, end):
                    sentence.named.add(i)


def _region_names(facts: Iterable[Fact]) -> re.Pattern[str]:
    names = {*provinces(), "香港", "澳门", "港澳台"}
    names |= {f.about or str(f.value) for f in facts}
    return re.compile(
        "|".join(map(re.escape, sorted((n for n in names if len(n) > 1), key=len, reverse=True)))
    )


def _ruled(place: str, said: str, facts: Sequence[Fact]) -> Fact | None:
    """The regional fact that says of ``place`` what the text says."""
    province = next((p for _, p in places_in(place)), place)
    excluded = [f for f in facts if f.property is Property.EXCLUDED_REGION]
    dearer = [f for f in facts if f.property is Property.SURCHARGE_REGION]
    only = [f for f in facts if f.property is Property.ONLY_REGION]
    hit = next((f for f in excluded if str(f.value) in (place, province)), None)
    if _NOT_SENT.search(said):
        return hit
    extra = next((f for f in dearer if f.about in (place, province)), None)
    if _COSTS.search(said) and not re.search("不(?:用)?[加补]|包邮|免", said):
        return extra
    if hit or (extra and re.search("包邮|免", said)):
        return None
    if only:
        return next((f for f in only if str(f.value) in (place, province)), None)
    return next(iter((*excluded, *dearer)), None)
