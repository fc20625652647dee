// The label that an AI made this. Nothing on the page can switch it off; where it cannot be seen, `changed(false)`.

export const TEXT = "本内容由人工智能生成";
const SHARE = 0.06; // of the short edge; the characters drawn are about nine tenths of a font's size
const LEAST = 0.05; // of the short edge, what the rules ask for
const EVERY = 300; // milliseconds between two looks
const SAMPLE = 100; // looks that are told of together, half a minute
const FONT = '"Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif';

const size = () => Math.ceil(SHARE * Math.min(innerWidth, innerHeight));
const own = () => ({
  all: "initial", position: "fixed", display: "block", visibility: "visible", opacity: "1", zoom: "1",
  top: `${Math.round(size() * 0.5)}px`, left: `${Math.round(size() * 0.5)}px`, right: "auto", bottom: "auto",
  width: "max-content", "max-width": "none", height: "auto", "max-height": "none", margin: "0",
  padding: `${(size() * 0.18).toFixed(1)}px ${(size() * 0.45).toFixed(1)}px`, border: "0",
  "border-radius": `${(size() * 0.25).toFixed(1)}px`, background: "rgb(28, 38, 33)", color: "rgb(255, 255, 255)",
  "z-index": "2147483647", "pointer-events": "auto", filter: "none", transform: "none", "clip-path": "none",
  transition: "none", animation: "none",
});
const ROOT = {
  display: "block", visibility: "visible", opacity: "1", zoom: "1", filter: "none", transform: "none",
  "clip-path": "none", "content-visibility": "visible", transition: "none", animation: "none",
};

const held = new WeakMap(); // element → [what was asked for, what the browser made of it]

/** Sets inline styles that no style sheet overrides, and sets them again where somebody changed them. */
function insist(element, style) {
  const asked = Object.entries(style).map(([name, value]) => `${name}: ${value} !important`).join("; ");
  const [before, made] = held.get(element) ?? [];
  if (before === asked && element.getAttribute("style") === made) return;
  element.style.cssText = asked;
  held.set(element, [asked, element.getAttribute("style")]);
}

function make() {
  const host = document.createElement("div");
  const words = document.createElement("span");
  // A closed root: no style sheet of the page, and no script but this one, reaches the words.
  host.attachShadow({ mode: "closed" }).append(words);
  host.setAttribute("role", "note");
  host.setAttribute("aria-label", TEXT);
  if (host.showPopover) host.setAttribute("popover", "manual");
  return { host, words };
}

/** Keeps the label on the page. `changed(visible)` is called whenever what viewers can see changes, `sampled(seen, of)`
 *  for every so many looks at it. */
export function guard(changed, sampled = () => {}) {
  let label = make();
  let shown = null;
  const assert = () => {
    if (!label.host.isConnected) {
      label = make();
      document.documentElement.append(label.host);
    }
    const { host, words } = label;
    insist(document.documentElement, ROOT);
    for (const { name } of [...host.attributes]) {
      if (!["style", "role", "aria-label", "popover"].includes(name)) host.removeAttribute(name);
    }
    insist(host, own());
    insist(words, {
      all: "initial", display: "block", "white-space": "nowrap", color: "rgb(255, 255, 255)",
      font: `700 ${size()}px/1.15 ${FONT}`,
    });
    if (words.textContent !== TEXT) words.textContent = TEXT;
    // The top layer: above everything, and outside of what its ancestors do to their children.
    if (host.showPopover && host.getAttribute("popover") !== "manual") host.setAttribute("popover", "manual");
    if (host.showPopover && !host.matches(":popover-open")) host.showPopover();
    if (host.showPopover && !onTop(label)) {
      host.hidePopover();
      host.showPopover();
    }
    return label;
  };
  const look = () => {
    let visible = false;
    try {
      visible = seen(assert());
    } catch {
      visible = false; // whatever keeps it from being shown, the page is silent
    }
    if (visible !== shown) changed((shown = visible));
  };
  // A page on a tab that nobody has open shows no picture: a look counts where the page is there at the next one too.
  let looks = 0, good = 0, there = false, last = null;
  new IntersectionObserver((found) => { there = found.at(-1).isIntersecting; }).observe(document.documentElement);
  const sample = () => {
    look();
    const before = last;
    last = there && !document.hidden ? shown : null;
    if (before === null || last === null) return;
    good += before;
    if (++looks < SAMPLE) return;
    sampled(good, looks);
    looks = good = 0;
  };
  const watch = new MutationObserver(look);
  watch.observe(document.documentElement, { childList: true, attributes: true });
  addEventListener("resize", look);
  setInterval(sample, EVERY);
  look();
}

function onTop({ host, words }) {
  const box = words.getBoundingClientRect();
  const y = box.top + box.height / 2;
  return [0.1, 0.5, 0.9].every((part) => document.elementFromPoint(box.left + box.width * part, y) === host);
}

/** Whether viewers see the label: there, big enough, inside the picture, in its colours, covered by nothing. */
function seen(label) {
  const { host, words } = label;
  const box = words.getBoundingClientRect();
  const style = getComputedStyle(host);
  const text = getComputedStyle(words);
  return (
    words.textContent === TEXT &&
    parseFloat(text.fontSize) * 0.88 >= LEAST * Math.min(innerWidth, innerHeight) &&
    box.height >= parseFloat(text.fontSize) &&
    box.width >= parseFloat(text.fontSize) * TEXT.length * 0.9 &&
    box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight &&
    style.opacity === "1" && style.visibility === "visible" && text.visibility === "visible" &&
    style.filter === "none" && style.transform === "none" && style.clipPath === "none" &&
    style.backgroundColor === "rgb(28, 38, 33)" && text.color === "rgb(255, 255, 255)" &&
    (host.checkVisibility?.({ checkOpacity: true, checkVisibilityCSS: true }) ?? true) &&
    onTop(label)
  );
}
