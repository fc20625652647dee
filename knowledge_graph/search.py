"""Which products a viewer means: names, parts of names, aliases, typos and sound-alikes, sizes, 这个.

A name is read as a core, brackets and sizes. A mention scores by the characters it shares with a name, rare
ones most; characters of the same sound count a little less (其橙 → 脐橙). Nothing is guessed: where several
products fit equally well, all of them are returned.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.text.normalise import fold
from core.text.numbers import Amount, find_amounts, to_grams, to_millilitres
from core.text.sound import distance, key
from core.text.units import MEASURES
from knowledge_graph.facts import Shop
from knowledge_graph.schema import Property

THIS = re.compile(
    r"这[个款种家瓶袋盒箱罐只条俩件包样份蜜茶果肉米酒油鱼]?|那[个款]|该商品|屏幕上|呢个|依个|迭个|格个|嗰个|即个|咯个"
)
_BRACKETS = re.compile(r"[（(《【\[〈“\"]([^）)》】\]〉”\"]*)[）)》】\]〉”\"]")
_SIZE_TAIL = re.compile(r"[*×xX/+·\-]\s*(?:[0-9]+\s*)?[袋盒瓶罐包桶条只个枚箱件支片块饼]?|装$")
_FILLER = frozenset(
    "的了吗呢吧啊是有在不没个这那我你他要会能么什怎多少几一二两三四五六七八九十和跟与同比到给就都也还再来去上下里好大小"
)
_BESIDE = _FILLER | frozenset(MEASURES) | frozenset("加要买拿卖发还饼罐枚")
"""What may stand beside a nickname; any other character would belong to it."""
_SOUND = 0.65
_LONE = 0.5
_ABRIDGED = 0.9
_MANY = 400
_HEARD = 0.17
_NEAR_TIE = 0.86


@dataclass(frozen=True, slots=True)
class Name:
    """A product's name taken apart: ``parts`` a mention may share, ``sizes`` as (value, 克 or 毫升)."""

    product: str
    core: str
    notes: tuple[str, ...]
    parts: tuple[str, ...]
    sizes: frozenset[tuple[Decimal, str]]
    nominal: frozenset[tuple[Decimal, str]] = frozenset()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A product that a text mentions: how strongly, and which code points of the text say so."""

    product: str
    score: float
    covered: frozenset[int]


def measure(amount: Amount) -> tuple[Decimal, str] | None:
    """Mass in grams or volume in millilitres; None for anything else or a range."""
    if amount.high is not None:
        return None
    if amount.kind == "mass":
        return to_grams(amount).normalize(), "克"
    if amount.kind == "volume":
        return to_millilitres(amount).normalize(), "毫升"
    return None


_VARIANTS = str.maketrans("桔蕃茄帖惟黏璃", "橘番茄贴唯粘璃")


def spelled(text: str) -> str:
    """The text as names are compared: folded one to one, common variants of a character made one."""
    plain = fold(text)
    return (plain if len(plain) == len(text) else text.lower()).translate(_VARIANTS)


def read_name(shop: Shop, product: str) -> Name:
    """Take a name apart, with the product's aliases and weights."""
    plain = unicodedata.normalize("NFKC", product)
    notes = tuple(n.strip() for n in _BRACKETS.findall(plain) if n.strip())
    core = _BRACKETS.sub(" ", plain)
    nominal: set[tuple[Decimal, str]] = set()
    for text in (core, *notes):
        nominal |= {m for a in find_amounts(text) if (m := measure(a))}
    for amount in reversed(find_amounts(core)):
        if amount.kind in ("mass", "volume", "count"):
            core = core[: amount.start] + " " + core[amount.end :]
    core = re.sub(r"\s+", "", _SIZE_TAIL.sub(" ", core.strip())).strip("*×/·-+") or plain
    sizes = set(nominal)
    aliases: list[str] = []
    for fact in shop.facts(product):
        if fact.property is Property.ALIAS:
            aliases.append(str(fact.value))
        elif fact.property in (
            Property.NET_WEIGHT,
            Property.GROSS_WEIGHT,
            Property.UNIT_WEIGHT,
            Property.VOLUME,
        ):
            if isinstance(fact.value, Decimal) and fact.high is None:
                sizes.add((fact.value.normalize(), "毫升" if fact.property is Property.VOLUME else "克"))
    parts = tuple(dict.fromkeys(spelled(p) for p in (core, *notes, *aliases)))
    spoken = tuple(spelled(a) for a in aliases)
    return Name(product, core, notes, parts, frozenset(sizes), frozenset(nominal), spoken)


class Catalogue:
    """The names of a shop, ready to be looked for in texts."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.names = tuple(read_name(shop, p) for p in shop.products())
        self.by_product = {n.product: n for n in self.names}
        total = max(1, len(self.names))
        counts = Counter(c for n in self.names for c in set("".join(n.parts)))
        self._weight = {c: math.log(1 + total / k) for c, k in counts.items()}
        self.sheets: dict[str, tuple[str, ...]] = {}
        for name in self.names:
            for sheet in {f.source.sheet for f in shop.facts(name.product) if f.source.sheet}:
                self.sheets[sheet] = (*self.sheets.get(sheet, ()), name.product)
        self._by_syllable: dict[str, list[int]] = {}
        if total > _MANY:
            for index, name in enumerate(self.names):
                for sound in {s for p in name.parts for s in key(p)}:
                    self._by_syllable.setdefault(sound, []).append(index)
        self._keys = {n.product: tuple(key(p) for p in n.parts) for n in self.names}

    def label(self, product: str) -> str:
        """The shortest form of the name that no other product shares, as it is spoken."""
        name = self.by_product.get(product)
        if name is None:
            return product
        same = [n for n in self.names if n.core == name.core]
        if len(same) == 1:
            return name.core
        for note in name.notes:
            if sum(note in n.notes for n in same) == 1:
                return f"{name.core}{note}"
        return re.sub(r"\s+", "", _BRACKETS.sub("", unicodedata.normalize("NFKC", product)))

    def family(self, product: str) -> str:
        """What products of one kind and several sizes share."""
        return self.by_product[product].core if product in self.by_product else product

    def hits(self, text: str, masked: Iterable[tuple[int, int]] = ()) -> list[Hit]:
        """Products that share characters with ``text``, best first; ``masked`` spans do not count alone."""
        plain = spelled(text)
        hidden = {i for start, end in masked for i in range(start, end)}
        sounds = key(plain)
        found = []
        for name in self._likely(sounds):
            covered, score = self._score(name, plain, sounds, hidden)
            if score > 0:
                found.append(Hit(name.product, score, covered))
        return sorted(found, key=lambda h: -h.score)

    def _likely(self, sounds: Sequence[str]) -> Sequence[Name]:
        """The names worth scoring: all of a small shop, those that share the rarest sounds of a large one."""
        if len(self.names) <= _MANY:
            return self.names
        shared: Counter[int] = Counter()
        for sound in set(sounds):
            held = self._by_syllable.get(sound, ())
            if len(held) < len(self.names) // 4:
                for index in held:
                    shared[index] += 1
        return [self.names[i] for i, _ in shared.most_common(_MANY)]

    def _score(
        self, name: Name, text: str, sounds: Sequence[str], hidden: set[int]
    ) -> tuple[frozenset[int], float]:
        best: dict[int, float] = {}
        strong = False
        for part, part_key in zip(name.parts, self._keys[name.product], strict=True):
            for start, length, offset in _runs(text, sounds, part, part_key):
                span = range(start, start + length)
                if all(i in hidden for i in span):
                    continue
                exact = sum(text[i] == part[offset + i - start] for i in span)
                if not self._counts(part, text, start, length, offset, exact):
                    continue
                lone = part in name.parts[:1] + name.aliases and _is_head(part, offset, text, start)
                strong = strong or length >= 2 or lone
                for i in span:
                    same = text[i] == part[offset + i - start]
                    weight = self._weight.get(part[offset + i - start], 1.0) * (1.0 if same else _SOUND)
                    best[i] = max(best.get(i, 0.0), weight * (1.0 if length >= 2 else _LONE))
        for part in (*name.parts[:1], *name.aliases):
            for i, pair_weight in self._abridged(part, text, hidden):
                strong = True
                best[i] = max(best.get(i, 0.0), pair_weight)
        return frozenset(best), sum(best.values()) if strong else 0.0

    def _abridged(self, part: str, text: str, hidden: set[int]) -> Iterable[tuple[int, float]]:
        """竹包 for 竹编手提包 (a character and the head), 槐花蜜 for 洋槐蜜 (one character put in)."""
        for i in range(len(text) - 1):
            if i in hidden or i + 1 in hidden or text[i] in _FILLER or text[i + 1] in _FILLER:
                continue
            if text[i + 1] == part[-1] and text[i] in part[:-2] and len(part) > 2:
                yield from ((j, self._weight.get(text[j], 1.0) * _ABRIDGED) for j in (i, i + 1))
        for i in range(len(text) - 2):
            if text[i] + text[i + 2] in part and i not in hidden and not {text[i], text[i + 2]} & _FILLER:
                yield from ((j, self._weight.get(text[j], 1.0) * _ABRIDGED) for j in (i, i + 2))

    def _counts(self, part: str, text: str, start: int, length: int, offset: int, exact: int) -> bool:
        if length == 1:
            return exact == 1 and (part[offset] not in _FILLER or part in ("大", "小"))
        if part[offset : offset + length].isdigit():
            around = (text[start - 1 : start], text[start + length : start + length + 1])
            beside = (part[offset - 1 : offset], part[offset + length : offset + length + 1])
            return exact == length and not any(c.isdigit() for c in (*around, *beside))
        if exact == length:
            return any(c not in _FILLER for c in text[start : start + length])
        # Sound-alikes: one character at least as written, or a whole name part by sound alone.
        return exact >= 1 or (length >= 3 and length == len(part))

    def best(self, text: str, masked: Iterable[tuple[int, int]] = (), near: float = _NEAR_TIE) -> list[Hit]:
        """The best hit and every other that is as good for all one can tell."""
        found = self.hits(text, masked) or self._by_letters(text, masked)
        found = found or self._by_sound(text)
        return [h for h in found if h.score >= near * found[0].score] if found else []

    def _by_letters(self, text: str, masked: Iterable[tuple[int, int]]) -> list[Hit]:
        """Nicknames made of two telling characters of a name in any order: 生普 for 普洱生茶饼."""
        plain = spelled(text)
        hidden = {i for start, end in masked for i in range(start, end)} | {
            i for i, c in enumerate(plain) if c in _FILLER or not "\u4e00" <= c <= "\u9fff"
        }
        pairs = [
            i
            for i in range(len(plain) - 1)
            if not {i, i + 1} & hidden
            and plain[i] != plain[i + 1]
            and all(not 0 <= at < len(plain) or plain[at] in _BESIDE or at in hidden for at in (i - 1, i + 2))
        ]
        return [
            Hit(name.product, self._weight[plain[i]] + self._weight[plain[i + 1]], frozenset((i, i + 1)))
            for i in pairs
            for name in (self.names if len(self.names) <= _MANY else ())
            if {plain[i], plain[i + 1]} <= set(spelled(name.core))
        ]

    def _by_sound(self, text: str) -> list[Hit]:
        """Names heard or typed a little wrong all through, where nothing else was found."""
        sounds = key(spelled(text))
        found = []
        for name in self.names if len(self.names) <= _MANY else ():
            for part, part_key in zip(name.parts, self._keys[name.product], strict=True):
                for size in {len(part), min(3, len(part)), 2}:
                    if len(part) < max(2, size):
                        continue
                    for at in range(len(sounds) - size + 1):
                        far = distance(sounds[at : at + size], part_key[-size:])
                        if far <= min(_HEARD * size, 0.4):
                            found.append(Hit(name.product, size - far, frozenset(range(at, at + size))))
        return sorted(found, key=lambda h: -h.score)

    def sized(self, products: Iterable[str], sizes: Iterable[tuple[Decimal, str]]) -> list[str]:
        """Those of ``products`` that come in one of the sizes; a size in the name wins over a weight."""
        wanted = set(sizes)
        held = [p for p in products if p in self.by_product]
        named = [p for p in held if self.by_product[p].nominal & wanted]
        return named or [p for p in held if self.by_product[p].sizes & wanted]


def _runs(
    text: str, sounds: Sequence[str], part: str, part_key: Sequence[str]
) -> Iterable[tuple[int, int, int]]:
    """Maximal runs (start in text, length, start in part) equal by character or by sound."""
    for shift in range(-len(part) + 1, len(text)):
        start = max(0, shift)
        while start < len(text) and start - shift < len(part):
            length = 0
            while (
                start + length < len(text)
                and start + length - shift < len(part)
                and _alike(
                    text[start + length],
                    part[start + length - shift],
                    sounds[start + length],
                    part_key[start + length - shift],
                )
            ):
                length += 1
            if length:
                yield start, length, start - shift
            start += length + 1


def _alike(a: str, b: str, sound_a: str, sound_b: str) -> bool:
    return a == b or (sound_a == sound_b and a > "\u2e80" and b > "\u2e80")


_LONE_BEFORE = frozenset("这那的买要有你们给把")


def _is_head(part: str, offset: int, text: str, start: int) -> bool:
    """Whether a lone character stands for the whole: the last of the name (杯子, 柚子), or a bracket note."""
    alone = not start or not re.match(r"\w", text[start - 1]) or text[start - 1] in _LONE_BEFORE
    if offset == len(part) - 1 and len(part) > 1 and alone:
        return True
    return text[start + 1 : start + 2] in ("子", "儿") and start + 1 < len(text)


def resolve(shop: Shop, mention: str, on_screen: str | None = None) -> tuple[str, ...]:
    """The products that ``mention`` can mean, in the order of the sheet; 这个 is what is on screen."""
    catalogue = Catalogue(shop)
    found = [h.product for h in catalogue.best(mention)]
    sizes = [m for a in find_amounts(mention) if (m := measure(a))]
    if not found and THIS.search(mention) and on_screen:
        return (on_screen,)
    pool = found or (list(shop.products()) if sizes else [])
    narrowed = catalogue.sized(pool, sizes) if sizes else []
    chosen = set(narrowed or found)
    if on_screen in chosen and len(chosen) > 1:
        return (on_screen,) if on_screen else ()
    return tuple(p for p in shop.products() if p in chosen)
