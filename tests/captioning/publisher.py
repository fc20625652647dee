"""Publishes tones to a listening RTMP or RTSP address, as OBS does: ``URL FIRST COUNT [FIRST COUNT …]``.

A process of its own: PyAV holds the interpreter's lock while it connects for writing.
"""

from __future__ import annotations

import sys
import time

import av

from media.audio import resample
from tests.captioning.tones import RATE, sentence

TARGET = 44_100


def write(url: str, form: str, first: int, count: int, options: dict[str, str] | None = None) -> None:
    """``count`` tones from ``first`` on, as AAC."""
    sound = resample(sentence(first, count), RATE, TARGET)
    with av.open(url, "w", format=form, options=options or {}) as out:
        stream = out.add_stream("aac", rate=TARGET, layout="mono")
        assert isinstance(stream, av.AudioStream)
        for at in range(0, len(sound) - 1024, 1024):
            frame = av.AudioFrame.from_ndarray(sound[None, at : at + 1024], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = TARGET, at
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def main() -> None:
    """One connection for each turn; each is tried until somebody listens."""
    url, *numbers = sys.argv[1:]
    form, options = ("rtsp", {"rtsp_transport": "tcp"}) if url.startswith("rtsp") else ("flv", {})
    print("ready", flush=True)
    for first, count in zip(numbers[::2], numbers[1::2], strict=True):
        for _ in range(100):
            try:
                write(url, form, int(first), int(count), options)
                break
            except OSError:
                time.sleep(0.1)


if __name__ == "__main__":
    main()
