// The operator's view of the host: start, pause, take over, hand back; a comment box; every line with its facts,
// what was refused and why, what a person has to answer. A thin client of docs/protocols.md.

import { address, keep } from "/static/captions.js";
import { panel } from "/static/presence.js";
import { onPress } from "/static/press.js";

const WHO = "店主";
const KEPT = 100; // lines in each list
const MINUTES = [[3, "3 分钟"], [10, "10 分钟"], [30, "半小时"], [60, "1 小时"], [120, "2 小时"], [480, "8 小时"], [1440, "一整天"]];
const STATES = {
  off: "还没有开播。选好店铺，按“开播”。",
  loading: "正在准备，十几秒就好……",
  on: "主播正在讲",
  paused: "暂停了。按“继续”，主播接着讲。",
  person: "现在是您在讲，主播不出声。讲完按“交回主播”。",
  over: "这一场讲完了。",
};
const COMMENT = {
  waiting: "排队等主播回答",
  answer: "主播照资料回答了",
  defer: "资料里没有，主播请他问客服",
  alert: "列在下面了，请您看一看",
  ignore: "主播没有回应",
};
const LINE = { checking: "正要说", speaking: "正在说", spoken: "说完了", cut: "被打断", refused: "没有说" };
const PASSED = { claims: "有依据", guard: "合规" };
const FAILED = { claims: "没有依据", guard: "不合规" };

function element(tag, name = "", text = "") {
  return Object.assign(document.createElement(tag), { className: name, textContent: text });
}

function button(name, text, press) {
  const made = element("button", name, text);
  made.type = "button";
  onPress(made, press);
  return made;
}

function field(label, control) {
  const made = element("label", "xh-field");
  made.append(element("span", "", label), control);
  return made;
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
const place = (evidence) => Object.values(evidence).join(" ");

/** Builds the view inside `root`; returns {destroy}. */
export function mount(root, { room = "main" } = {}) {
  root.replaceChildren();
  root.classList.add("xh");
  const base = `/api/rooms/${encodeURIComponent(room)}/show`;
  let state = { state: "off", offer: "" };

  // The left: what viewers see and hear, and what the operator does.
  const screen = element("iframe", "xh-screen");
  screen.src = `/screen?room=${encodeURIComponent(room)}`;
  screen.title = "主播画面";
  screen.allow = "autoplay";
  const status = element("p", "xh-status");
  status.setAttribute("role", "status");
  const shop = element("select");
  const minutes = element("select");
  for (const [value, text] of MINUTES) minutes.add(new Option(text, value, value === 30, value === 30));
  const persona = element("select");
  persona.add(new Option("按设置", ""));
  const fresh = Object.assign(element("input"), { type: "checkbox" });
  const again = element("label", "xh-again");
  again.append(fresh, element("span", "", "不接着上次，从头讲"));
  const offer = element("p", "xh-offer");
  const setting = element("div", "xh-setting");
  setting.append(field("店铺", shop), field("讲多久", minutes), field("谁来讲", persona));
  const start = button("xh-start", "开播", () =>
    order("start", { shop: shop.value, minutes: Number(minutes.value), persona: persona.value, fresh: fresh.checked }));
  const pause = button("xh-pause", "暂停", () => order(state.state === "paused" ? "resume" : "pause"));
  const stop = button("xh-stop", "下播", () => confirmStop());
  const mine = button("xh-mine", "我来说", () => order(state.state === "person" ? "hand-back" : "take-over"));
  mine.title = "按 Esc 或 F9 也行，主播马上不出声";
  const small = element("div", "xh-small");
  small.append(pause, stop);
  const keys = element("p", "xh-keys", "键盘：Esc 或 F9 就是“我来说”，主播马上停");
  const left = element("div", "xh-left");
  left.append(screen, status, setting, offer, again, start, mine, small, keys);

  // The right: comments, what was said and why, what was not, what waits for a person.
  const form = element("form", "xh-ask");
  const box = Object.assign(element("input"), { type: "text", maxLength: 500, placeholder: "替观众问一句" });
  box.setAttribute("aria-label", "观众的话");
  const send = Object.assign(element("button", "xh-send", "发送"), { type: "submit" });
  form.append(box, send);
  const asked = element("ul", "xh-asked");
  asked.setAttribute("aria-live", "polite");
  const waiting = list("xh-questions", "要您来回答的", "现在没有。主播答不了的问题会出现在这里。");
  const spoken = list("xh-spoken", "主播说的话", "开播以后，主播说的每句话和它的依据都在这里。");
  const refused = list("xh-refused", "被拦下的话", "没有。没有依据的、违反广告法的话，主播不会说，会列在这里。");
  const counts = element("p", "xh-counts");
  const size = button("xh-size", "字大一点", () => resize(!root.classList.contains("big")));
  const head = element("div", "xh-head");
  head.append(counts, size);
  const right = element("div", "xh-right");
  let ended = ""; // why the meter ended the show
  let held = ""; // why the meter keeps the host silent, whatever the buttons say
  const presence = panel({
    room, who: WHO, call, element, button, tell,
    hold: (now) => {
      if (now === held) return;
      held = now;
      look(state);
    },
  });
  right.append(head, presence.root, form, asked, waiting.root, spoken.root, refused.root);
  root.append(left, right);

  function list(name, title, empty) {
    const made = element("section", name);
    const items = element("ol");
    const nothing = element("p", "xh-empty", empty);
    made.append(element("h3", "", title), nothing, items);
    return {
      root: made,
      put(id, item) {
        const before = [...items.children].find((child) => child.dataset.id === id);
        item.dataset.id = id;
        if (before) before.replaceWith(item);
        else items.prepend(item);
        while (items.children.length > KEPT) items.lastChild.remove();
        nothing.hidden = items.children.length > 0;
      },
      drop(id) {
        [...items.children].find((child) => child.dataset.id === id)?.remove();
        nothing.hidden = items.children.length > 0;
      },
      clear() {
        items.replaceChildren();
        nothing.hidden = false;
      },
    };
  }

  function resize(big) {
    root.classList.toggle("big", big);
    size.textContent = big ? "字小一点" : "字大一点";
    localStorage.setItem("xiangyin-big", big ? "1" : "");
  }

  function tell(text, wrong = false) {
    status.textContent = text;
    status.classList.toggle("wrong", wrong);
  }

  async function call(path, body) {
    const request = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    const answer = await fetch(path, request).catch(() => null);
    if (!answer) throw new Error("连不上乡音，请看看它是不是关掉了。");
    const record = await answer.json().catch(() => ({}));
    if (answer.ok) return record;
    const { message = "没有办成，请再试一次。", hint = "" } = record.error || {};
    throw new Error(message + hint);
  }

  async function order(what, more = {}) {
    // The press that starts the show also lets the browser play its sound.
    screen.contentDocument?.querySelector(".unmute:not([hidden])")?.click();
    if (what === "start") look({ ...state, state: "loading" });
    try {
      const found = await call(`${base}/${what}`, { who: WHO, ...more });
      if (found.state) look(found);
    } catch (error) {
      if (what === "start") look(await call(base).catch(() => ({ ...state, state: "off" })));
      tell(error.message, true);
    }
  }

  let sure = 0;
  function confirmStop() {
    if (Date.now() < sure) {
      sure = 0;
      stop.textContent = "下播";
      order("stop");
      return;
    }
    sure = Date.now() + 4000;
    stop.textContent = "再按一次就下播";
    setTimeout(() => {
      if (Date.now() >= sure) stop.textContent = "下播";
    }, 4100);
  }

  function look(now) {
    const more = now.questions !== state.questions;
    state = now;
    const on = ["on", "paused", "person"].includes(now.state);
    root.dataset.state = now.state;
    const about = now.state === "on" && now.product ? `：${now.product}` : "";
    const time = on ? `（${clock(now.elapsed)} / ${clock(now.total)}）` : "";
    const waits = held && now.state === "paused";
    if (now.state === "loading" || on) ended = "";
    const over = now.state === "over" && ended;
    if (over) tell(ended, true);
    else tell(waits ? `${held}好了主播自己接着讲。` : STATES[now.state] + about + time);
    for (const one of [setting, start]) one.hidden = on;
    again.hidden = offer.hidden = on || !now.offer;
    offer.textContent = now.offer || "";
    start.disabled = now.state === "loading" || !shop.value;
    start.textContent = now.state === "loading" ? "正在准备……" : "开播";
    for (const one of [mine, small, keys]) one.hidden = !on;
    mine.classList.toggle("back", now.state === "person");
    mine.textContent = now.state === "person" ? "交回主播" : "我来说";
    pause.hidden = now.state === "person" || waits;
    pause.textContent = now.state === "paused" ? "继续" : "暂停";
    box.disabled = send.disabled = !on;
    box.placeholder = on ? "替观众问一句" : "开播以后再问";
    counts.textContent = on || now.spoken
      ? `说了 ${now.spoken} 句，拦下 ${now.refused} 句；照资料答了 ${now.answered} 个问题，${now.deferred} 个资料里没有${now.waiting ? `；还有 ${now.waiting} 个排队` : ""}`
      : "";
    if (more) pending();
  }

  async function pending() {
    const open = await call(`${base}/questions`).catch(() => null);
    if (!open) return;
    const typed = new Map([...waiting.root.querySelectorAll("li")].map((li) => [li.dataset.id, li.querySelector("input").value]));
    const typing = document.activeElement?.closest?.(".xh-asks")?.dataset.id;
    waiting.clear();
    for (const question of open) {
      const item = unanswered(question, typed.get(question.subject) || "");
      waiting.put(question.subject, item);
      if (question.subject === typing) item.querySelector("input").focus();
    }
  }

  // What the person writes is said by the host as the person's word; a refusal says why in the status line.
  function unanswered(question, before) {
    const item = element("li", "xh-asks");
    const reply = element("form", "xh-reply");
    const words = Object.assign(element("input"), { type: "text", maxLength: 300, placeholder: "写下回答，主播替您说", value: before, required: true });
    words.setAttribute("aria-label", "您的回答");
    reply.append(words, Object.assign(element("button", "xh-send", "让主播说"), { type: "submit" }));
    reply.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        look(await call(`${base.replace(/show$/, "questions")}/${encodeURIComponent(question.subject)}/answer`, { who: WHO, text: words.value }));
      } catch (error) {
        tell(error.message, true);
      }
    });
    item.append(element("span", "", question.text), reply, button("xh-done", "我答好了", () => order("settle", { question: question.subject })));
    return item;
  }

  const comments = new Map();
  function comment(record) {
    comments.set(record.id, record);
    const item = [...asked.children].find((child) => child.dataset.id === record.id) || element("li");
    item.dataset.id = record.id;
    item.dataset.status = record.status;
    item.replaceChildren(element("q", "", record.text), element("span", "xh-fate", COMMENT[record.status] || record.status));
    if (!item.isConnected) asked.prepend(item);
    while (asked.children.length > 4) asked.lastChild.remove();
  }

  function line(record) {
    if (record.status === "refused") {
      spoken.drop(record.id);
      refused.put(record.id, refusal(record));
      return;
    }
    const item = element("li", `xh-line ${record.status}`);
    for (const one of record.answers) item.append(element("p", "xh-question", `答“${comments.get(one.id)?.text || one.text}”`));
    const words = element("p", "xh-words");
    const held = new Map(record.facts.map((fact) => [fact.id, fact]));
    for (const { text, fact } of record.segments) {
      if (!text) continue;
      const part = element(fact ? "mark" : "span", "", text);
      if (held.has(fact)) part.title = `${held.get(fact).label} ${held.get(fact).value}（${place(held.get(fact).evidence)}）`;
      words.append(part);
    }
    item.append(words);
    for (const fact of record.facts) {
      const carried = element("p", "xh-fact");
      carried.append(
        element("b", "", `依据：${fact.product || "全店"}　${fact.label} ${fact.value}`),
        element("span", "", place(fact.evidence)),
      );
      item.append(carried);
    }
    const marks = record.verdicts.map((v) => `${PASSED[v.by] || v.by} ✓`);
    item.append(element("p", "xh-marks", [LINE[record.status], ...marks].join("　")));
    if (record.answers.length) item.append(check(record.id));
    spoken.put(record.id, item);
  }

  // A person who checks answers marks them; the metric of relevant and grounded answers counts the marks.
  const checked = new Map();
  function check(id) {
    const row = element("p", "xh-check", checked.get(id) || "");
    const mark = (text, on_topic, grounded) =>
      button("xh-mark", text, async () => {
        try {
          await call(`${base}/audit`, { who: WHO, line: id, on_topic, grounded });
          checked.set(id, `抽查记下了：${text}`);
          row.replaceChildren(checked.get(id));
        } catch (error) {
          tell(error.message, true);
        }
      });
    if (!checked.has(id)) row.append("抽查：", mark("答得对", true, true), mark("答非所问", false, true), mark("内容不对", true, false));
    return row;
  }

  function refusal(record) {
    const item = element("li", "xh-line refused");
    item.append(element("p", "xh-words", record.text));
    for (const verdict of record.verdicts.filter((v) => v.action !== "allow")) {
      for (const found of verdict.findings) {
        const law = found.law ? `（${found.law}）` : "";
        item.append(element("p", "xh-why", `${FAILED[verdict.by] || verdict.by}：“${found.surface}”${found.reason}${law}`));
      }
    }
    return item;
  }

  const take = {
    snapshot(all) {
      for (const one of [spoken, refused]) one.clear();
      asked.replaceChildren();
      all.comments.forEach(comment);
      all.lines.forEach(line);
      look(all.state);
      pending();
    },
    state: look,
    comment,
    line,
    notice(record) {
      if (record.code === "presence.stop") ended = record.text;
      if (record.level !== "info") tell(record.text, true);
    },
  };
  const socket = keep(() => address("/ws/show", { room }), {
    message: (record) => take[record.type]?.(record),
    state: (link, reason) => {
      if (link === "lost") tell("和乡音的连接断了，正在自己重连……", true);
      if (link === "refused") tell(reason, true);
    },
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    box.value = "";
    order("comment", { text, who: "观众" });
  });

  const key = (event) => {
    if (event.isComposing || !["Escape", "F9"].includes(event.key) || root.offsetParent === null) return;
    if (state.state === "on" || state.state === "paused") {
      event.preventDefault();
      order("take-over");
    }
  };
  document.addEventListener("keydown", key, true);
  screen.addEventListener("load", () => screen.contentDocument?.addEventListener("keydown", key, true));

  async function shops() {
    const found = await call("/api/shops").catch(() => null);
    if (!found) return; // the connection tells of itself
    const options = found.map((one) => new Option(one.title ? `${one.title}（${one.name}）` : one.name, one.name));
    const shown = (all) => [...all].map((option) => option.text).join("\n");
    if (shown(shop.options) !== shown(options)) {
      const before = shop.value;
      shop.replaceChildren(...options);
      if (found.some((one) => one.name === before)) shop.value = before;
    }
    if (!found.length) tell("还没有店铺。请先到“货单”那一页导入商品表。", true);
    start.disabled = !shop.value || state.state === "loading";
  }
  async function personas() {
    for (const { key, name, about } of await call("/api/personas").catch(() => [])) persona.add(new Option(`${name}：${about}`, key));
  }
  // A shop that was imported meanwhile is there on coming back.
  for (const event of ["pointerenter", "focusin"]) setting.addEventListener(event, shops);
  personas();
  look(state);
  shops();
  resize(localStorage.getItem("xiangyin-big") === "1");
  return {
    destroy() {
      socket.close();
      presence.destroy();
      document.removeEventListener("keydown", key, true);
    },
  };
}
