// The footage page: dropped files, many approvals, filters that survive a reload.
import { toast } from "/static/studio.js";

const filters = document.getElementById("filters");

document.addEventListener("click", async (event) => {
  if (event.target.id === "clear-filters") {
    filters.reset();
    filters.search.value = "";
    filters.querySelector('[name=state][value=""]').checked = true;
    htmx.trigger(filters, "submit");
  }
  if (event.target.id === "approve-shown") {
    const asked = new URLSearchParams(new FormData(filters));
    const answer = await fetch("/footage/approve", { method: "POST", body: asked });
    toast(await answer.text(), { bad: !answer.ok });
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt === filters && event.detail.successful) {
    history.replaceState(null, "", `/?${new URLSearchParams(new FormData(filters))}`);
  }
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

// How many films are in each state, at most once a second.
let countsDue = 0;
document.addEventListener("films", () => {
  if (countsDue) return;
  countsDue = setTimeout(() => {
    countsDue = 0;
    const states = document.getElementById("states");
    if (states.contains(document.activeElement)) return;
    htmx.ajax("GET", `/footage/states?${new URLSearchParams(new FormData(filters))}`, { target: states, swap: "outerHTML" });
  }, 1000);
});
