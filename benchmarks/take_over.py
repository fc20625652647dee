"""Taking over: how long is the host still heard after the key, in a real browser?

usage: python -m benchmarks.take_over [http://127.0.0.1:7860] [--times 12] [--shop demo]

Needs a running studio with the shop. Opens its screen page in Chromium, waits until the host is heard, sends
the take-over from the page as the console does, and listens to what goes to the loudspeaker every 4 ms until
it is quiet; then gives the show back. The page's sound is measured before the device's own buffer.
"""

from __future__ import annotations

import argparse
import shutil
import time
from typing import Any

import httpx
from playwright.sync_api import sync_playwright

from benchmarks.report import machine, row

LISTEN = """
const connect = AudioNode.prototype.connect;
globalThis.ears = [];
AudioNode.prototype.connect = function (to, ...more) {
  if (to instanceof AudioDestinationNode) {
    const ear = new AnalyserNode(this.context, { fftSize: 512 });
    connect.call(this, ear);
    ears.push(ear);
  }
  return connect.call(this, to, ...more);
};
globalThis.heard = () => ears.some((ear) => {
  const wave = new Float32Array(ear.fftSize);
  ear.getFloatTimeDomainData(wave);
  return wave.some((sample) => Math.abs(sample) > 0.003);
});
"""
TAKE_OVER = """
async (path) => {
  const pressed = performance.now();
  let last = pressed;
  const headers = { "content-type": "application/json" };
  const answered = fetch(path, { method: "POST", headers, body: '{"who": "benchmark"}' })
    .then(() => performance.now());
  while (performance.now() - pressed < 1500) {
    if (heard()) last = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  return [last - pressed, await answered - pressed];
}
"""


def measure(host: str, shop: str, times: int) -> list[tuple[float, float]]:
    """Seconds of sound after the key, and until the service answered, for each take-over."""
    show = f"{host}/api/rooms/main/show"
    found: list[tuple[float, float]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                  "--autoplay-policy=no-user-gesture-required"],
        )  # fmt: skip
        page = browser.new_page()
        page.add_init_script(LISTEN)
        page.goto(f"{host}/screen?room=main")
        order = {"shop": shop, "minutes": 30, "fresh": True, "who": "benchmark"}
        httpx.post(f"{show}/start", json=order, timeout=120).raise_for_status()
        for turn in range(times):
            page.wait_for_function("heard()", timeout=120_000)
            time.sleep(0.3 + 0.13 * (turn % 7))  # at another place of the clause each time
            sound, answer = page.evaluate(TAKE_OVER, "/api/rooms/main/show/take-over")
            found.append((sound / 1000, answer / 1000))
            httpx.post(f"{show}/hand-back", json={"who": "benchmark"}, timeout=60).raise_for_status()
        httpx.post(f"{show}/stop", json={"who": "benchmark"}, timeout=60)
        browser.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("host", nargs="?", default="http://127.0.0.1:7860")
    parser.add_argument("--shop", default="demo")
    parser.add_argument("--times", type=int, default=12)
    options: Any = parser.parse_args()
    print(machine("playwright"))
    found = measure(options.host, options.shop, options.times)
    print(row("sound after the key", [sound for sound, _ in found]))
    print(row("until the service answered", [answer for _, answer in found]))


if __name__ == "__main__":
    main()
