// Live captions in a page: one WebSocket, reconnecting by itself, showing the last cue again.

const BACKOFF = [500, 1000, 2000, 4000, 8000];

/** The WebSocket address of a path on this server, with query parameters. */
export function address(path, query = {}) {
  const url = new URL(path, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const token = new URLSearchParams(location.search).get("token");
  for (const [key, value] of Object.entries({ token, ...query })) {
    if (value !== null && value !== undefined) url.searchParams.set(key, value);
  }
  return url;
}

/** Keeps a socket open. `open(socket)` and `message(data)` are called as they happen. */
export function keep(makeAddress, { open = () => {}, message = () => {}, state = () => {} }) {
  let socket = null;
  let attempt = 0;
  let closed = false;
  let timer = 0;
  const connect = () => {
    if (closed) return;
    state("connecting");
    socket = new WebSocket(makeAddress());
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      attempt = 0;
      state("open");
      open(socket);
    };
    socket.onmessage = ({ data }) => message(typeof data === "string" ? JSON.parse(data) : data, socket);
    socket.onclose = (event) => {
      if (closed) return;
      // 4401 and 4403 are refusals: trying again cannot help.
      if (event.code === 4401 || event.code === 4403) {
        state("refused", event.reason);
        return;
      }
      state("lost");
      timer = setTimeout(connect, BACKOFF[Math.min(attempt++, BACKOFF.length - 1)]);
    };
  };
  connect();
  return {
    /** Whether it was sent. */
    send: (data) => {
      const ready = socket !== null && socket.readyState === WebSocket.OPEN;
      if (ready) socket.send(data);
      return ready;
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
      if (socket) socket.close();
    },
  };
}

/** The captions of a room, kept by name; `changed(cue)` and `snapshot(cues)` tell of news, `refused(error)` of a correction not taken. */
export function follow(room, { changed, snapshot = () => {}, notice = () => {}, refused = () => {}, state = () => {}, notes = "full" }) {
  const cues = new Map();
  let seq = 0;
  const take = (cue) => {
    const known = cues.get(cue.cue);
    if (known && (known.revision > cue.revision || (known.final && !cue.final))) return false;
    cues.set(cue.cue, cue);
    if (cue.seq) seq = Math.max(seq, cue.seq);
    if (cues.size > 400) cues.delete(cues.keys().next().value);
    return true;
  };
  const socket = keep(() => address("/ws/captions", { room, notes, after: seq || null }), {
    state,
    message: (data) => {
      if (data.type === "snapshot") {
        data.cues.forEach(take);
        if (data.live) take(data.live);
        seq = Math.max(seq, data.seq);
        snapshot([...cues.values()], data);
      } else if (data.type === "cue" && take(data)) {
        changed(data);
      } else if (data.type === "notice") {
        notice(data);
      } else if (data.type === "error") {
        refused(data);
      }
    },
  });
  return {
    cues,
    close: socket.close,
    correct: (cue, mandarin) => socket.send(JSON.stringify({ type: "correct", cue, mandarin })),
  };
}

/** Draws one block of a final cue into `element`: its lines, with the notes there is room for. */
export function drawBlock(element, block) {
  element.className = "cue final";
  element.replaceChildren();
  for (const line of block.lines) {
    const row = element.appendChild(document.createElement("div"));
    for (const piece of line) {
      row.append(Object.assign(document.createElement("span"), { className: piece.note ? "word" : "", textContent: piece.text }));
      if (piece.note) row.append(Object.assign(document.createElement("span"), { className: "note", textContent: piece.note }));
    }
  }
}

/** Draws one whole cue into `element`: Mandarin with its notes, smaller, behind the words they explain. */
export function draw(element, cue, { notes = "full" } = {}) {
  element.replaceChildren();
  element.classList.toggle("final", cue.final);
  element.classList.toggle("partial", !cue.final);
  const characters = [...cue.mandarin];
  const plain = (from, to) => document.createTextNode(characters.slice(from, to).join(""));
  if (!cue.final) {
    // What two hypotheses agreed on stands out from what may still change.
    const stable = Math.min(cue.stable ?? 0, characters.length);
    const settled = document.createElement("span");
    settled.className = "stable";
    settled.append(plain(0, stable));
    element.append(settled, plain(stable, characters.length));
    return;
  }
  let at = 0;
  for (const gloss of notes === "off" ? [] : cue.glosses) {
    const label = notes === "short" && gloss.label ? gloss.short : gloss.label;
    if (!label || gloss.mandarin_start < at) continue;
    element.append(plain(at, gloss.mandarin_start));
    const word = document.createElement("span");
    word.className = "word";
    word.append(plain(gloss.mandarin_start, gloss.mandarin_end));
    const note = document.createElement("span");
    note.className = "note";
    note.textContent = label;
    element.append(word, note);
    at = gloss.mandarin_end;
  }
  element.append(plain(at, characters.length));
}
