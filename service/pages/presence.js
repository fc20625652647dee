// Who is on air: the meter's decision and why, slips that wait for a correction, M1 to M13 each with its parts.

const LOOK = 3000; // milliseconds between two looks
const STANDING = {
  ok: "真人在场情况正常",
  warn: "请注意",
  act: "主播先不说话",
  stop: "主播停播",
  doubt: "看不准，主播先不说话",
};

const tidy = (number) => (Number.isInteger(number) ? String(number) : number.toFixed(number < 1 ? 2 : 1));
function lasting(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} 秒`;
  if (seconds >= 86400) return `${tidy(seconds / 86400)} 天`;
  const rest = Math.round(seconds % 60);
  return rest ? `${Math.floor(seconds / 60)} 分 ${rest} 秒` : `${seconds / 60} 分钟`;
}

/** Builds the panel; `call(path, body)` fetches a record, `hold(why)` hears why the host must be silent, nothing where it need not. Returns {root, destroy}. */
export function panel({ room, who, call, element, button, tell, hold }) {
  const base = `/api/rooms/${encodeURIComponent(room)}`;
  const root = element("section", "xh-presence");
  const why = element("p", "xh-standing");
  why.setAttribute("role", "status");
  const label = element("p", "xh-label");
  const slips = element("ol", "xh-slips");
  const table = element("table");
  const numbers = element("details");
  numbers.append(element("summary", "", "在场的数字和它们怎么来的"), table);
  root.append(element("h3", "", "谁在播"), why, slips, label, numbers);

  function slip(one) {
    const item = element("li", one.state);
    item.append(
      element("span", "", `刚才说了“${one.said.join("”“")}”，等了 ${lasting(one.waited)}。请照着念：`),
      element("b", "", one.line),
      button("xh-done", "听错了，没这么说", async () => {
        try {
          await call(`${base}/corrections/dismiss`, { correction: one.id, who, why: "字幕听错了" });
          await look();
        } catch (error) {
          tell(error.message, true);
        }
      }),
    );
    return item;
  }

  function row(metric) {
    const made = element("tr", metric.level);
    const parts = [`${tidy(metric.numerator)} / ${tidy(metric.denominator)}`];
    for (const [name, value] of Object.entries(metric.parts)) parts.push(`${name} ${tidy(value)}`);
    const cells = [metric.key, metric.name, metric.shown, `${parts.join("，")}（${lasting(metric.window)}内）`];
    made.append(...cells.map((text) => element("td", "", text)));
    return made;
  }

  async function look() {
    const [now, told] = await Promise.all([call(`${base}/presence`), call(`${base}/corrections`)]).catch(() => [null]);
    if (!now) return;
    root.dataset.standing = now.standing;
    hold(now.paused ? now.why : "");
    why.textContent = now.why || STANDING[now.standing];
    label.hidden = now.label_in === null;
    if (!label.hidden) label.textContent = `主播再过 ${lasting(now.label_in)}说一次自己是 AI`;
    slips.replaceChildren(...told.filter((one) => one.open).map(slip));
    table.replaceChildren(...now.metrics.map(row));
  }

  const looking = setInterval(look, LOOK);
  look();
  return { root, destroy: () => clearInterval(looking) };
}
