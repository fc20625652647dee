// The open tab stands in the address: a reload stays on it, and “back” goes to the one before.

const tabs = () => [...document.querySelectorAll("[role=tab]")].filter((tab) => tab.offsetParent !== null);
const named = () => decodeURIComponent(location.hash.slice(1));

/** Opens the tab that the address names, the first where it names none; whether there are tabs yet. */
function open() {
  const all = tabs();
  const wanted = all.find((tab) => tab.textContent.trim() === named()) || all[0];
  if (wanted && wanted.getAttribute("aria-selected") !== "true") wanted.click();
  return all.length > 0;
}

document.addEventListener("click", (event) => {
  const name = event.target.closest?.("[role=tab]")?.textContent.trim();
  // What a script presses follows the address; only a person changes it.
  if (name && event.isTrusted && name !== named()) location.hash = encodeURIComponent(name);
});
addEventListener("hashchange", open);
const waiting = new MutationObserver(() => open() && waiting.disconnect());
if (!open()) waiting.observe(document, { childList: true, subtree: true });
