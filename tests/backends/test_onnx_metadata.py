"""Metadata of ONNX files, written here byte by byte as the protocol buffer has them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.recognizers.onnx_metadata import metadata

pytestmark = pytest.mark.unit


def varint(value: int) -> bytes:
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def model(entries: dict[str, str], graph: bytes = b"graph") -> bytes:
    props = (field(14, field(1, k.encode()) + field(2, v.encode())) for k, v in entries.items())
    return varint(1 << 3) + varint(9) + field(7, graph) + b"".join(props) + field(8, b"opset")


def written(folder: Path, content: bytes) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(content)
    return path


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.dictionaries(text, text), st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_a_model_says_of_itself_is_read_beside_its_graph(
    tmp_path: Path, entries: dict[str, str], graph: bytes
) -> None:
    assert metadata(written(tmp_path, model(entries, graph))) == entries


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_that_is_no_model_says_nothing_and_breaks_nothing(tmp_path: Path, content: bytes) -> None:
    assert all(isinstance(value, str) for value in metadata(written(tmp_path, content)).values())


def test_a_model_that_is_cut_off_says_what_came_before(tmp_path: Path) -> None:
    whole = model({"model_type": "paraformer"})
    assert metadata(written(tmp_path, whole + field(14, b"x" * 90)[:50])) == {"model_type": "paraformer"}
