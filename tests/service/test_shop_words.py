from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from captioning.bias import ShopWords
from core.errors import StorageError
from core.testing import VirtualClock
from knowledge_graph.facts import Fact, MemoryShop, ShopMeta, Source
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


def test_a_name_that_ends_in_a_figure_is_known_as_it_is_said_too() -> None:
    words = World(shop("北坡", 1, "荞麦挂面 10桶", "板栗（2斤装）", "腐乳200g*2罐")).words(VirtualClock())
    counted = settled(words).counted
    assert set(counted[:4]) == {"荞麦挂面10桶", "荞麦挂面十桶", "板栗2斤装", "板栗两斤装"}
    assert not [name for name in counted if "g" in name or "*" in name]


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
