"""What a sentence asserts by its words: what no fact says, who may use it, and what is left over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from core.tables import bad, shipped
from core.text.numbers import find_amounts
from knowledge_graph.claims.amounts import is_article
from knowledge_graph.claims.sentence import Sentence, negated
from knowledge_graph.claims.verdict import ClaimKind
from knowledge_graph.ingest.places import provinces
from knowledge_graph.questions import wording
from knowledge_graph.questions.texts import wanted_text
from knowledge_graph.schema import Property

_MONEY_WORDS = (
    "便宜 省 省下 省了 优惠 优惠了 减 少 差 贵 便宜了 能省 少花 立减 差价 划算 多买 低 低了".split()
)
_KINDS: dict[str, ClaimKind] = {
    "superlative": "superlative",
    "comparison": "comparison",
    "health": "health",
    "certificate": "certificate",
}
_REASONS = {
    "superlative": "资料里没有这种最高级的说法",
    "scarcity": "资料里没有抢购或将尽的说法",
    "sales": "资料里没有销量和口碑",
    "comparison": "资料里没有这个比较",
    "guarantee": "资料里没有这个保证",
    "quality": "资料里没有这个品质说法",
    "taste": "资料里没有这个评价",
    "health": "资料里没有功效，食品也不能说",
    "gift": "资料里没有这个赠送",
    "certificate": "资料里没有这个证书",
    "freight": "资料里没有这样写运费和发货",
    "after": "资料里没有这条售后",
    "haste": "资料里没有写这么快",
}
_NO_TALK = frozenset(
    (
        "我们 咱们 自己 现在 今天 今日 明天 知道 注意 什么 怎么 多少 哪里 可以 还有 一点 "
        "一些 孩子 先 看看 热水 有问题 没有 没写 能放 可放 可以放 家里 早上 晚上 下午 "
        "中午 老板 本店 店里 店家 后面 前面 里 下面 然后 开始 马上 刚才 放得住 问题 一定 "
        "小心 宝贝 身体健康 衣服 一起"
    ).split()
)
_PACKED = re.compile(r"每一?([袋盒瓶罐包箱桶])")
_EATS = re.compile(r"[吃喝用戴能给]|可以|适合|适宜|放心|没事|没问题")
_RELEVANT = re.compile(r"这款|这个|它|咱(?:家|们)的|我们(?:家)?的|本店|商品|产品")


@cache
def _entries(file: str) -> tuple[tuple[str, str], ...]:
    """(class, content) of each line of a table. Raises :class:`ConfigurationError` with file and line."""
    found, ids = [], set()
    for number, (name, kind, content) in shipped("knowledge_graph.claims", file, 3):
        if name in ids:
            raise bad(file, number, f"编号“{name}”重复")
        ids.add(name)
        found.append((kind, content))
    return tuple(found)


@cache
def _neutral() -> frozenset[str]:
    return frozenset(word for _, words in _entries("neutral.tsv") for word in words.split())


@cache
def _talk() -> frozenset[str]:
    """Words of greeting and talk: a sentence with one of them may be small talk."""
    return frozenset(
        word
        for class_, words in _entries("neutral.tsv")
        if class_ in ("address", "talk", "greeting")
        for word in words.split()
        if len(word) > 1 and word not in _NO_TALK
    )


@cache
def _asserting() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(pattern)) for kind, pattern in _entries("asserting.tsv"))


@cache
def _place_pattern() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted((*provinces(), "香港", "澳门"), key=len, reverse=True))))


def asserted(sentence: Sentence) -> None:
    """Words that assert by themselves, wherever no fact says them."""
    for kind, pattern in _asserting():
        for match in pattern.finditer(sentence.text):
            start, end = match.span()
            if all(i in sentence.named for i in range(start, end)) or _covered(sentence, start, end):
                continue
            if kind == "certificate" and _certified(sentence):
                continue
            if kind == "after" and any(f.property is Property.AFTER_SALES for _, _, f in sentence.runs):
                continue
            if (
                kind == "certificate"
                and negated(sentence.text, start)
                and re.search("没有?写|问", sentence.text)
            ):
                continue
            sentence.refuse(start, end, _KINDS.get(kind, "predicate"), _REASONS[kind])
            sentence.named |= set(range(start, end))


def packed(sentence: Sentence) -> None:
    """每袋, 每瓶: only where the record knows goods in bags or bottles."""
    if not sentence.focused:
        return
    held = "".join(
        f"{f.product}{f.written}{f.value}{f.unit}{f.about}{f.per or ''}" for f in sentence.facts if f.product
    )
    for match in _PACKED.finditer(sentence.text):
        if match[1] not in held:
            sentence.refuse(*match.span(), "value", f"资料里没有说是论{match[1]}的")
            sentence.named |= set(range(*match.span()))


def _covered(sentence: Sentence, start: int, end: int) -> bool:
    """Whether a fact's words cover the span and at least a character beside it, or all of a short fact."""
    for a, b, fact in sentence.runs:
        if (
            a <= start
            and end <= b
            and (b - a > end - start or len(wanted_text(fact)) <= b - a + 2 or b - a >= 2)
        ):
            return True
    return False


def _certified(sentence: Sentence) -> bool:
    return any(f.property is Property.CERTIFICATE and e - s >= 4 for s, e, f in sentence.runs)


def suitability(sentence: Sentence) -> None:
    """People who must be careful are spoken of in the record's own words only."""
    if not _EATS.search(sentence.text):
        return
    allowed = (
        Property.REMINDER,
        Property.SUITABLE_FOR,
        Property.SELLING_POINT,
        Property.USAGE,
        Property.NOTE,
    )
    for family in wording.conditions():
        for match in family.pattern.finditer(sentence.text):
            whole = [
                f
                for s, e, f in sentence.runs
                if f.property in allowed
                and s <= match.start()
                and match.end() <= e
                and _nearly_whole(wanted_text(f), sentence.text[s:e])
            ]
            if whole or all(i in sentence.named for i in range(*match.span())):
                continue
            if any(
                s <= match.start()
                and match.end() <= e
                and f.property
                in (Property.INGREDIENTS, Property.AFTER_SALES, Property.STORAGE, Property.CERTIFICATE)
                for s, e, f in sentence.runs
            ):
                continue
            sentence.refuse(*match.span(), "suitability", "谁能不能用，只能照资料原话说")
            sentence.named |= set(range(*match.span()))


def _nearly_whole(text: str, part: str) -> bool:
    """Whether ``part`` is most of the clause of ``text`` it stands in."""
    return len(part) >= 0.7 * len(re.sub(r"\W", "", _clause_of(text, part)))


def _clause_of(text: str, part: str) -> str:
    return next((c for c in re.split(r"[；;。]", text) if part in c), text)


def leftover(sentence: Sentence) -> None:
    """What no fact, name or neutral word covers: refused where the sentence is about goods."""
    for place in _place_pattern().finditer(sentence.text):
        span = set(range(*place.span()))
        if not (span <= sentence.named or span <= set(sentence.carried)):
            sentence.refuse(*place.span(), "place", "资料里没有这个地方")
            sentence.named |= span
    words = _neutral() | (
        set(_MONEY_WORDS) if any(a.kind == "money" for a in find_amounts(sentence.text)) else set()
    )
    spans = _uncovered(sentence, words)
    if not spans or not _about_goods(sentence, spans):
        return
    for start, end in spans:
        sentence.refuse(start, end, "predicate", "资料里没有这样说")


def _about_goods(sentence: Sentence, spans: Sequence[tuple[int, int]]) -> bool:
    if sentence.named or sentence.claims or _RELEVANT.search(sentence.text):
        return True
    if sentence.focused and not any(w in sentence.text for w in _talk()):
        return True
    if any(e - s >= 2 and f.product for s, e, f in sentence.runs):
        return True
    share = sum(e - s for s, e in spans) / max(1, len(re.sub(r"\W", "", sentence.text)))
    return share > 0.5 or any(
        re.search(r"[吃喝香甜酸辣咸鲜嫩脆糯醇纯肉果茶蜜油料卖买货价]", sentence.text[s:e]) for s, e in spans
    )


def _uncovered(sentence: Sentence, words: frozenset[str] | set[str]) -> list[tuple[int, int]]:
    """The least that stays uncovered by facts, names, amounts of one and neutral words, as spans."""
    text = sentence.text
    free = {i for i, c in enumerate(text) if not re.match(r"\w", c)} | sentence.named | set(sentence.carried)
    for amount in find_amounts(text):
        if is_article(amount):
            free |= set(range(amount.start, amount.end))
    cost: list[tuple[int, int]] = [(0, 0)]
    for end in range(1, len(text) + 1):
        best = (cost[end - 1][0] + (0 if end - 1 in free else 1), end - 1)
        for size in range(1, min(8, end) + 1):
            if text[end - size : end] in words and cost[end - size][0] <= best[0]:
                best = min(best, (cost[end - size][0], end - size))
        cost.append(best)
    spans: list[tuple[int, int]] = []
    end = len(text)
    while end:
        start = cost[end][1]
        if cost[end][0] > cost[start][0]:
            spans.append((start, end))
        end = start
    return _joined(sorted(spans))


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found
