"""The value of the file label: seven keys in a fixed order, plain JSON (GB 45438-2025 §6.1, appendix E)."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import astuple, dataclass
from typing import Literal

from core.errors import ConfigurationError, InputError

KEYS = (
    "Label",
    "ContentProducer",
    "ProduceID",
    "ReservedCode1",
    "ContentPropagator",
    "PropagateID",
    "ReservedCode2",
)
ALLOWED = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]*")
"""No Chinese, space, quotation mark or backslash in any value (appendix E j)."""
CODE = re.compile(r"00[0-9A-Z]{25}")
"""``00``, subject and binding type, 18 of the organisation, service type, model (TC260-PG-20252A)."""

Certainty = Literal["1", "2", "3"]


@dataclass(frozen=True, slots=True)
class Label:
    """``label`` is 1 (is generated), 2 (may be) or 3 (is suspected to be); the reserved codes may be empty.

    Raises :class:`InputError` (``label.invalid``) on a value that the standard does not allow.
    """

    label: str
    content_producer: str
    produce_id: str
    reserved_code1: str
    content_propagator: str
    propagate_id: str
    reserved_code2: str

    def __post_init__(self) -> None:
        for key, value in zip(KEYS, astuple(self), strict=True):
            if why := _wrong(key, value):
                raise _invalid(f"{key} {why}")

    @classmethod
    def of(
        cls, producer: str, propagator: str = "", produce_id: str = "", certainty: Certainty = "1"
    ) -> Label:
        """The label of a first publication: propagator and its id are the producer's where not given.

        ``producer`` and ``propagator`` are the settings ``label.producer`` and ``label.propagator``; a
        ``produce_id`` is made where none is given. Raises :class:`ConfigurationError`
        (``label.no_producer``, ``label.bad_code``): codes are registered, never invented.
        """
        if not producer:
            raise ConfigurationError(
                "label.no_producer",
                "还没有填服务提供者编码，写不了 AIGC 标识。",
                "请把登记得到的 27 位编码填在设置 label.producer 里；编码不能自己编。",
            )
        for name, code in (("producer", producer), ("propagator", propagator or producer)):
            if not CODE.fullmatch(code):
                raise ConfigurationError(
                    "label.bad_code",
                    f"设置 label.{name} 里的编码“{code}”不对。",
                    "应该是 27 位数字和大写字母，以 00 开头。",
                )
        produce_id = produce_id or uuid.uuid4().hex
        return cls(certainty, producer, produce_id, "", propagator or producer, produce_id, "")

    @classmethod
    def parse(cls, text: str) -> Label:
        """The label in a file's JSON. Raises :class:`InputError` (``label.invalid``) saying what is wrong."""
        try:
            held = json.loads(text)
        except ValueError as error:
            raise _invalid("不是 JSON") from error
        if not isinstance(held, dict):
            raise _invalid("不是 JSON 对象")
        if tuple(held) != KEYS:
            raise _invalid(f"应该依次有 {'、'.join(KEYS)} 这七项")
        return cls(*held.values())

    def json(self) -> str:
        """The value as it stands in a file."""
        return json.dumps(dict(zip(KEYS, astuple(self), strict=True)), separators=(",", ":"))


def _wrong(key: str, value: object) -> str:
    if not isinstance(value, str):
        return "不是文字"
    if key == "Label" and value not in ("1", "2", "3"):
        return "只能是 1、2 或 3"
    if not value and not key.startswith("ReservedCode"):
        return "是空的"
    return "" if ALLOWED.fullmatch(value) else "里有不允许的字符（中文、空格、引号、反斜杠都不行）"


def _invalid(why: str) -> InputError:
    return InputError("label.invalid", f"AIGC 标识写得不对：{why}。", "请用 xiangyin label write 重新写。")
