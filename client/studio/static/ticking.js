// Films that are ticked: what is done to all of them, and taken back.
import { askingWhy } from "/static/skipping.js";
import { refresh, toast } from "/static/studio.js";

const at = (id) => document.getElementById(id);
const ticked = new Map(); // key of a film -> how many warnings it has; also of cards not scrolled to
let last = null; // the box ticked before, where Shift begins

function show() {
  const warned = [...ticked.values()].filter(Boolean).length;
  at("approve-ticked").textContent = ticked.size
    ? `Approve ${ticked.size}${warned ? ` (${warned} with warnings)` : ""}` : "Approve";
  at("approve-ticked").disabled = at("skip-ticked").disabled = !ticked.size;
  at("skip-ticked").textContent = ticked.size ? `Skip ${ticked.size} …` : "Skip …";
  at("untick").hidden = !ticked.size;
}

const boxes = () => [...document.querySelectorAll("[data-tick]")];

function tick(box, isOn) {
  box.checked = isOn;
  if (isOn) ticked.set(box.value, Number(box.dataset.tick));
  else ticked.delete(box.value);
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-tick]");
  if (!box) return;
  const all = boxes();
  const [from, to] = [all.findIndex((one) => one.value === last), all.indexOf(box)].sort((a, b) => a - b);
  const meant = event.shiftKey && from >= 0 ? all.slice(from, to + 1) : [box];
  for (const one of meant) tick(one, box.checked);
  last = box.value;
  show();
});

// A card that is shown anew has the tick that it had; one that can no longer be approved has none.
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  for (const box of elt.querySelectorAll("[data-tick]")) {
    if (ticked.has(box.value)) tick(box, true);
  }
  const key = elt.dataset?.film;
  if (key && ticked.has(key) && !elt.querySelector("[data-tick]")) ticked.delete(key);
  show();
});

export function untick() {
  ticked.clear();
  last = null;
  for (const box of boxes()) box.checked = false;
  show();
}

at("untick").addEventListener("click", () => { untick(); at("tick-all").focus(); });
at("tick-all").addEventListener("click", async () => {
  const answer = await fetch(`/footage/tickable.json?${new URLSearchParams(new FormData(at("filters")))}`);
  if (!answer.ok) { toast(await answer.text(), { bad: true }); return; }
  for (const [key, warnings] of Object.entries(await answer.json())) ticked.set(key, warnings);
  for (const box of boxes()) box.checked = ticked.has(box.value);
  show();
});

// Says what came of it, and shows every card as it is now.
async function post(where, body, keys) {
  let answer;
  try {
    answer = await fetch(where, { method: "POST", body });
  } catch {
    toast("The studio does not answer. Look again what was done.", { bad: true });
    return;
  }
  for (const key of keys) { const card = at(`card-${key}`); if (card) refresh(card); }
  document.dispatchEvent(new CustomEvent("films", { detail: keys }));
  if (!answer.ok) { toast(await answer.text(), { bad: true }); return; }
  const { said, steps = [] } = await answer.json();
  const back = () => post("/footage/undo", new URLSearchParams(steps.map((step) => ["step", step])), keys);
  toast(said, { button: steps.length ? { text: "Undo", press: back } : null });
}

function decide(where, more = []) {
  const keys = [...ticked.keys()];
  const body = new URLSearchParams([...keys.map((key) => ["film", key]), ...more]);
  untick();
  return post(where, body, keys);
}

at("approve-ticked").addEventListener("click", () => decide("/footage/approve"));

const askWhy = askingWhy(at("skip-ticked"), at("skipping"), (note) => {
  at("tick-all").focus(); // the button is of no use until something is ticked
  decide("/footage/skip", note ? [["note", note]] : []);
});
at("skip-ticked").addEventListener("click", askWhy);
