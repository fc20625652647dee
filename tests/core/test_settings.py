from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from core.errors import ConfigurationError
from core.settings import Settings, load, load_with_origins

pytestmark = pytest.mark.unit

EMBEDDED = Path(__file__).resolve().parents[2] / "configs" / "embedded.toml"


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_embedded_profile_repeats_the_defaults() -> None:
    assert load(EMBEDDED, {}) == Settings()


def test_the_embedded_profile_documents_every_key() -> None:
    text = EMBEDDED.read_text("utf-8")
    for section, keys in tomllib.loads(Settings().dump()).items():
        part = text.split(f"[{section}]")[1].split("\n[")[0]
        assert [key for key in keys if f"{key} = " not in part] == []


def test_a_file_overrides_defaults_and_the_environment_overrides_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, '[service]\nport = 8000\nname = "张家铺"\n')
    loaded = load_with_origins(path, {"XIANGYIN_SERVICE__PORT": "9000", "XIANGYIN_SERVICE__LAN": "true"})
    service = loaded.settings.service
    assert (service.port, service.name, service.lan, service.host) == (9000, "张家铺", True, "127.0.0.1")
    dump = loaded.dump()
    assert "port = 9000  # 环境变量 XIANGYIN_SERVICE__PORT" in dump
    assert f'name = "张家铺"  # {path}' in dump
    assert 'host = "127.0.0.1"  # 默认' in dump


def test_the_environment_can_name_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "[compute]\nthreads = 4\n")
    assert load(None, {"XIANGYIN_CONFIG": str(path)}).compute.threads == 4
    assert load(None, {}).compute.threads == 2


def test_the_dump_read_back_gives_the_same_settings(tmp_path: Path) -> None:
    settings = load(written(tmp_path, '[service]\nname = "a\\"b\\\\乡"\n[vad]\nthreshold = 0.25\n'), {})
    assert load(written(tmp_path, settings.dump()), {}) == settings


@pytest.mark.parametrize(
    ("text", "code", "named"),
    [
        ("[service]\nprot = 1\n", "settings.unknown", ["mine.toml", "service.prot", "port"]),
        ("[servce]\nport = 1\n", "settings.unknown", ["mine.toml", "servce", "service"]),
        ("[service]\nport = 0\n", "settings.bad_value", ["mine.toml", "service.port", "1"]),
        ('[service]\nport = "many"\n', "settings.bad_value", ["mine.toml", "service.port", "整数"]),
        ('[captions]\nnotes = "loud"\n', "settings.bad_value", ["mine.toml", "captions.notes", "full"]),
        ("service = 3\n", "settings.bad_value", ["mine.toml", "service"]),
        ("[service\n", "settings.bad_toml", ["mine.toml"]),
    ],
)
def test_a_mistake_in_a_file_names_file_and_key(
    tmp_path: Path, text: str, code: str, named: list[str]
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(written(tmp_path, text), {})
    assert caught.value.code == code
    assert [name for name in named if name not in str(caught.value)] == []


@pytest.mark.parametrize("variable", ["XIANGYIN_SERVICE__PROT", "XIANGYIN_SERVCE__PORT"])
def test_a_mistake_in_the_environment_names_the_variable(variable: str) -> None:
    with pytest.raises(ConfigurationError, match=variable):
        load(None, {variable: "1"})


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path / "none.toml", {})
    assert caught.value.code == "settings.unreadable"


def test_paths_expand_the_home_folder_and_follow_xdg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/wang")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    settings = load(None, {"XIANGYIN_WEIGHTS__FOLDER": "~/w"})
    assert settings.weights.folder == Path("/home/wang/w")
    assert settings.service.data_dir == Path("/home/wang/.local/share/xiangyin")
    assert Settings().weights.folder == Path("/cache/xiangyin/weights")


@pytest.mark.parametrize("section", ["RECOGNIZER", "VOICE", "CHAT", "EMBEDDER"])
def test_the_key_of_a_server_is_never_printed(section: str) -> None:
    loaded = load_with_origins(None, {f"XIANGYIN_{section}__API_KEY": "sk-123"})
    assert 'api_key = "******"' in loaded.dump()
    assert "sk-123" not in loaded.dump() + repr(loaded.settings)


def test_secrets_are_never_printed() -> None:
    loaded = load_with_origins(
        None, {"XIANGYIN_CHAT__API_KEY": "sk-123", "XIANGYIN_CHAT__URL": "http://me:pass@host:1/v1"}
    )
    for text in (loaded.dump(), repr(loaded.settings)):
        assert "sk-123" not in text
    assert "me:pass" not in loaded.dump()
    assert loaded.settings.chat.api_key.get_secret_value() == "sk-123"
    with pytest.raises(ConfigurationError) as caught:
        load(None, {"XIANGYIN_CHAT__API_KEYS": "sk-123"})
    assert "sk-123" not in str(caught.value)
