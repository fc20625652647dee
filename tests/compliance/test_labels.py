from __future__ import annotations

import importlib
import json
import random
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from typer.testing import CliRunner

from compliance import labels
from compliance.labels import Label
from core.errors import ConfigurationError, InputError
from core.events import Samples
from media import audio
from service.cli import build

pytestmark = pytest.mark.unit

CODE = "00" + "1A" + "T" * 18 + "10000"
"""Of the right form, and nobody's."""
LABEL = Label.of(CODE, produce_id="show-1/line-2")
RATE = 16_000

mutagen: Any = importlib.import_module("mutagen")  # it comes without types
id3: Any = importlib.import_module("mutagen.id3")


def tone(seconds: float = 0.5) -> Samples:
    return (0.3 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)


def picture(path: Path) -> None:
    Image.new("RGB", (32, 24), (200, 30, 30)).save(path)


def film(path: Path) -> None:
    """Half a second of picture and sound, with a title."""
    with av.open(str(path), "w") as out:
        out.metadata["title"] = "腊肉"
        codec = "flv" if path.suffix == ".flv" else "mpeg4"
        video = out.add_stream(codec, rate=10, width=64, height=48, pix_fmt="yuv420p")
        sound = out.add_stream("aac", rate=16000, layout="mono")
        assert isinstance(video, av.VideoStream) and isinstance(sound, av.AudioStream)
        for number in range(5):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number * 40, np.uint8), format="rgb24")
            out.mux(video.encode(frame))
        chunk = av.AudioFrame.from_ndarray(tone()[:8000].reshape(1, -1), format="fltp", layout="mono")
        chunk.sample_rate = RATE
        out.mux(sound.encode(chunk))
        for stream in (video, sound):
            out.mux(stream.encode(None))


MAKERS: dict[str, Callable[[Path], None]] = {
    "a.wav": lambda path: audio.write_wav(path, tone(), RATE),
    "a.mp3": lambda path: audio.encode(path, [tone()], RATE),
    "a.m4a": lambda path: audio.encode(path, [tone()], RATE),
    "a.mp4": film,
    "a.mov": film,
    "a.flv": film,
    "a.png": picture,
    "a.jpg": picture,
    "a.webp": picture,
    "b.webp": lambda path: Image.new("RGBA", (31, 7), (9, 9, 9, 99)).save(path, lossless=True),
}


@pytest.fixture(params=MAKERS)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path: Path = tmp_path / request.param
    MAKERS[request.param](path)
    return path


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A labelled file of each kind."""
    folder = tmp_path_factory.mktemp("labelled")
    for name, make in MAKERS.items():
        make(folder / name)
        labels.write(folder / name, LABEL)
    return {name: (folder / name).read_bytes() for name in MAKERS}


def riff(path: Path) -> list[tuple[bytes, bytes]]:
    """An independent reading of the chunks of a WAV file."""
    content = path.read_bytes()
    assert content[:4] == b"RIFF" and content[8:12] == b"WAVE"
    assert struct.unpack("<I", content[4:8])[0] == len(content) - 8
    position, chunks = 12, []
    while position < len(content):
        name, size = content[position : position + 4], struct.unpack("<I", content[position + 4 :][:4])[0]
        chunks.append((name, content[position + 8 : position + 8 + size]))
        position += 8 + size + (size & 1)
    return chunks


def by_another_reader(path: Path) -> list[str]:
    """The labels as software that is not ours sees them."""
    if path.suffix == ".wav":
        return [body.decode() for name, body in riff(path) if name == b"AIGC"]
    if path.suffix == ".mp3":
        return [text for frame in id3.ID3(path).getall("TXXX:AIGC") for text in frame.text]
    if path.suffix in (".png", ".jpg", ".webp"):
        with Image.open(path) as image:
            xmp = image.info.get("xmp", image.info.get("XML:com.adobe.xmp", b""))
        text = xmp.decode() if isinstance(xmp, bytes) else str(xmp)
        return [part.split("</TC260:AIGC>")[0] for part in text.split("<TC260:AIGC>")[1:]]
    with av.open(str(path)) as container:
        return [container.metadata["AIGC"]] if "AIGC" in container.metadata else []


def content_of(path: Path) -> object:
    """What people see and hear of the file: of each stream the packets and when they play, in 5 ms."""
    if path.suffix in (".png", ".jpg", ".webp"):
        with Image.open(path) as image:
            return image.size, image.tobytes()
    with av.open(str(path)) as container:
        packets = [p for p in container.demux() if p.size]
        times = [float((p.pts or 0) * p.time_base) for p in packets]
        timed = [
            (p.stream.index, round((when - min(times)) * 200), bytes(p))
            for p, when in zip(packets, times, strict=True)
        ]
        return sorted(timed)  # how streams interleave is the container's affair


def test_a_label_is_written_read_back_and_seen_by_another_reader(file: Path) -> None:
    assert labels.read(file) is None and by_another_reader(file) == []
    labels.write(file, LABEL)
    assert labels.read(file) == LABEL
    assert by_another_reader(file) == [LABEL.json()]


def test_a_second_label_replaces_the_first(file: Path) -> None:
    labels.write(file, LABEL)
    second = replace(LABEL, produce_id="show-2", reserved_code1="sha256:0a'<&>")
    labels.write(file, second)
    assert labels.values(file) == [second.json()]
    assert file.read_bytes().count(b"ContentProducer") == 1


def test_sound_and_picture_stay_as_they_were(file: Path) -> None:
    before = content_of(file)
    labels.write(file, LABEL)
    assert content_of(file) == before
    assert [p.name for p in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("name", MAKERS)
def test_however_often_it_is_written_there_is_one_label(
    labelled: dict[str, bytes], tmp_path: Path, name: str
) -> None:
    path, chosen = tmp_path / name, random.Random(name)
    path.write_bytes(labelled[name])
    ids = ["".join(chosen.choices("abc019/-", k=chosen.randint(1, 60))) for _ in range(5)]
    for produce_id in ids:
        labels.write(path, replace(LABEL, produce_id=produce_id))
        assert by_another_reader(path) == [replace(LABEL, produce_id=produce_id).json()]
    once = path.read_bytes()
    labels.write(path, replace(LABEL, produce_id=ids[-1]))
    assert labels.values(path) == [replace(LABEL, produce_id=ids[-1]).json()]
    assert len(path.read_bytes()) == len(once)


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")
@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.mp4", "a.mov", "a.flv"])
def test_ffprobe_sees_the_label(tmp_path: Path, name: str) -> None:
    MAKERS[name](tmp_path / name)
    labels.write(tmp_path / name, LABEL)
    command = ["ffprobe", "-v", "error", "-show_format", "-of", "json", str(tmp_path / name)]
    seen = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert seen["format"]["tags"]["AIGC"] == LABEL.json()


def test_a_broken_off_file_is_one_clear_error_and_stays_as_it_was(file: Path) -> None:
    labels.write(file, LABEL)
    cut = file.read_bytes()[:60]
    file.write_bytes(cut)
    good, sentence = labels.check(file)
    if file.suffix != ".wav":  # a recording that broke off is still a recording
        with pytest.raises(InputError):
            labels.write(file, LABEL)
        assert file.read_bytes() == cut
    assert not good and sentence
    assert [p.name for p in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("name", MAKERS)
def test_no_damage_makes_the_check_fall_over(tmp_path: Path, labelled: dict[str, bytes], name: str) -> None:
    chosen, whole = random.Random(name), labelled[name]
    for _ in range(150):
        content = bytearray(whole[: chosen.choice([len(whole), chosen.randrange(4, len(whole))])])
        for _ in range(chosen.randint(1, 8)):
            place = chosen.randrange(min(len(content), 400))
            content[place] = chosen.choice([0, 1, 0xFF, chosen.randrange(256)])
        (tmp_path / name).write_bytes(content)
        assert labels.check(tmp_path / name)[1]


def test_the_title_of_a_film_stays(tmp_path: Path) -> None:
    for name in ("a.mp4", "a.flv"):
        film(tmp_path / name)
        labels.write(tmp_path / name, LABEL)
        with av.open(str(tmp_path / name)) as container:
            assert container.metadata["title"] == "腊肉"


def test_the_label_of_an_mp4_lies_in_moov_udta_meta(tmp_path: Path) -> None:
    film(tmp_path / "a.mp4")
    labels.write(tmp_path / "a.mp4", LABEL)
    content = (tmp_path / "a.mp4").read_bytes()
    places = [content.index(name) for name in (b"moov", b"udta", b"keys", b"mdtaAIGC", b"ilst")]
    assert places == sorted(places) and places[-1] < content.index(LABEL.json().encode())


def test_a_film_taken_upright_stays_upright(tmp_path: Path) -> None:
    film(tmp_path / "a.mp4")
    content = (tmp_path / "a.mp4").read_bytes()
    level = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    turned = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 48 << 16, 0, 1 << 30)
    start = content.index(level, content.index(b"tkhd"))
    (tmp_path / "a.mp4").write_bytes(content[:start] + turned + content[start + 36 :])
    labels.write(tmp_path / "a.mp4", LABEL)
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert next(container.decode(video=0)).rotation == -90


def test_a_cover_that_would_be_lost_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.m4a"
    MAKERS["a.m4a"](path)
    picture(tmp_path / "a.png")
    tags = importlib.import_module("mutagen.mp4").MP4(str(path))
    tags["covr"] = [importlib.import_module("mutagen.mp4").MP4Cover((tmp_path / "a.png").read_bytes(), 14)]
    tags.save()
    with pytest.raises(InputError) as caught:
        labels.write(path, LABEL)
    assert caught.value.code == "label.cover"


def wav(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(n + struct.pack("<I", len(b)) + b + b"\0" * (len(b) % 2) for n, b in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


def test_two_labels_in_a_file_are_an_error_until_one_is_written(tmp_path: Path) -> None:
    path, value = tmp_path / "a.wav", LABEL.json().encode()
    sound = (b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)), (b"data", b"\0\1" * 7)
    path.write_bytes(wav(*sound, (b"AIGC", value), (b"note", b"odd"), (b"AIGC", value)))
    with pytest.raises(InputError) as caught:
        labels.read(path)
    assert caught.value.code == "label.many"
    assert "2 个" in labels.check(path)[1]
    labels.write(path, LABEL)
    assert [name for name, _ in riff(path)] == [b"fmt ", b"data", b"note", b"AIGC"]
    assert dict(riff(path))[b"note"] == b"odd"


@pytest.mark.parametrize("version", [3, 4])
def test_the_other_frames_of_an_mp3_stay(tmp_path: Path, version: int) -> None:
    path = tmp_path / "a.mp3"
    audio.encode(path, [tone()], RATE)
    tags = id3.ID3()
    tags.add(id3.TIT2(encoding=3 if version == 4 else 1, text="蜂蜜"))
    tags.add(id3.APIC(encoding=0, mime="image/png", type=3, desc="", data=bytes(range(256)) * 3))
    tags.add(id3.TXXX(encoding=1, desc="AIGC", text="old"))
    tags.save(path, v2_version=version)
    assert labels.values(path) == ["old"]
    labels.write(path, LABEL)
    after = id3.ID3(path)
    assert str(after["TIT2"]) == "蜂蜜" and after.getall("APIC")[0].data == bytes(range(256)) * 3
    assert by_another_reader(path) == [LABEL.json()] and after.version == (2, version, 0)
    assert mutagen.File(path).info.length == pytest.approx(0.5, abs=0.15)


XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="果园"{more}>'
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
)


@pytest.mark.parametrize("compressed", [False, True])
def test_other_xmp_of_a_picture_is_kept_and_merged(tmp_path: Path, compressed: bool) -> None:
    info = PngInfo()
    old = ' xmlns:t="http://www.tc260.org.cn/ns/AIGC/1.0/" t:AIGC="{}"'
    info.add_itxt("XML:com.adobe.xmp", XMP.format(more=old), zip=compressed)
    path = tmp_path / "a.png"
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)
    assert labels.values(path) == ["{}"]
    labels.write(path, LABEL)
    assert by_another_reader(path) == [LABEL.json()]
    with Image.open(path) as image:
        assert 'dc:source="果园"' in str(image.info["XML:com.adobe.xmp"])


def test_an_xmp_packet_with_entities_is_refused(tmp_path: Path) -> None:
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", '<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>')
    path = tmp_path / "a.png"
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)
    with pytest.raises(InputError) as caught:
        labels.read(path)
    assert caught.value.code == "label.bad_xmp"


def test_the_checksums_of_a_png_hold(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    labels.write(tmp_path / "a.png", LABEL)
    content, position = (tmp_path / "a.png").read_bytes(), 8
    while position < len(content):
        size = int.from_bytes(content[position : position + 4], "big")
        body, check = content[position + 4 : position + 8 + size], content[position + 8 + size :][:4]
        assert zlib.crc32(body) == int.from_bytes(check, "big")
        position += 12 + size


def test_the_json_has_the_seven_keys_in_order_and_no_spaces() -> None:
    assert LABEL.json() == (
        f'{{"Label":"1","ContentProducer":"{CODE}","ProduceID":"show-1/line-2","ReservedCode1":"",'
        f'"ContentPropagator":"{CODE}","PropagateID":"show-1/line-2","ReservedCode2":""}}'
    )


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='"\\'), min_size=1))
def test_every_allowed_value_comes_back(text: str) -> None:
    label = Label("2", text, text, text, text, text, "")
    assert Label.parse(label.json()) == label


@given(st.text(min_size=1).filter(lambda t: any(c in '"\\' or not "!" <= c <= "~" for c in t)))
def test_every_other_value_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        Label("1", CODE, text, "", CODE, "x", "")


@pytest.mark.parametrize(
    "text",
    [
        "AIGC",
        "[]",
        "{}",
        LABEL.json().replace('"1"', '"4"', 1),
        LABEL.json().replace('"1"', "1", 1),
        LABEL.json().replace('"ReservedCode2":""', '"ReservedCode3":""'),
        LABEL.json().replace('{"Label":"1",', "{")[:-1] + ',"Label":"1"}',
        LABEL.json().replace(CODE, ""),
    ],
)
def test_a_value_that_does_not_keep_to_the_standard_is_named(text: str) -> None:
    with pytest.raises(InputError) as caught:
        Label.parse(text)
    assert caught.value.code == "label.invalid"


def test_codes_are_configured_and_never_invented() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Label.of("")
    assert caught.value.code == "label.no_producer" and "label.producer" in caught.value.hint
    for code in (CODE[:-1], CODE.lower(), "11" + CODE[2:], "某某公司"):
        with pytest.raises(ConfigurationError) as caught:
            Label.of(code)
        assert caught.value.code == "label.bad_code"
    other = CODE[:-1] + "7"
    assert Label.of(CODE, other).content_propagator == other
    assert Label.of(CODE).produce_id != Label.of(CODE).produce_id


def test_a_file_of_another_kind_or_none_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("这不是录像")
    for name, code in (("a.mp4", "label.unknown_format"), ("b.wav", "label.missing_file")):
        with pytest.raises(InputError) as caught:
            labels.write(tmp_path / name, LABEL)
        assert caught.value.code == code


def test_the_commands_write_and_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.wav"
    audio.write_wav(path, tone(), RATE)
    run = CliRunner()
    checked = run.invoke(build(), ["label", "check", str(path)])
    assert checked.exit_code == 1 and "没有 AIGC 标识" in checked.output
    refused = run.invoke(build(), ["label", "write", str(path)])
    assert isinstance(refused.exception, ConfigurationError)
    monkeypatch.setenv("XIANGYIN_LABEL__PRODUCER", CODE)
    assert run.invoke(build(), ["label", "write", str(path), "--id", "show-9"]).exit_code == 0
    checked = run.invoke(build(), ["label", "check", str(path)])
    assert checked.exit_code == 0 and "有且只有一个" in checked.output and "show-9" in checked.output
