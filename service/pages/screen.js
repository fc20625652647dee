// The host's screen: the voice, the words being said, what is on show, and the label that stays.

import { address, keep } from "/static/captions.js";
import { guard } from "/static/label.js";
import { Player } from "/static/player.js";

const WIDTH = 16; // full-width characters in a line
const HOLD = 1500; // milliseconds that words stay behind their sound
const SIGNS = {
  off: "还没有开播",
  loading: "主播马上就来",
  paused: "休息一下，马上回来",
  person: "真人主播正在讲",
  over: "今天讲到这里，谢谢大家",
};

const options = new URLSearchParams(location.search);
const stage = document.querySelector(".stage");
const caption = document.querySelector(".caption");
const sign = document.querySelector(".sign");
const button = document.querySelector(".unmute");
if (options.get("bg") === "none") document.body.classList.add("bare");

const wide = (character) => (character.codePointAt(0) < 0x2000 ? 0.5 : 1);
const measure = (text) => [...text].reduce((sum, character) => sum + wide(character), 0);
const segmenter = globalThis.Intl?.Segmenter && new Intl.Segmenter("zh", { granularity: "word" });
const cut = (text) => (segmenter ? [...segmenter.segment(text)].map((one) => one.segment) : [...text]);
const CLOSING = /^[，。！？、；：…”’）》」』】,.!?;:%)]+$/;

/** Lines of at most `width` full-width characters, even in length, cut between words; points do not begin one. */
export function wrap(text, width = WIDTH) {
  const total = measure(text);
  const count = Math.max(1, Math.ceil((total - 1) / width));
  const even = Math.min(width, Math.ceil(total / count) + (count > 1 ? 1 : 0));
  const lines = [""];
  for (const word of cut(text.trim())) {
    for (const part of measure(word) > width ? [...word] : [word]) {
      const line = lines[lines.length - 1];
      // A point may hang over the edge of a line rather than stand alone.
      const most = CLOSING.test(part) ? width + 1 : even;
      if (line && measure(line + part) > most) lines.push(part);
      else lines[lines.length - 1] += part;
    }
  }
  return lines;
}

let visible = false;
let clearing = 0;
const say = (words) => {
  clearTimeout(clearing);
  const text = words.trim().replace(/[，。；、：,.;:]+$/, ""); // subtitles end without a point
  caption.replaceChildren(...wrap(text).map((line) => Object.assign(document.createElement("span"), { textContent: line })));
  caption.hidden = !text;
};

const player = new Player({
  heard: (clause) => {
    stage.classList.add("speaking");
    say(clause.text);
    clearing = setTimeout(quiet, (clause.seconds - clause.start) * 1000 + HOLD);
  },
  played: (clause, end) => socket.send(JSON.stringify({ type: "played", utterance: clause.utterance, start: clause.start, end: Math.max(clause.start, end) })),
  running: () => report(),
});
const quiet = () => {
  stage.classList.remove("speaking");
  say("");
};

const show = (scene) => {
  document.body.dataset.state = scene.state;
  const text = scene.state === "on" ? scene.product : SIGNS[scene.state] || "";
  sign.querySelector("small").hidden = scene.state !== "on";
  sign.querySelector("strong").textContent = text;
  sign.hidden = !text;
};

const take = (message) => {
  if (message instanceof ArrayBuffer) player.slice(message);
  else if (message.type === "clause") player.begin(message);
  else if (message.type === "scene") show(message);
  else if (message.type === "cut") {
    player.cut(message.turn);
    quiet();
  }
};

const socket = keep(() => address("/ws/screen", { room: options.get("room") || "main" }), {
  open: () => report(),
  message: take,
  state: (state) => {
    document.body.dataset.link = state;
    if (state === "lost") player.cut(Infinity); // what was under way belongs to a connection that is gone
  },
});

function report() {
  const on = player.running && visible;
  button.hidden = player.running;
  document.documentElement.dataset.sound = on ? "on" : "off";
  socket?.send(JSON.stringify({ type: "sound", on }));
}

button.addEventListener("click", () => player.resume());
player.silence(true);
guard(
  (seen) => {
    visible = seen;
    player.silence(!seen);
    caption.style.visibility = seen ? "visible" : "hidden";
    report();
  },
  (seen, looks) => socket?.send(JSON.stringify({ type: "label", seen, looks })),
);
