"""Letting a phone in: addresses on the local network, a certificate made here, a pairing QR code."""

from __future__ import annotations

import io
import ipaddress
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import segno
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.files import write_atomic

VALID = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Paths of a self-made certificate and its key, and the fingerprint to compare on the phone."""

    certificate: Path
    key: Path
    fingerprint: str


def addresses() -> list[str]:
    """The IPv4 addresses on local networks that this machine has, most likely first. No packet is sent."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket only asks the routing table.
            probe.connect(("192.0.2.1", 9))
            found.append(probe.getsockname()[0])
        except OSError:
            pass
    try:
        found += [str(i[4][0]) for i in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    except OSError:
        pass
    return [a for a in dict.fromkeys(found) if not ipaddress.ip_address(a).is_loopback]


def certificate(folder: Path, names: list[str]) -> Certificate:
    """The self-made certificate of a data folder for these addresses, renewed when it does not fit."""
    folder.mkdir(parents=True, exist_ok=True)
    cert_path, key_path = folder / "lan-cert.pem", folder / "lan-key.pem"
    known = _load(cert_path) if key_path.exists() else None
    if known is None or not _fits(known, names):
        known = _make(cert_path, key_path, names)
    digest = known.fingerprint(hashes.SHA256()).hex().upper()
    return Certificate(cert_path, key_path, ":".join(digest[i : i + 2] for i in range(0, 32, 2)))


def _load(path: Path) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return None


def _fits(cert: x509.Certificate, names: list[str]) -> bool:
    listed = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    have = {str(ip) for ip in listed.get_values_for_type(x509.IPAddress)}
    return set(names) <= have and cert.not_valid_after_utc > datetime.now(UTC) + timedelta(days=7)


def _make(cert_path: Path, key_path: Path, names: list[str]) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Xiangyin")])
    now = datetime.now(UTC)
    ips = [x509.IPAddress(ipaddress.ip_address(n)) for n in dict.fromkeys([*names, "127.0.0.1"])]
    cert = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"), *ips]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    write_atomic(
        key_path,
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )
    key_path.chmod(0o600)
    write_atomic(cert_path, cert.public_bytes(serialization.Encoding.PEM))
    return cert


def pairing_url(address: str, port: int, token: str, room: str = "main") -> str:
    """The address that a phone opens to become the microphone of ``room``."""
    return f"https://{address}:{port}/mic?room={quote(room)}&token={quote(token)}"


def qr_terminal(url: str) -> str:
    """The pairing address as a QR code of block characters, for a terminal."""
    out = io.StringIO()
    segno.make(url, error="m").terminal(out, compact=True)
    return out.getvalue()


def qr_svg(url: str) -> str:
    """The pairing address as an inline SVG, for the console."""
    return str(segno.make(url, error="m").svg_inline(scale=6, border=3, dark="#1c1917", light="#ffffff"))
