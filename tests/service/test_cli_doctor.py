"""``xiangyin doctor`` and ``xiangyin weights``: what is missing, and how to mend it."""

from __future__ import annotations

import fcntl
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.errors import StorageError
from core.settings import Chat, Recognizer, Service, Settings, Voice
from core.settings import Weights as WeightsSection
from service.cli import build
from service.cli.doctor import (
    Check,
    checks,
    data_folder,
    free_space,
    microphone,
    models,
    needed_sets,
    port,
    python_version,
    unlocked,
)
from service.owning import owning

pytestmark = pytest.mark.unit


def test_a_fault_carries_its_mend_and_a_good_line_does_not() -> None:
    assert str(Check(False, "缺", "补")) == "✗ 缺　→ 补"
    assert str(Check(True, "好", "补")) == "✓ 好"
    assert str(Check(False, "可有可无", "补", needed=False)).startswith("–")


@pytest.mark.parametrize(
    ("version", "good"), [((3, 10), False), ((3, 11), True), ((3, 12), True), ((3, 13), False)]
)
def test_only_tested_pythons_pass(version: tuple[int, int], good: bool) -> None:
    assert python_version(version).good is good


def test_a_taken_port_is_found_and_another_one_offered() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        check = port("127.0.0.1", number)
    assert not check.good and f"--port {number + 10}" in check.mend


def test_a_studio_that_runs_is_no_fault(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        at = taken.getsockname()[1]
        settings = Settings(service=Service(data_dir=tmp_path, port=at))
        with owning(tmp_path, "127.0.0.1", at):
            report = [str(check) for check in checks(settings)]
    assert f"✓ 乡音正开着：http://127.0.0.1:{at}" in report
    assert not any("端口" in line for line in report)


def test_a_folder_that_takes_no_lock_is_told(tmp_path: Path) -> None:
    (tmp_path / "service.lock").symlink_to("/dev/full")
    with pytest.raises(StorageError, match=r"service\.lock"), owning(tmp_path, "127.0.0.1", 7860):
        pass


def test_the_embedded_profile_needs_its_four_sets() -> None:
    assert needed_sets(Settings()) == ["whisper-base", "kokoro", "kokoro-voices", "qwen-0.5b"]


def test_engines_elsewhere_need_no_weights_here() -> None:
    settings = Settings(
        recognizer=Recognizer(backend="openai"), voice=Voice(backend="openai"), chat=Chat(backend="none")
    )
    assert needed_sets(settings) == []


def test_a_model_folder_of_the_users_own_needs_no_download() -> None:
    settings = Settings(
        recognizer=Recognizer(model="/models/whisper-large"),
        voice=Voice(backend="openai"),
        chat=Chat(backend="none"),
    )
    assert needed_sets(settings) == []


def test_missing_models_are_named_with_the_command_that_mends_it(tmp_path: Path) -> None:
    found = list(models(Settings(weights=WeightsSection(folder=tmp_path))))
    faults = [c for c in found if not c.good and "whisper-base" in c.text]
    assert [c.mend for c in faults] == ["xiangyin weights fetch whisper-base"]


def test_an_unknown_engine_is_a_line_with_the_choices() -> None:
    [check] = models(Settings(recognizer=Recognizer(backend="ears")))
    assert not check.good and "whisper" in check.mend


def test_a_download_that_will_not_fit_is_told(tmp_path: Path) -> None:
    assert [c.good for c in free_space(tmp_path, 10**18)] == [False]
    assert list(free_space(tmp_path, 0)) == []


def test_a_data_folder_that_does_not_exist_yet_can_be_made(tmp_path: Path) -> None:
    assert data_folder(tmp_path / "new" / "deeper").good


def test_a_data_folder_that_a_journal_owns_is_told(tmp_path: Path) -> None:
    lock = tmp_path / "rooms" / "main" / ".lock"
    lock.parent.mkdir(parents=True)
    with open(lock, "wb") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        assert not unlocked(tmp_path).good
    assert unlocked(tmp_path).good


def test_phones_are_told_that_browsers_want_https() -> None:
    assert "--lan" in microphone(False, "127.0.0.1").text and "https" in microphone(True, "127.0.0.1").text


@pytest.mark.parametrize(("host", "good"), [("localhost", True), ("0.0.0.0", True), ("192.168.1.5", False)])
def test_a_plain_address_of_the_network_gets_no_microphone(host: str, good: bool) -> None:
    assert microphone(False, host).good is good


def test_every_fault_says_how_to_mend_it(tmp_path: Path) -> None:
    for check in checks(Settings(weights=WeightsSection(folder=tmp_path))):
        assert check.good or check.mend


def test_doctor_fails_where_models_are_missing(tmp_path: Path) -> None:
    result = CliRunner().invoke(build(), ["doctor"], env={"XIANGYIN_WEIGHTS__FOLDER": str(tmp_path)})
    assert result.exit_code == 1
    assert "✗ 模型文件 whisper-base" in result.stdout


def test_weights_list_shows_licence_and_state(tmp_path: Path) -> None:
    result = CliRunner().invoke(build(), ["weights", "list", "--folder", str(tmp_path)])
    assert result.exit_code == 0
    assert result.stdout.count("✗ 没有") == 5 and "Apache-2.0" in result.stdout


def test_weights_check_fails_where_something_is_missing(tmp_path: Path) -> None:
    result = CliRunner().invoke(build(), ["weights", "check", "kokoro", "--folder", str(tmp_path)])
    assert result.exit_code == 1
    assert "xiangyin weights fetch kokoro" in result.stdout
