"""Events as JSON-ready records and back, for the journal and the wire. Sound is never written."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np

from core.errors import InputError
from core.events import EVENTS, Event, Samples

Record = dict[str, Any]
_Reader = Callable[[Any], Any]


def to_record(event: Event) -> Record:
    """``event`` as JSON-ready values under its class name; samples are left out, and so is an unset seq."""
    record = {"event": type(event).__name__} | _fields_of(event)
    if event.seq is None:
        del record["seq"]
    return record


def from_record(record: Record) -> Event:
    """The event that :func:`to_record` wrote; sound comes back empty.

    Raises :class:`InputError` (``record.unknown_event``, ``record.bad_field``) naming event and field.
    """
    name = record.get("event")
    kind = EVENTS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise InputError(
            "record.unknown_event", f"记录里的事件“{name}”不认识。", f"认识的有：{'、'.join(EVENTS)}。"
        )
    event: Event = _read_dataclass(kind, {key: value for key, value in record.items() if key != "event"})
    return event


def _fields_of(item: Any) -> Record:
    return {
        field.name: _plain(getattr(item, field.name)) for field in fields(item) if field.name != "samples"
    }


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):  # before float: np.float64 is one
        return value.item()
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return _fields_of(value)
    raise TypeError(f"{type(value).__name__} cannot be written to a record")


def _read_dataclass(kind: Any, record: Any) -> Any:
    if not isinstance(record, dict):
        raise _bad(kind, "", "object")
    readers = _readers(kind)
    values: Record = {}
    for name, value in record.items():
        if name not in readers:
            raise _bad(kind, name, "known field")
        try:
            values[name] = readers[name](value)
        except (TypeError, ValueError) as error:
            raise _bad(kind, name, str(error)) from error
    if "samples" in readers and kind.__name__ == "AudioChunk":
        values["samples"] = np.zeros(0, np.float32)
    for field in fields(kind):
        if field.name not in values and field.default is MISSING and field.default_factory is MISSING:
            raise _bad(kind, field.name, "missing")
    return kind(**values)


def _bad(kind: Any, field: str, why: str) -> InputError:
    return InputError("record.bad_field", f"记录 {kind.__name__} 的字段“{field}”不对（{why}）。")


@cache
def _readers(kind: Any) -> dict[str, _Reader]:
    hints = get_type_hints(kind)
    return {field.name: _reader(hints[field.name]) for field in fields(kind)}


def _reader(hint: Any) -> _Reader:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any or hint == Samples:
        return lambda value: value
    if hint is datetime:
        return datetime.fromisoformat
    if origin is Literal:
        return lambda value: _one_of(value, arguments)
    if origin in (Union, types.UnionType):
        [inner] = [_reader(argument) for argument in arguments if argument is not type(None)]
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        item = _reader(arguments[0])
        return lambda value: tuple(item(one) for one in _checked(value, list))
    if origin is dict:
        return lambda value: _checked(value, dict)
    if is_dataclass(hint):
        return lambda value: _read_dataclass(hint, value)
    if hint is float:
        return lambda value: float(_checked(value, int | float))
    return lambda value: _checked(value, hint)


def _one_of(value: Any, allowed: tuple[Any, ...]) -> Any:
    if value not in allowed:
        raise ValueError(f"one of {', '.join(map(str, allowed))}")
    return value


def _checked(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise TypeError(f"expected {getattr(kind, '__name__', kind)}")
    return value
