"""Questions about the whole shop: what there is, what is the most of it, which goods are so.

Only what facts say of goods is counted; what none says is left to the questions about one product.
"""

from __future__ import annotations

import re

from core.text.units import MEASURES
from knowledge_graph.facts import Shop
from knowledge_graph.questions import extremes, which_goods
from knowledge_graph.questions.asked import Asked
from knowledge_graph.questions.extremes import WHICH
from knowledge_graph.questions.reply import Part
from knowledge_graph.questions.roll import names, naming
from knowledge_graph.search import Catalogue, spelled

_END = r"[的呀啊呢吗嘛哦不没有卖可以买]*(?:[，。？?！!]|$)"
_GOODS = "(?:好?东西|商品|产品|货品?|品|宝贝|品种|种类|款式?)"
_HERE = "(?:你们?家?|我们|咱们?家?|[店铺]里?|直播间|这里|这边|货架)"
_WHAT = "(?:什么|哪些|哪几[样种款])"
_ALL = (
    rf"{_HERE}里?.{{0,3}}(?:卖|有)的?(?:些|点|得?都?有|都是)?{_WHAT}{_GOODS}?{_END}|"
    rf"(?:卖|有)(?:些|点|的都是)?{_WHAT}{_GOODS}{_END}|卖(?:些|点|的)?(?:都?是)?{_WHAT}{_END}|"
    rf"(?:{_HERE}|一共|总共).{{0,4}}(?:几|多少)(?:[款样种]|个(?=品|商|产|款|链)){_GOODS}?(?:链接)?{_END}"
)
_OTHERS = (
    rf"(?:有没有|还有|有)(?:什么|哪些|点|没有)?(?:别的?个?|其[他它])(?:的?{_GOODS})?{_END}|"
    rf"还有(?:什么|哪些){_GOODS}?{_END}"
)
_LOOSE = rf"^(?:一共|总共|都|全部)?(?:都?有|都?是)?(?:{_WHAT}|几[样种款]){_GOODS}?{_END}"
"""一共有哪些: of the shop, unless something that may have parts is on screen."""


def told(shop: Shop, asked: Asked, catalogue: Catalogue) -> list[Part] | None:
    """The answer to a question about all goods; None where one product is meant or no fact decides."""
    if (
        asked.conditions
        or asked.unheld
        or len(asked.groups) > 1
        or asked.says("(?<!除)(?<!除了)(?<!除开)这[个款]")
    ):
        return None
    pool = asked.products() if asked.named else tuple(catalogue.by_product)
    if len(pool) > 1 and (part := extremes.told(shop, asked, pool, catalogue.label)):
        return [part]
    if part := _sold_here(shop, asked, catalogue):
        return [part]
    if asked.named:
        return None
    if part := _listed(shop, asked, catalogue):
        return [part]
    if asked.says(WHICH) or not asked.on_screen:
        return which_goods.told(shop, asked, tuple(catalogue.by_product), catalogue.label)
    return None


_SOLD_HERE = re.compile(
    rf"(?:{_HERE}.{{0,2}}(?:有没有|有|卖不卖|卖)|有没有(?=.+卖)|有(?=.+卖)|卖不卖)"
    r"(?P<goods>[\u4e00-\u9fff]{2,6}?)(?:卖|出售)?(?:了|的)?(?:吗|没有|不|没)?[，。？?！!]*$"
)


def _sold_here(shop: Shop, asked: Asked, catalogue: Catalogue) -> Part | None:
    """你家有没有蜂蜜: the goods with that word in their names."""
    match = next((m for form in asked.forms if (m := _SOLD_HERE.search(form))), None)
    if match is None:
        return None
    word = spelled(match["goods"])
    kind = word.removesuffix("子")
    words = {word} if kind in MEASURES else {word, kind}
    parts = {product: name.parts for product, name in catalogue.by_product.items()}
    found = [p for p, held in parts.items() if any(w in part for w in words for part in held)]
    if found:
        return Part("", f"有{names(found, catalogue.label)}", naming(shop, found))
    return Part(missing="这样商品") if asked.guessed or not asked.intents else None


def _listed(shop: Shop, asked: Asked, catalogue: Catalogue) -> Part | None:
    """What the shop has; beside what is on screen, what else."""
    goods = tuple(catalogue.by_product)
    word = "一共有"
    if asked.says(_OTHERS):
        word = "还有" if asked.on_screen else word
        goods = tuple(p for p in goods if p != asked.on_screen)
    elif not asked.says(_ALL) and (asked.on_screen or not asked.says(_LOOSE)):
        return None
    if not goods:
        return Part(missing="别的商品")
    return Part("", f"{word}{len(goods)}样：{names(goods, catalogue.label)}", naming(shop, goods))
