// The keyboard of an editor; nothing is taken from a field that is being typed in.

const KEYS = {
  " ": "play", k: "stop", l: "faster", j: "backward",
  ArrowLeft: "back", ArrowRight: "forward", ArrowUp: "cut-before", ArrowDown: "cut-after",
  Home: "first", End: "last", i: "in", o: "out", r: "loop", n: "snap", m: "mute",
  "+": "zoom-in", "=": "zoom-in", "-": "zoom-out", 0: "zoom-fit", "?": "help", Escape: "cancel",
};
const SHIFTED = { ArrowLeft: "second-back", ArrowRight: "second-on", i: "to-in", o: "to-out" };

export function listenToKeys(actions) {
  document.addEventListener("keydown", (event) => {
    const isField = event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
    if (event.defaultPrevented || document.querySelector("dialog[open]") || isField) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if ((event.ctrlKey || event.metaKey) && key === "z" && !event.shiftKey) {
      event.preventDefault();
      actions.undo();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const name = (event.shiftKey && SHIFTED[key]) || KEYS[key];
    if (!name || (event.target.matches("button, a, summary") && (key === " " || key === "Enter"))) return;
    if (event.target.matches(".judge") && /^(Arrow(Up|Down)|Home|End)$/.test(event.key)) return; // it scrolls
    if (event.target.matches("input[type=radio]") && key.startsWith("Arrow")) return;
    event.preventDefault();
    actions[name]();
  });
}
