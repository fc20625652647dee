from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError, StorageError
from core.events import Samples
from media.audio import Resampler, WavWriter, decode, duration, encode, read, resample, write_wav

pytestmark = pytest.mark.unit

RATE = 16_000


def tone(seconds: float, rate: int = RATE, hertz: float = 440.0) -> Samples:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".flac", ".m4a", ".ogg"])
def test_what_is_written_is_read_back(tmp_path: Path, suffix: str) -> None:
    path, sound = tmp_path / f"tone{suffix}", tone(2.0)
    if suffix == ".wav":
        write_wav(path, sound, RATE)
    else:
        encode(path, [sound[i : i + 1600] for i in range(0, len(sound), 1600)], RATE)
    back = read(path)
    assert abs(len(back) / RATE - 2.0) < 0.15
    assert abs((duration(path) or 0) - 2.0) < 0.15
    spectrum = np.abs(np.fft.rfft(back[:RATE]))
    assert abs(int(spectrum.argmax()) - 440) <= 2
    assert list(tmp_path.iterdir()) == [path]


def test_another_rate_is_resampled_while_it_is_read(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", tone(1.0, 44_100), 44_100)
    assert abs(sum(len(c) for c in decode(tmp_path / "a.wav")) - RATE) <= 32


def test_the_live_resampler_gives_what_the_whole_one_gives() -> None:
    sound = tone(1.0, 48_000)
    live = Resampler(48_000)
    pieces = [live.process(sound[i : i + 999], last=i + 999 >= len(sound)) for i in range(0, len(sound), 999)]
    whole = resample(sound, 48_000)
    streamed = np.concatenate(pieces)
    assert abs(len(streamed) - len(whole)) <= 2
    n = min(len(streamed), len(whole))
    assert float(np.abs(streamed[200 : n - 200] - whole[200 : n - 200]).max()) < 1e-2


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("gone.wav", None, "audio.missing"),
        ("empty.wav", b"", "audio.empty_file"),
        ("text.mp3", b"this is no sound at all " * 40, "audio.not_audio"),
    ],
)
def test_what_is_no_recording_gets_one_clear_sentence(
    tmp_path: Path, name: str, content: bytes | None, code: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.code == code
    assert caught.value.hint


def test_a_file_cut_off_in_the_middle_yields_what_it_has(tmp_path: Path) -> None:
    encode(tmp_path / "a.mp3", [tone(4.0)], RATE)
    whole = (tmp_path / "a.mp3").read_bytes()
    (tmp_path / "torn.mp3").write_bytes(whole[: len(whole) // 2])
    assert 1.0 < len(read(tmp_path / "torn.mp3")) / RATE < 3.0


def test_a_wav_that_was_not_finished_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), WavWriter(tmp_path / "a.wav", RATE) as out:
        out.write(tone(0.1))
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "a.wav.partial").symlink_to("/dev/full")
    with pytest.raises(StorageError, match="磁盘满了"):
        write_wav(tmp_path / "a.wav", tone(4.0), RATE)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_sound_format_names_the_choices(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="mp3"):
        encode(tmp_path / "a.xyz", [tone(0.1)], RATE)
