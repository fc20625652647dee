"""A question understood: its wordings, intents, amounts, places and the products it means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from core.text.numbers import Amount, find_amounts
from knowledge_graph.questions import wording
from knowledge_graph.questions.mentions import Group, Meant, Mentioned, mentioned
from knowledge_graph.questions.spoken_places import places_in, speaks_of
from knowledge_graph.search import Catalogue

Render = Callable[[str], str]
Search = Callable[[str], str | None]
"""Names the one product that a text must mean by the words of its facts, or none."""
_LEAVE = re.compile(
    r"你们|我们|咱们|老铁|家人们|主播|老板|亲|请问|问一下|想问|那个|这个|这款|那款|一个|"
    r"有没有|是不是|能不能|可不可以|会不会|要不要|多少|什么|怎么|哪个|哪里|可以|时候|现在|"
    r"今天|时间|知道|东西|问题|一下|一点|不要|如果|这种|那种|还是|就是|到底|真的|我家|"
    r"家里|买回|回来|收到|的话|想买|想要|给我|那么|这么|里面|里头|一共|总共|以后|之前|之后"
)


_DONE_TO_IT = frozenset("泡煮蒸炖炒洗冲晒烤腌焯放切")
"""A single letter of a name that, in a clause of its own, is what is done with the goods named before."""


@dataclass(frozen=True, slots=True)
class Asked:
    """``text`` as typed; ``forms`` are its Mandarin wordings, ``bare`` those without product names.

    ``guessed``: no word family heard the intents; ``off_topic``: surely nothing that a sheet tells.
    """

    text: str
    forms: tuple[str, ...]
    intents: frozenset[str]
    unheld: tuple[tuple[str, str], ...]
    health: bool
    conditions: tuple[wording.Family, ...]
    places: tuple[tuple[str, str], ...]
    meant: tuple[Meant, ...]
    groups: tuple[Group, ...]
    named: bool
    on_screen: str | None
    day: date
    bare: tuple[str, ...] = ()
    guessed: bool = False
    off_topic: bool = False

    def has(self, *names: str) -> bool:
        """Whether any of the intents was asked."""
        return any(n in self.intents for n in names)

    def says(self, pattern: str) -> bool:
        """Whether a wording matches."""
        return any(re.search(pattern, f) for f in self.forms)

    def products(self) -> tuple[str, ...]:
        """All products meant, once each."""
        return tuple(dict.fromkeys(m.product for m in self.meant))

    def amounts(self) -> list[Amount]:
        """Amounts of the first wording."""
        return find_amounts(self.forms[0])


Revise = Callable[[Asked], Asked]


@dataclass(frozen=True, slots=True)
class Understander:
    """Reads questions about one shop.

    ``render`` gives a text's Mandarin; ``search`` chooses the product where no name fits; ``revise`` has the
    last word on what the word families heard.
    """

    catalogue: Catalogue
    render: Render | None = None
    search: Search | None = None
    revise: Revise | None = None

    def read(self, text: str, on_screen: str | None, day: date, before: Asked | None = None) -> Asked:
        """Understand ``text``; what it does not name is meant as in ``before``."""
        rendered = self.render(text) if self.render else text
        forms = tuple(dict.fromkeys((wording.plain_question(text), wording.plain_question(rendered))))
        found = self._mentioned(text, rendered, on_screen, forms, before)
        meant = found.meant
        bare = tuple(_without_names(self.catalogue, f, meant) for f in forms)
        unheld, rests = _unheld(bare)
        people = [wording.plain_question(_without_names(self.catalogue, t, meant)) for t in (text, rendered)]
        names = {n for m in meant for n in self.catalogue.by_product[m.product].parts}
        asked = Asked(
            text=text,
            forms=forms,
            intents=frozenset(f.name for f in wording.intents() for r in rests if f.pattern.search(r)),
            unheld=unheld,
            health=any(f.pattern.search(t) for f in wording.health() for t in bare),
            conditions=tuple(f for f in wording.conditions() if any(f.pattern.search(t) for t in people)),
            places=tuple(p for p in places_in(text) if speaks_of(text, p[0], names)),
            meant=meant,
            groups=found.groups,
            named=found.named,
            on_screen=on_screen if on_screen in self.catalogue.by_product else None,
            day=day,
            bare=bare,
        )
        return self.revise(asked) if self.revise else asked

    def _mentioned(
        self, text: str, rendered: str, on_screen: str | None, forms: Sequence[str], before: Asked | None
    ) -> Mentioned:
        found = mentioned(self.catalogue, text, on_screen, forms)
        verb = all(g.mention in _DONE_TO_IT for g in found.groups)
        if before and before.groups and (verb or not found.named):
            amounts = tuple(find_amounts(text))
            return Mentioned(
                tuple(Group(g.products, amounts, g.mention) for g in before.groups), before.named
            )
        if not found.groups and self.search and (product := self.search(rendered)):
            return Mentioned((Group((product,), tuple(find_amounts(text))),), found.named)
        return found


def _without_names(catalogue: Catalogue, text: str, meant: Iterable[Meant]) -> str:
    """The text with the names of the products meant blotted out, so that they are not read as questions."""
    names = {part for m in meant for part in catalogue.by_product[m.product].parts[:1]}
    for name in names:
        for size in range(len(name), 1, -1):
            runs = {name[i : i + size] for i in range(len(name) - size + 1)}
            for run in runs:
                if run in text and not re.search(r"[的不]", run):
                    text = text.replace(run, "＃" * len(run))
    return text


def _unheld(forms: Sequence[str]) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    found: list[tuple[str, str]] = []
    rests = []
    for form in forms:
        rest = form
        for family in wording.unheld():
            if match := family.pattern.search(rest):
                found.append((family.name, match[0]))
                rest = rest[: match.start()] + "，" + rest[match.end() :]
        rests.append(rest)
    return tuple(dict.fromkeys(found)), tuple(rests)


def residue(asked: Asked, catalogue: Catalogue) -> str:
    """The words of the question that neither name the product nor merely ask."""
    text = asked.forms[0]
    for name in catalogue.by_product.values():
        if name.product in asked.products() and asked.named:
            for hit in catalogue.hits(text):
                if hit.product == name.product:
                    text = "".join("，" if i in hit.covered else c for i, c in enumerate(text))
    return re.sub(r"[^\w]+|[的了吗呢吧啊是有在不没这那我你他哦呀嘛么哈嘞咯]", "，", _LEAVE.sub("，", text))
