from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.channel import Channel, ChannelClosed, Fanout, Policy

pytestmark = pytest.mark.unit


async def test_a_full_waiting_channel_holds_its_sender_until_there_is_room() -> None:
    channel: Channel[int] = Channel(1)
    await channel.send(1)
    sending = asyncio.create_task(channel.send(2))
    await asyncio.sleep(0)
    assert not sending.done()
    assert await channel.receive() == 1
    await sending
    assert await channel.receive() == 2
    assert channel.dropped == 0


async def test_drop_oldest_keeps_the_newest_items_and_counts_the_lost() -> None:
    channel: Channel[int] = Channel(2, Policy.DROP_OLDEST)
    for item in range(5):
        await channel.send(item)
    channel.close()
    assert [item async for item in channel] == [3, 4]
    assert channel.dropped == 3


async def test_latest_only_keeps_one_whatever_the_capacity() -> None:
    channel: Channel[int] = Channel(10, "latest_only")
    for item in range(3):
        await channel.send(item)
    assert len(channel) == 1
    assert await channel.receive() == 2


async def test_readers_drain_a_closed_channel_then_stop() -> None:
    channel: Channel[int] = Channel()
    await channel.send(1)
    channel.close()
    with pytest.raises(ChannelClosed):
        await channel.send(2)
    assert await channel.receive() == 1
    with pytest.raises(ChannelClosed):
        await channel.receive()


async def test_closing_wakes_a_waiting_reader_and_a_waiting_sender() -> None:
    empty: Channel[int] = Channel()
    full: Channel[int] = Channel(1)
    await full.send(1)
    waiting = [asyncio.create_task(empty.receive()), asyncio.create_task(full.send(2))]
    await asyncio.sleep(0)
    empty.close()
    full.close()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(result) for result in results] == [ChannelClosed, ChannelClosed]


async def test_a_cancelled_reader_passes_its_wake_up_to_the_next() -> None:
    channel: Channel[int] = Channel()
    first = asyncio.create_task(channel.receive())
    second = asyncio.create_task(channel.receive())
    await asyncio.sleep(0)
    await channel.send(7)
    first.cancel()
    assert await asyncio.wait_for(second, 1) == 7


async def test_a_worker_thread_can_send_and_waits_for_room() -> None:
    channel: Channel[int] = Channel(1)

    def work() -> None:
        for item in range(20):
            channel.send_from_thread(item)

    working = asyncio.create_task(asyncio.to_thread(work))
    received = [await channel.receive() for _ in range(20)]
    await working
    assert received == list(range(20))


async def test_fanout_gives_every_reader_every_item_by_its_own_policy() -> None:
    fanout: Fanout[int] = Fanout()
    all_items = fanout.subscribe(10)
    meter = fanout.subscribe(policy="latest_only")
    for item in range(4):
        await fanout.send(item)
    fanout.close()
    assert [item async for item in all_items] == [0, 1, 2, 3]
    assert [item async for item in meter] == [3]
    assert fanout.dropped == 3


async def test_a_full_waiting_reader_does_not_delay_an_item_to_the_others() -> None:
    fanout: Fanout[int] = Fanout()
    slow = fanout.subscribe(1)
    quick = fanout.subscribe(10)
    await fanout.send(1)
    sending = asyncio.create_task(fanout.send(2))
    await asyncio.sleep(0)
    assert not sending.done()
    assert [await quick.receive(), await quick.receive()] == [1, 2]
    assert await slow.receive() == 1
    await sending


async def test_a_reader_that_leaves_releases_the_sender() -> None:
    fanout: Fanout[int] = Fanout()
    leaving = fanout.subscribe(1)
    await fanout.send(1)
    sending = asyncio.create_task(fanout.send(2))
    await asyncio.sleep(0)
    leaving.close()
    await asyncio.wait_for(sending, 1)
    await fanout.send(3)
    assert len(fanout) == 0


async def test_a_late_subscriber_of_a_closed_fanout_stops_at_once() -> None:
    fanout: Fanout[int] = Fanout()
    fanout.close()
    assert [item async for item in fanout.subscribe()] == []


@given(st.lists(st.integers()), st.integers(1, 5))
def test_received_and_dropped_account_for_everything_sent(items: list[int], capacity: int) -> None:
    async def scenario() -> tuple[list[int], int]:
        channel: Channel[int] = Channel(capacity, Policy.DROP_OLDEST)
        for item in items:
            await channel.send(item)
        channel.close()
        return [item async for item in channel], channel.dropped

    received, dropped = asyncio.run(scenario())
    assert received == items[dropped:]
    assert len(received) == min(len(items), capacity)
