// The microphone of this device as a stream of PCM: AudioWorklet → WebSocket.
// What the server has not acknowledged is kept, and sent again after a reconnect.

import { address, keep } from "./captions.js";

const RATE = 16000;
const KEEP_SECONDS = 600;
const SLOW_SECONDS = 8; // sound that waits longer for the server is worth a word

const WORKLET = `
registerProcessor("pcm", class extends AudioWorkletProcessor {
  constructor() { super(); this.buffer = new Int16Array(Math.round(sampleRate / 10)); this.filled = 0; }
  process([input]) {
    const channel = input[0];
    if (!channel) return true;
    for (const value of channel) {
      this.buffer[this.filled++] = Math.max(-1, Math.min(1, value)) * 32767;
      if (this.filled === this.buffer.length) {
        this.port.postMessage(this.buffer.buffer.slice(0));
        this.filled = 0;
      }
    }
    return true;
  }
});`;

/** Why the microphone cannot be used, in one plain sentence. */
export function explain(error) {
  if (!window.isSecureContext) {
    return "浏览器只在安全连接（https）或本机上给用话筒。请用电脑上“手机配对”里的二维码打开。";
  }
  switch (error && error.name) {
    case "NotAllowedError":
      return "没有得到话筒的许可。请在浏览器地址栏旁点开权限，允许使用话筒，再按一次开始。";
    case "NotFoundError":
      return "没有找到话筒。请插好话筒，或换一台带话筒的设备。";
    case "NotReadableError":
      return "话筒正被别的程序占用。请关掉它，再按一次开始。";
    default:
      return "话筒打不开。请关掉别的录音程序，再按一次开始。";
  }
}

/** Opens the microphone and streams it into `room`. Returns {stop}. Throws what getUserMedia throws. */
export async function speak(room, { level = () => {}, state = () => {}, error = () => {} } = {}) {
  if (!navigator.mediaDevices) throw new DOMException("insecure", "SecurityError");
  const media = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  });
  let context;
  try {
    context = new AudioContext({ sampleRate: RATE });
    context.createMediaStreamSource(media);
  } catch {
    // Some browsers cannot open a microphone at another rate than its own; the server resamples.
    context = new AudioContext();
  }
  await context.audioWorklet.addModule(
    URL.createObjectURL(new Blob([WORKLET], { type: "application/javascript" })),
  );
  await context.resume();
  const source = context.createMediaStreamSource(media);
  const node = new AudioWorkletNode(context, "pcm", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
  source.connect(node);

  const session = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
  let backlog = []; // {first, pcm}, oldest first
  let captured = 0; // samples taken from the microphone
  let lost = 0; // of them those that the server's count leaves out: a gap was too long, or it has started anew
  let hushed = false; // the host is speaking
  let told = ""; // what `state` was told last while connected
  let ready = false;

  const tell = () => {
    const late = backlog.length > 0 && captured - backlog[0].first > SLOW_SECONDS * context.sampleRate;
    const now = late ? "slow" : hushed ? "hushed" : "listening";
    if (ready && now !== told) state((told = now));
  };
  const taken = (samples) => (backlog = backlog.filter((piece) => piece.first >= samples + lost));
  const socket = keep(
    () => address("/ws/audio", { room, rate: context.sampleRate, format: "s16le", session }),
    {
      state: (what, why) => {
        ready = false;
        state(what, why);
      },
      message: (data) => {
        if (data.type === "ready") {
          taken(data.samples);
          lost = (backlog.length ? backlog[0].first : captured) - data.samples;
          backlog.forEach((piece) => socket.send(piece.pcm));
          ready = true;
          hushed = false;
          told = "";
          tell();
        } else if (data.type === "heard") {
          taken(data.samples);
          hushed = data.hushed;
          tell();
        } else if (data.type === "error") {
          error(data);
        }
      },
    },
  );

  node.port.onmessage = ({ data }) => {
    const pcm = new Int16Array(data);
    backlog.push({ first: captured, pcm: data });
    captured += pcm.length;
    while (backlog.length && captured - backlog[0].first > KEEP_SECONDS * context.sampleRate) backlog.shift();
    if (ready) socket.send(data);
    tell();
    let peak = 0;
    for (let i = 0; i < pcm.length; i += 8) peak = Math.max(peak, Math.abs(pcm[i]));
    level(peak / 32767);
  };

  let lock = null;
  if (navigator.wakeLock) lock = await navigator.wakeLock.request("screen").catch(() => null);
  return {
    stop: () => {
      socket.send(JSON.stringify({ type: "stop" }));
      setTimeout(socket.close, 200);
      media.getTracks().forEach((track) => track.stop());
      context.close();
      if (lock) lock.release();
    },
  };
}
