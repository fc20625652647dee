from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from service.cli.serve import console_url
from service.lan import addresses, certificate, pairing_url, qr_svg, qr_terminal

pytestmark = pytest.mark.unit


def test_the_certificate_is_kept_while_it_fits_and_renewed_when_it_does_not(tmp_path: Path) -> None:
    first = certificate(tmp_path, ["192.168.1.5"])
    assert certificate(tmp_path, ["192.168.1.5"]).fingerprint == first.fingerprint
    assert certificate(tmp_path, ["192.168.1.6"]).fingerprint != first.fingerprint
    assert first.key.stat().st_mode & 0o077 == 0


def test_the_certificate_serves_tls(tmp_path: Path) -> None:
    made = certificate(tmp_path, ["192.168.1.5"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)


def test_the_pairing_code_holds_address_room_and_token() -> None:
    url = pairing_url("192.168.1.5", 7861, "a b", "main")
    assert url == "https://192.168.1.5:7861/mic?room=main&token=a%20b"
    assert qr_svg(url).startswith("<svg")
    assert qr_terminal(url).count("\n") > 10


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:7860"),
        ("0.0.0.0", "http://127.0.0.1:7860"),
        ("192.168.1.5", "http://192.168.1.5:7860/?token=t"),
    ],
)
def test_the_console_is_announced_where_it_listens(host: str, url: str) -> None:
    assert console_url(host, 7860, "t") == url


def test_addresses_are_never_loopback() -> None:
    assert not any(a.startswith("127.") for a in addresses())
