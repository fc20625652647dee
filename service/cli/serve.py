"""``xiangyin serve``: the service with the console, on this machine or for phones nearby."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from core.errors import ConfigurationError

ENDS_WITHIN = 4.5
"""Seconds that the program has to end in; what was said is on disk by then whatever an engine still does."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(serve)


def serve(
    config: Annotated[Path | None, typer.Option(help="设置文件（toml）。")] = None,
    port: Annotated[int | None, typer.Option(help="端口。")] = None,
    lan: Annotated[
        bool, typer.Option("--lan", help="让同一个无线网里的手机当话筒（https 加通行码）。")
    ] = False,
    lan_port: Annotated[int | None, typer.Option(help="手机用的端口，默认是端口加一。")] = None,
) -> None:
    """启动乡音，在浏览器里打开控制台。"""
    from core.settings import load
    from service.owning import owning

    if config is not None:
        os.environ["XIANGYIN_CONFIG"] = str(config.resolve())
    if port is not None:
        os.environ["XIANGYIN_SERVICE__PORT"] = str(port)
    settings = load(config)
    own = settings.service.port
    phone = lan_port or own + 1
    with owning(settings.service.data_dir, settings.service.host, own):
        require_free(settings.service.host, own)
        if lan or settings.service.lan:
            require_free("0.0.0.0", phone)
            os.environ["XIANGYIN_LAN_PORT"] = str(phone)
        try:
            asyncio.run(_serve(settings, own, phone if lan or settings.service.lan else None))
        except KeyboardInterrupt:  # Ctrl-C is how one closes it
            print("\n乡音关好了，说过的、播过的都存着。", flush=True)


def require_free(host: str, port: int) -> None:
    """Raise one clear sentence where the port is taken."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                "service.port_in_use",
                f"端口 {port} 被别的程序占用了。",
                f"请关掉那个程序，或换一个端口：xiangyin serve --port {port + 10}",
            ) from error


async def _serve(settings: Any, port: int, lan_port: int | None) -> None:
    import uvicorn

    from service.auth import load_token
    from service.lan import addresses, certificate, pairing_url, qr_terminal

    print("正在启动乡音……", flush=True)
    common: dict[str, Any] = {
        "log_level": "warning",
        "ws": "websockets-sansio",
        "ws_max_size": 1 << 21,
        "timeout_graceful_shutdown": 1,
    }
    servers = [
        uvicorn.Server(uvicorn.Config("gradio_app:app", host=settings.service.host, port=port, **common))
    ]
    if lan_port is not None:
        found = addresses()
        made = certificate(settings.service.data_dir, found)
        # The first server runs the application's start and end.
        secure = uvicorn.Config(
            "gradio_app:app",
            host="0.0.0.0",
            port=lan_port,
            lifespan="off",
            ssl_certfile=made.certificate,
            ssl_keyfile=made.key,
            **common,
        )
        servers.append(uvicorn.Server(secure))
        if found:
            url = pairing_url(found[0], lan_port, load_token(settings.service.data_dir))
            print(qr_terminal(url), f"手机扫上面的二维码，或打开：{url}", sep="\n")
            print(f"证书指纹（前 16 字节）：{made.fingerprint}")
    running = [asyncio.create_task(server.serve()) for server in servers]
    url = console_url(settings.service.host, port, load_token(settings.service.data_dir))
    announcing = asyncio.create_task(_announce(servers, url))
    ending = asyncio.create_task(_end_in_time(servers))
    await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    for server in servers:
        server.should_exit = True
    announcing.cancel()
    await asyncio.gather(*running, ending)


def console_url(host: str, port: int, token: str) -> str:
    """Where this machine's browser finds the console; with the token where ``host`` is not loopback."""
    from service.auth import is_loopback
    from service.owning import Owner, reached_at

    url = Owner(0, reached_at(host), port).url
    return url if is_loopback(reached_at(host)) else f"{url}/?token={token}"


async def _announce(servers: Sequence[Any], url: str) -> None:
    """Say where the console is once every server listens; uvicorn only offers a flag to look at."""
    for server in servers:
        while not server.started:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    print(f"乡音开好了，请在浏览器里打开：{url}", flush=True)


async def _end_in_time(servers: Sequence[Any]) -> None:
    """Once a server is told to end, have the system end the program when it takes too long over it."""
    while not any(server.should_exit for server in servers):  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    signal.setitimer(signal.ITIMER_REAL, ENDS_WITHIN)
