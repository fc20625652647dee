// A double click is one wish, not two.

const TWICE = 700; // milliseconds in which a second press of the same button is no wish of its own

/** Calls `press(event)` for every wish expressed on `button`. */
export function onPress(button, press) {
  let last = -TWICE;
  button.addEventListener("click", (event) => {
    if (event.timeStamp - last < TWICE) return;
    last = event.timeStamp;
    press(event);
  });
}
