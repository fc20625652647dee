"""A ledger handed out: the chain, its heads, a report for people, and one signature over all of it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from compliance.ledger_heads import PublicKey, SigningKey
from compliance.ledger_personal import Personal, withheld
from compliance.ledger_references import Piece, References
from compliance.ledger_report import report
from compliance.ledger_verify import LedgerReport, verify
from core.errors import InputError
from core.events import utc_now
from core.files import storage_error, sync_folder, write_atomic
from core.journal import Head, read, segments

MANIFEST = "manifest.json"
REPORT = "report.html"
PERSONAL = "personal.jsonl"
PUBLIC_KEY = "public-key.pem"


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What :func:`verify_export` found: the ledger's own report, and the first ``file`` not as signed."""

    ledger: LedgerReport
    file: str = ""

    @property
    def ok(self) -> bool:
        """Whether every file is as it was signed, and the chain in it whole."""
        return not self.file and self.ledger.ok

    def sentence(self) -> str:
        """The finding in plain Chinese."""
        return f"有问题：文件 {self.file} 和签名对不上。" if self.file else self.ledger.sentence()


def export(
    room: str,
    folder: Path,
    out: Path,
    key: SigningKey,
    *,
    personal: bool = False,
    facts: Mapping[str, str] | None = None,
) -> LedgerReport:
    """Write the ledger of ``room`` (its folder has ``events`` and ``heads``) into the new folder ``out``.

    With ``personal`` the personal data that the chain refers to is written too, each piece with the salt that
    proves it; it is then out of reach of ``xiangyin erase``. ``facts`` are for the report.
    A ledger with a fault is exported as well, and its report says so. Nothing is left at ``out`` on an error.
    Raises :class:`InputError` (``ledger.no_room``, ``ledger.out_exists``) and :class:`StorageError`.
    """
    if not (folder / "events").is_dir():
        raise InputError("ledger.no_room", f"没有房间“{room}”的记录。", "请检查房间名和数据文件夹。")
    if out.exists():
        raise InputError("ledger.out_exists", f"{out} 已经有了，不会覆盖。", "请换一个新的文件夹名。")
    partial = out.with_name(f".{out.name}.partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for part in ("heads", "events"):  # heads first: what they sign is then surely among the events
            _copy(folder / part, partial / part)
        found = verify(partial / "events", partial / "heads", key.public)
        (partial / PUBLIC_KEY).write_bytes(key.public.pem())
        with open(partial / REPORT, "w", encoding="utf-8") as page:
            records = (entry.record for entry in read(partial / "events"))
            references = References(folder / "references")
            shown = Personal(references).whole(records) if personal else withheld(records)
            page.writelines(report(room, shown, found, facts))
        if personal:
            _write_pieces(partial / PERSONAL, references)
        write_atomic(partial / MANIFEST, _manifest(room, partial, key), mode=0o644)
        os.replace(partial, out)
        sync_folder(out.parent)
    except OSError as error:
        raise storage_error(error, out) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return found


def verify_export(folder: Path, public_key: PublicKey) -> ExportReport:
    """Check an exported folder against the public key, which should come from somewhere else than the folder.

    Raises :class:`InputError` (``ledger.no_export``) where the folder is no export.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        signature, files = str(manifest.pop("signature")), dict(manifest["files"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            "ledger.no_export", f"{folder} 不是导出的记录。", "请选 xiangyin ledger export 写出的文件夹。"
        ) from error
    nothing = LedgerReport(False, Head(0, ""), fault="signature", where="heads")
    if not public_key.signed(_canonical(manifest), signature):
        return ExportReport(nothing, MANIFEST)
    present = _digests(folder)
    for name in sorted(files.keys() | present.keys()):
        if files.get(name) != present.get(name):
            return ExportReport(nothing, name)
    found = ExportReport(verify(folder / "events", folder / "heads", public_key))
    return found if _proved(folder / PERSONAL) else ExportReport(nothing, PERSONAL)


def _write_pieces(path: Path, references: References) -> None:
    with open(path, "w", encoding="utf-8") as lines:
        for piece in references.pieces():
            lines.write(json.dumps(asdict(piece), ensure_ascii=False, sort_keys=True) + "\n")


def _proved(path: Path) -> bool:
    """Whether every exported piece is what its reference in the chain stands for."""
    if not path.exists():
        return True
    with open(path, encoding="utf-8") as lines:
        return all(Piece(**json.loads(line)).whole for line in lines)


def _copy(source: Path, target: Path) -> None:
    """The segments of a journal, without the line that may be half written at this moment."""
    target.mkdir()
    for segment in segments(source):
        with open(segment, "rb") as lines, open(target / segment.name, "wb") as copy:
            copy.writelines(line for line in lines if line.endswith(b"\n"))


def _manifest(room: str, folder: Path, key: SigningKey) -> bytes:
    content = {
        "files": _digests(folder),
        "key": key.public.id,
        "made": utc_now().isoformat(),
        "program": "xiangyin",
        "room": room,
    }
    signed = content | {"signature": key.sign(_canonical(content))}
    return json.dumps(signed, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _canonical(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _digests(folder: Path) -> dict[str, str]:
    found = {}
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file.is_file() and name != MANIFEST:
            with open(file, "rb") as content:
                found[name] = hashlib.file_digest(content, "sha256").hexdigest()
    return found
