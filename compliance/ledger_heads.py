"""Who vouches for a ledger: the Ed25519 key pair, and the heads that it signs."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from core.errors import ConfigurationError, InputError
from core.files import storage_error, sync_folder

Kind = Literal["sealed", "pruned"]


class PublicKey:
    """Checks signatures. ``id`` names the key: the first 16 hex digits of the SHA-256 of its 32 bytes."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key
        self.id = hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]

    @classmethod
    def load(cls, path: Path) -> PublicKey:
        """From a PEM file. Raises :class:`InputError` (``ledger.bad_public_key``)."""
        try:
            key = load_pem_public_key(path.read_bytes())
        except (OSError, ValueError) as error:
            raise _bad_public_key(path) from error
        if not isinstance(key, Ed25519PublicKey):
            raise _bad_public_key(path)
        return cls(key)

    def pem(self) -> bytes:
        """The key as a PEM file, to hand out."""
        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def signed(self, content: bytes, signature: str) -> bool:
        """Whether ``signature`` (Base64) is this key's over ``content``."""
        try:
            self._key.verify(base64.b64decode(signature, validate=True), content)
        except (InvalidSignature, ValueError):
            return False
        return True


def _bad_public_key(path: Path) -> InputError:
    return InputError(
        "ledger.bad_public_key", f"{path} 不是可用的公钥文件。", "请用 xiangyin ledger key 导出的那个文件。"
    )


class SigningKey:
    """The Ed25519 key that signs heads and exports; it never leaves its file (mode 0600)."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key())

    @classmethod
    def make(cls) -> SigningKey:
        """A new key that is nowhere written."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def open(cls, path: Path) -> SigningKey:
        """The key in ``path``, made there on first use.

        Raises :class:`ConfigurationError` (``ledger.bad_key``, ``ledger.key_readable``) and
        :class:`StorageError`.
        """
        return cls.load(path) if path.exists() else cls._make_at(path)

    @classmethod
    def load(cls, path: Path) -> SigningKey:
        """The key in ``path``, which must exist and belong to its owner alone."""
        try:
            mode, content = path.stat().st_mode, path.read_bytes()
        except OSError as error:
            raise ConfigurationError(
                "ledger.no_key", f"打不开签名密钥 {path}。", "先开一次直播，密钥会自动做好；或者从备份恢复。"
            ) from error
        if os.name == "posix" and mode & 0o077:
            raise ConfigurationError(
                "ledger.key_readable", f"签名密钥 {path} 别的用户也能读。", f"请运行 chmod 600 {path}。"
            )
        try:
            key = load_pem_private_key(content, None)
        except (ValueError, TypeError) as error:
            raise _bad_key(path) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise _bad_key(path)
        return cls(key)

    @classmethod
    def _make_at(cls, path: Path) -> SigningKey:
        made = cls.make()
        content = made._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(temporary, path)  # unlike a rename, never replaces a key that another process made
            except FileExistsError:
                return cls.load(path)
            finally:
                temporary.unlink()
            sync_folder(path.parent)
        except OSError as error:
            raise storage_error(error, path) from error
        return made

    def sign(self, content: bytes) -> str:
        """The signature over ``content``, in Base64."""
        return base64.b64encode(self._key.sign(content)).decode()


def _bad_key(path: Path) -> ConfigurationError:
    return ConfigurationError("ledger.bad_key", f"签名密钥 {path} 坏了。", "请从备份恢复这个文件。")


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A line of the room's journal that the key vouches for.

    ``pruned`` heads mark where a segment was deleted after its time: the chain may begin behind them.
    ``previous`` is the signature of the head before, ``at`` is UTC in ISO 8601.
    """

    kind: Kind
    room: str
    seq: int
    hash: str
    at: str
    key: str
    previous: str
    signature: str = ""

    @classmethod
    def of(cls, record: object) -> SignedHead | None:
        """The head that :meth:`record` wrote; None where it is none."""
        if not isinstance(record, dict) or record.keys() != {*_SIGNED, "signature"}:
            return None
        texts = (value for name, value in record.items() if name != "seq")
        whole = isinstance(record["seq"], int) and all(isinstance(text, str) for text in texts)
        return cls(**record) if whole else None

    def content(self) -> bytes:
        """What is signed: canonical JSON of every field but the signature."""
        return json.dumps(
            {name: getattr(self, name) for name in _SIGNED},
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        ).encode()

    def record(self) -> dict[str, Any]:
        """The head as it is journalled."""
        return {name: getattr(self, name) for name in (*_SIGNED, "signature")}


_SIGNED = ("kind", "room", "seq", "hash", "at", "key", "previous")
