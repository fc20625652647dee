// The seller's own view: one big button, what is being said in big type, a tap on a line to correct it.
// The console mounts it in a block, the phone page fills the screen with it.

import { draw, follow } from "/static/captions.js";
import { explain, speak } from "/static/microphone.js";
import { onPress } from "/static/press.js";

const STATES = {
  connecting: "正在连接……",
  open: "已连上",
  listening: "正在听，请放心说",
  slow: "网络或者电脑慢了，您说的先存着，不会丢",
  hushed: "主播正在出声，您这会儿说的不出字幕。想自己说，先到“主播”按“我来说”。",
  lost: "网络断了，正在自己重连，刚才说的不会丢",
  refused: "没有通行码，请重新扫电脑上的二维码",
};

const READING = 10000; // milliseconds for which a piece of good news stands

function element(tag, name, text = "") {
  return Object.assign(document.createElement(tag), { className: name, textContent: text });
}

/** Builds the view inside `root`. Options: room, notes. Returns {destroy}. */
export function mount(root, { room = "main", notes = "full" } = {}) {
  root.replaceChildren();
  root.classList.add("xy-studio");
  const button = element("button", "xy-talk", "开始说话");
  button.type = "button";
  const meter = element("div", "xy-meter");
  const bar = meter.appendChild(element("div", "xy-bar"));
  const status = element("p", "xy-status", "按一下大按钮，对着手机或电脑说话，字幕就出来。");
  status.setAttribute("role", "status");
  const list = element("ol", "xy-cues");
  list.setAttribute("aria-live", "polite");
  list.setAttribute("aria-label", "字幕");
  root.append(button, meter, status, list);

  let standing = status.textContent; // what stands below the button while there is no news
  const lines = new Map();
  let editing = null;
  const show = (cue) => {
    let line = lines.get(cue.cue);
    if (!cue.mandarin) {
      if (line) line.remove();
      lines.delete(cue.cue);
      return;
    }
    if (!line) {
      line = element("li", "xy-cue");
      line.dataset.cue = cue.cue;
      line.tabIndex = 0;
      line.title = "点一下可以改字";
      line.addEventListener("click", () => edit(cue.cue));
      line.addEventListener("keydown", (event) => event.key === "Enter" && event.target === line && edit(cue.cue));
      list.append(line);
      lines.set(cue.cue, line);
      if (lines.size > 200) {
        const [oldest, gone] = lines.entries().next().value;
        gone.remove();
        lines.delete(oldest);
      }
    }
    if (editing !== cue.cue) draw(line, cue, { notes });
    list.scrollTop = list.scrollHeight;
  };
  const edit = (name) => {
    const cue = feed.cues.get(name);
    const line = lines.get(name);
    if (editing || !cue || !cue.final || !line) return;
    editing = name;
    const input = Object.assign(element("textarea", "xy-edit"), { maxLength: 400, rows: 1, value: cue.mandarin });
    input.setAttribute("aria-label", "改这句字幕，改好按回车");
    line.replaceChildren(input);
    const grow = () => {
      input.style.height = "auto";
      input.style.height = `${input.offsetHeight - input.clientHeight + input.scrollHeight}px`;
    };
    input.addEventListener("input", grow);
    grow();
    input.focus();
    status.textContent = "改好按回车，或者点一下别处。";
    const finish = (save) => {
      if (editing !== name) return;
      editing = null;
      const wanted = input.value.replace(/\s*\n\s*/g, "").trim();
      status.textContent = standing;
      if (save && wanted && wanted !== cue.mandarin && !feed.correct(name, wanted)) {
        status.textContent = "网络断了，这一句没有改成。连上以后请再改一次。";
      }
      draw(line, feed.cues.get(name), { notes });
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" && !event.isComposing) finish(true);
      if (event.key === "Escape") finish(false);
    });
    input.addEventListener("blur", () => finish(true));
  };
  let speaking = null;
  const feed = follow(room, {
    changed: show,
    snapshot: (cues) => cues.slice(-50).forEach(show),
    notice: (notice) => {
      status.textContent = notice.text;
      if (notice.level === "info") setTimeout(() => status.textContent === notice.text && (status.textContent = standing), READING);
    },
    refused: ({ message, hint = "" }) => {
      status.textContent = message + hint;
    },
    state: (what, why) => {
      if (speaking) return; // the microphone tells of its own connection
      if (what === "lost") status.textContent = "和乡音的连接断了，正在自己重连……";
      if (what === "refused") status.textContent = why || STATES.refused;
      if (what === "open" && status.textContent.startsWith("和乡音的连接断了")) status.textContent = STATES.open;
    },
  });

  const stop = () => {
    if (speaking) speaking.stop();
    speaking = null;
    button.textContent = "开始说话";
    button.classList.remove("on");
    bar.style.width = "0";
  };
  onPress(button, async () => {
    if (speaking) {
      stop();
      status.textContent = standing = "已停下。说过的字幕都存好了。";
      return;
    }
    button.disabled = true;
    try {
      speaking = await speak(room, {
        level: (value) => (bar.style.width = `${Math.round(Math.min(1, value * 1.6) * 100)}%`),
        state: (what) => {
          if (speaking || what === "listening") status.textContent = standing = STATES[what] || "";
          if (what === "refused") stop();
        },
        error: (problem) => {
          status.textContent = `${problem.message}${problem.hint || ""}`;
          stop();
        },
      });
      button.textContent = "停下";
      button.classList.add("on");
    } catch (problem) {
      status.textContent = explain(problem);
    } finally {
      button.disabled = false;
    }
  });
  return { destroy: () => (stop(), feed.close()) };
}
