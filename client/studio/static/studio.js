// What every page does: hears what changed, switches the theme, says what went wrong.
import { Stream } from "./stream.js";

const root = document.documentElement;

document.getElementById("theme")?.addEventListener("click", () => {
  const isDark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* a private window forgets it */ }
});

// button: { text, press } of what can be done about it, for as long as it is shown.
export function toast(text, { bad = false, button = null } = {}) {
  const line = document.createElement("p");
  line.className = bad ? "toast bad" : "toast";
  line.textContent = text;
  if (button) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = button.text;
    made.addEventListener("click", () => { line.remove(); button.press(); });
    line.append(" ", made);
  }
  document.getElementById("toasts").append(line);
  setTimeout(() => line.remove(), bad || button ? 12000 : 5000);
}

document.addEventListener("told", (event) => toast(event.detail.value));
document.addEventListener("htmx:responseError", (event) => {
  const { xhr, target } = event.detail;
  if (xhr.status === 404 && target?.matches(".card")) { target.remove(); return; } // another tab removed it
  toast(event.detail.xhr.responseText.slice(0, 300) || "The studio could not do that.", { bad: true });
});
document.addEventListener("htmx:sendError", () => toast("The studio does not answer.", { bad: true }));

let spentDue = 0;

// What a part shows of a film is fetched anew where it is on the page.
const away = document.getElementById("away");
new Stream(document.body.dataset.version, { films: changed, away: (isAway) => { away.hidden = !isAway; } });

function changed(keys) {
  for (const key of keys) {
    for (const part of document.querySelectorAll(`[data-film~="${key}"][data-part]`)) refresh(part);
  }
  document.dispatchEvent(new CustomEvent("films", { detail: keys }));
  spentDue ||= setTimeout(() => {
    spentDue = 0;
    swapped("/spent", document.getElementById("spent"));
  }, 2000);
}

// Without a source htmx asks in the name of the body: of several that wait there, only the last is asked.
export const swapped = (url, part) => htmx.ajax("GET", url, { source: part, target: part, swap: "outerHTML" });

// A press that has begun: the button under it would be gone before it ends, and the press with it.
let pressed = null;
document.addEventListener("pointerdown", (event) => { pressed = event.target; }, true);
for (const type of ["pointerup", "pointercancel"]) {
  document.addEventListener(type, () => setTimeout(() => { pressed = null; }), true); // after its click
}

// A part that changes several times in a moment is fetched once; one that is being typed in or pressed waits.
const due = new Map();
export function refresh(part) {
  if (due.has(part.id)) return;
  due.set(part.id, setTimeout(() => {
    due.delete(part.id);
    const now = document.getElementById(part.id);
    if (!now) return;
    if (now.contains(pressed)) {
      refresh(now);
      return;
    }
    if (now.contains(document.activeElement) && document.activeElement.matches("input:not([type=checkbox]), textarea, select")) {
      document.activeElement.addEventListener("blur", () => refresh(now), { once: true });
      return;
    }
    swapped(now.dataset.part, now);
  }, 150));
}

document.addEventListener("click", async (event) => {
  const text = event.target.closest("[data-copy]")?.dataset.copy;
  if (text === undefined) return;
  await navigator.clipboard.writeText(text);
  toast("Copied.");
});
