from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from captioning.bias import ShopWords
from core.errors import StorageError
from core.testing import VirtualClock
from knowledge_graph.facts import Fact, MemoryShop, Quantity, ShopMeta, Source
from knowledge_graph.schema import Property
from service.shop_words import LOOK, RoomWords

pytestmark = pytest.mark.unit


def shop(name: str, version: int, *products: str) -> MemoryShop:
    facts = {
        p: (Fact(product=p, property=Property.ORIGIN, value="云岭县", written="云岭县", source=Source()),)
        for p in products
    }
    return MemoryShop(ShopMeta(name, date(2026, 11, 1), version=version), facts)


@dataclass
class World:
    """One shop that may change, and what is on air."""

    held: MemoryShop
    on_air: tuple[str, str] = ("", "")
    reads: int = 0
    broken: bool = False

    def read(self, name: str) -> MemoryShop:
        self.reads += 1
        if self.broken:
            raise StorageError("storage.busy", "店铺的数据打不开。", "请稍等。")
        return self.held

    def words(self, clock: VirtualClock) -> RoomWords:
        return RoomWords(
            lambda: self.on_air,
            lambda: self.held.meta.name,
            lambda _: self.held.meta.version,
            self.read,
            clock,
        )


def settled(words: RoomWords) -> ShopWords:
    """The words after the reading that a first call starts."""
    words()
    if words._reading:
        words._reading.join()
    return words()


def test_without_a_show_the_only_shop_gives_the_words() -> None:
    words = World(shop("北坡", 1, "盘山板栗", "荞麦挂面")).words(VirtualClock())
    assert settled(words) == ShopWords((), ("盘山板栗", "荞麦挂面", "云岭县"))


def test_a_name_with_a_figure_is_known_as_it_is_said_too() -> None:
    names = ("荞麦挂面 10桶", "板栗（2斤装）", "腐乳200g*2罐", "7号山药 5斤")
    assert set(settled(World(shop("北坡", 1, *names)).words(VirtualClock())).counted) == {
        *("荞麦挂面10桶", "荞麦挂面十桶", "板栗2斤装", "板栗两斤装"),
        *("腐乳200克乘2罐", "腐乳两百克乘两罐", "腐乳200克乘两罐"),
        *("七号山药五斤", "七号山药"),
    }


def fact(kind: Property, value: Decimal | str, written: str, per: Quantity | None = None) -> Fact:
    return Fact(product="核桃", property=kind, value=value, written=written, per=per, source=Source())


def test_the_amounts_of_the_product_on_show_are_known_as_they_may_be_heard() -> None:
    facts = (
        fact(Property.NAME, "核桃 150g*4罐", "核桃 150g*4罐"),
        fact(Property.PRICE, Decimal("27.4"), "27.4", Quantity(Decimal(1), "罐")),
        fact(Property.SHELF_LIFE, Decimal(180), "6个月"),
        fact(Property.STORAGE, "-20℃冷冻", "-20℃冷冻"),
        fact(Property.USAGE, "一勺就够", "一勺就够"),
    )
    held = MemoryShop(ShopMeta("北坡", date(2026, 11, 1), version=1), {"核桃": facts})
    amounts = settled(World(held, ("北坡", "核桃")).words(VirtualClock())).amounts
    assert set(amounts) == {
        *("150克", "一百五十克", "4罐", "四罐"),
        *(f"{price}{end}一罐" for price in ("二十七块四", "27块4") for end in ("", "毛", "毛钱")),
        *("保质期6个月", "保质期六个月", "零下20度", "零下二十度"),
    }


def test_no_product_on_show_has_no_amounts() -> None:
    facts = (fact(Property.NAME, "核桃 4罐", "核桃 4罐"),)
    held = MemoryShop(ShopMeta("北坡", date(2026, 11, 1), version=1), {"核桃": facts})
    assert settled(World(held).words(VirtualClock())).amounts == ()


def test_the_words_of_the_product_on_show_come_first() -> None:
    world = World(shop("北坡", 1, "盘山板栗", "荞麦挂面"), ("北坡", "荞麦挂面"))
    words = world.words(VirtualClock())
    assert settled(words) == ShopWords(("荞麦挂面", "云岭县"), ("盘山板栗",))
    world.on_air = ("北坡", "盘山板栗")
    assert words().shown == ("盘山板栗", "云岭县")


async def test_a_new_product_is_known_after_the_next_look_and_nothing_is_read_before() -> None:
    clock = VirtualClock()
    world = World(shop("北坡", 1, "盘山板栗"))
    words = world.words(clock)
    settled(words)
    world.held = shop("北坡", 2, "盘山板栗", "石磨豆腐乳")
    assert "石磨豆腐乳" not in settled(words).sold
    await clock.sleep(LOOK)
    assert "石磨豆腐乳" in settled(words).sold
    assert world.reads == 2


def test_a_store_that_does_not_open_leaves_the_ears_without_words() -> None:
    world = World(shop("北坡", 1, "盘山板栗"), broken=True)
    assert settled(world.words(VirtualClock())) == ShopWords()
