"""``xiangyin live``: captions of a live stream, printed and written to growing files, or shown in a room."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import InputError, StorageError

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

    from captioning.sources import AudioSource
    from core.channel import Channel
    from core.events import Event
    from media.live import LiveFile
    from service.assemble import Assembly

LARGEST_GAP = 60.0
"""Seconds of silence that are sent into a room for a longer gap: the room's own clock goes on anyway."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("live")(live)


def live(
    source: Annotated[str, typer.Argument(help="直播地址（rtmp、rtsp、m3u8……）、文件，或 - 表示标准输入。")],
    out: Annotated[
        list[Path] | None, typer.Option("--out", help="边播边写的字幕文件 .srt、.vtt、.ass。")
    ] = None,
    room: Annotated[str, typer.Option(help="送进正在运行的乡音服务的这个房间。")] = "",
    listen: Annotated[bool, typer.Option("--listen", help="等推流软件推过来，而不是去拉流。")] = False,
    rate: Annotated[int, typer.Option(help="裸 PCM（s16le 单声道）的采样率；0 表示有文件头。")] = 0,
    dialect: Annotated[str, typer.Option(help="说的是哪里话：auto，或四川话、粤语……")] = "",
    config: Annotated[Path | None, typer.Option(help="设置文件（toml）。")] = None,
) -> None:
    """给正在播的直播做带方言注释的普通话字幕。"""
    from captioning.sources.pull import Pull, RawPcm
    from core.settings import load
    from dialects.groups import parse
    from media.live import LiveFile
    from service.assemble import Assembly
    from service.captions_of_file import layout_settings

    parse(dialect)
    if rate and not 8_000 <= rate <= 192_000:
        raise InputError("audio.rate", f"采样率 {rate} 不能用。", "请用 8000 到 192000，最好 16000。")
    settings = load(config)
    place = sys.stdin.buffer if source == "-" else source
    pull = Pull(place, listen=listen, raw=RawPcm(rate) if rate else None)
    if room:
        if out or dialect:
            raise InputError("live.room", "送进房间时不用写 --out 和 --dialect。", "请在那个房间里设。")
        return asyncio.run(_into_room(pull, settings.service.data_dir, room))
    files = [LiveFile(path, layout_settings(settings.captions)) for path in out or []]
    asyncio.run(_alone(Assembly(settings), pull, files, dialect))


async def _alone(assembly: Assembly, source: AudioSource, files: list[LiveFile], dialect: str) -> None:
    """Caption in this process."""
    from core.channel import Channel
    from core.stage import Supervised

    stage = await asyncio.to_thread(assembly.caption_stage, "live", "c")
    if dialect:
        assembly.set_dialect("live", dialect)
    inbox: Channel[Event] = Channel(64)
    outbox: Channel[Event] = Channel(256)
    showing = asyncio.create_task(_show(outbox, files))
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_feed(source, inbox, outbox))
            group.create_task(Supervised(stage, title="字幕").run(inbox, outbox))
    except* InputError as errors:
        raise errors.exceptions[0] from None
    finally:
        outbox.close()
        await showing
        await assembly.close()


async def _feed(source: AudioSource, inbox: Channel[Event], outbox: Channel[Event]) -> None:
    from core.events import AudioChunk

    async for event in source.events():
        await (inbox if isinstance(event, AudioChunk) else outbox).send(event)
    inbox.close()


async def _show(outbox: Channel[Event], files: list[LiveFile]) -> None:
    from core.events import Cue, Notice
    from media.srt import timestamp

    async for event in outbox:
        if isinstance(event, Notice):
            print(event.text, file=sys.stderr, flush=True)
        elif isinstance(event, Cue) and event.final:
            notes = "".join(dict.fromkeys(event.notes))
            print(f"{timestamp(event.start)}  {event.mandarin}{notes}", flush=True)
            for file in files:
                await asyncio.to_thread(file.show, event)


async def _into_room(source: AudioSource, data: Path, room: str) -> None:
    """Send to the running service over its own protocol."""
    import json

    from websockets.asyncio.client import connect

    from core.events import AudioChunk
    from media.audio import to_int16
    from service.auth import load_token
    from service.owned import listening

    service = await asyncio.to_thread(listening, data)
    if service is None:
        raise StorageError("service.off", "乡音服务没有开。", "请先运行 xiangyin serve。")
    end = 0.0
    address = f"ws://{service.host}:{service.port}/ws/audio?room={room}"
    headers = {"Authorization": f"Bearer {load_token(data)}"}
    async with connect(address, proxy=None, additional_headers=headers) as socket:
        ready = json.loads(await socket.recv())
        if ready["type"] == "error":
            raise InputError(ready["code"], ready["message"], ready.get("hint", ""))
        draining = asyncio.create_task(_drain(socket))
        async for event in source.events():
            if not isinstance(event, AudioChunk):
                print(event.text, file=sys.stderr, flush=True)
                continue
            silence = min(LARGEST_GAP, max(0.0, event.at - end))
            await socket.send(bytes(2 * round(silence * AudioChunk.rate)) + to_int16(event.samples).tobytes())
            end = max(end, event.at + event.seconds)
        await socket.send(json.dumps({"type": "stop"}))
        await draining


async def _drain(socket: ClientConnection) -> None:
    """Read acknowledgements until the service closes."""
    async for _ in socket:
        pass
