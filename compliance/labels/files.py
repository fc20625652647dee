"""One AIGC label in a file: written beside it and read back before the file is replaced."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from compliance.labels import image, mp3, video, wav, webp
from compliance.labels.label import Label
from core.errors import InputError, StorageError, XiangyinError
from core.files import replacing

FORMATS = "wav、mp3、mp4、m4a、mov、flv、png、jpg、webp"


@dataclass(frozen=True, slots=True)
class _Format:
    values: Callable[[Path], list[str]]
    write: Callable[[Path, Path, str], None]


_WAV = _Format(wav.values, wav.write)
_MP3 = _Format(mp3.values, mp3.write)
_MP4 = _Format(video.mp4_values, video.write_mp4)
_FLV = _Format(video.flv_values, video.write_flv)
_PNG = _Format(image.png_values, image.write_png)
_JPEG = _Format(image.jpeg_values, image.write_jpeg)
_WEBP = _Format(webp.values, webp.write)


def values(path: Path) -> list[str]:
    """The raw value of every AIGC label in the file.

    Raises :class:`InputError`: ``label.missing_file``, ``label.unknown_format``, ``label.damaged``.
    """
    kind = _format(path)
    try:
        return kind.values(path)
    except OSError as error:
        raise _unreadable(path) from error


def read(path: Path) -> Label | None:
    """The file's label, None where it has none.

    Raises :class:`InputError` as :func:`values` does, ``label.many`` where there is more than one, and
    ``label.invalid`` where it does not keep to the standard.
    """
    found = values(path)
    if len(found) > 1:
        raise InputError(
            "label.many",
            f"文件 {path.name} 里有 {len(found)} 个 AIGC 标识，只能有一个。",
            "请用 xiangyin label write 重新写。",
        )
    return Label.parse(found[0]) if found else None


def write(path: Path, label: Label) -> None:
    """Make ``label`` the one AIGC label of the file; sound, picture and other metadata stay.

    Atomic: the file is as before, or whole with the label, which was read back. Raises :class:`InputError` as
    :func:`values` does, and :class:`StorageError`.
    """
    kind = _format(path)
    with replacing(path) as partial:
        kind.values(path)  # a broken structure shows before anything is written
        kind.write(path, partial, label.json())
        if kind.values(partial) != [label.json()]:
            raise StorageError(
                "label.not_written",
                f"文件 {path.name} 的标识写了却读不回来。",
                "请转成普通的 mp4 或 wav 再试。",
            )
        shutil.copymode(path, partial)


def check(path: Path) -> tuple[bool, str]:
    """Whether exactly one valid label is there, and a sentence for people that says so."""
    try:
        label = read(path)
    except XiangyinError as error:
        return False, str(error)
    if label is None:
        return False, f"文件 {path.name} 里没有 AIGC 标识。"
    certainty = {"1": "是", "2": "可能是", "3": "疑似"}[label.label]
    return True, (
        f"文件 {path.name} 里有且只有一个合格的 AIGC 标识：{certainty}人工智能生成，"
        f"提供者 {label.content_producer}，编号 {label.produce_id}。"
    )


def _format(path: Path) -> _Format:
    """By the first bytes: a suffix may be wrong."""
    if not path.is_file():
        raise InputError("label.missing_file", f"找不到文件 {path}。", "请检查文件名和文件夹。")
    try:
        with open(path, "rb") as file:
            head = file.read(16)
    except OSError as error:
        raise _unreadable(path) from error
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return _WAV
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _WEBP
    if head[4:8] in (b"ftyp", b"moov"):
        return _MP4
    for magic, kind in ((b"FLV\x01", _FLV), (image.PNG, _PNG), (b"\xff\xd8\xff", _JPEG), (b"ID3", _MP3)):
        if head.startswith(magic):
            return kind
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:  # MPEG audio, layer III
        return _MP3
    raise InputError(
        "label.unknown_format", f"文件 {path.name} 的格式写不了 AIGC 标识。", f"能写的有 {FORMATS}。"
    )


def _unreadable(path: Path) -> InputError:
    return InputError("label.unreadable", f"打不开文件 {path}。", "请检查权限。")
