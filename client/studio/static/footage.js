// The footage page: dropped files, many approvals, filters that survive a reload.
import { swapped, toast } from "/static/studio.js";
import { untick } from "/static/ticking.js";

const filters = document.getElementById("filters");

document.addEventListener("click", (event) => {
  if (event.target.id === "clear-filters") {
    filters.reset();
    filters.search.value = "";
    filters.querySelector('[name=state][value=""]').checked = true;
    htmx.trigger(filters, "submit");
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt === filters && event.detail.successful) {
    untick(); // what the filters hide must not be approved with the rest
    history.replaceState(null, "", `/?${new URLSearchParams(new FormData(filters))}`);
  }
});

document.getElementById("adding").addEventListener("htmx:beforeRequest", () => {
  document.getElementById("toasts").replaceChildren(); // what was said of the path before
});

for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dropping");
});
document.addEventListener("drop", async (event) => {
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  document.body.classList.remove("dropping");
  for (const file of event.dataTransfer.files) {
    toast(`Copying ${file.name} …`);
    try {
      const answer = await fetch(`/footage/drop?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
      toast(await answer.text(), { bad: !answer.ok });
    } catch {
      toast(`${file.name} could not be copied.`, { bad: true });
    }
  }
  htmx.trigger(filters, "submit");
});

// More cards come before the last row is scrolled to.
const near = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) if (isIntersecting) htmx.trigger(target, "near");
}, { rootMargin: "800px" });
const watch = () => { for (const more of document.querySelectorAll(".more")) near.observe(more); };
document.addEventListener("htmx:load", watch); // also the first time, once they can be told

// The place in line of films that wait: text alone, as those of all change with each that is looked at.
async function showPlaces() {
  const shown = document.querySelectorAll("[data-place]");
  if (!shown.length) return;
  const answer = await fetch("/footage/line.json");
  if (!answer.ok) return;
  const places = await answer.json();
  for (const one of shown) {
    const place = places[one.dataset.place] ?? "";
    if (one.textContent !== place) one.textContent = place;
  }
}

// How many films are in each state, at most once a second.
let countsDue = 0;
document.addEventListener("films", () => {
  if (countsDue) return;
  countsDue = setTimeout(() => {
    countsDue = 0;
    showPlaces();
    const states = document.getElementById("states");
    if (states.contains(document.activeElement)) return;
    swapped(`/footage/states?${new URLSearchParams(new FormData(filters))}`, states);
    const ready = document.getElementById("ready");
    if (ready && !ready.contains(document.activeElement)) swapped("/footage/ready", ready);
  }, 1000);
});
