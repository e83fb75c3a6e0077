(() => {
  "use strict";
  const SIZE = 50;
  const all = (what) => [...document.querySelectorAll(what)];
  const rows = all("article"), buttons = all("[data-only]"), pagers = all(".pager");
  const bar = document.querySelector(".bar"), field = bar.querySelector("input");
  const nothing = document.getElementById("nothing"), list = document.getElementById("rows");
  const words = rows.map((row) =>
    `${row.querySelector("h2").textContent}\n${row.querySelector(".footage").textContent}`.toLowerCase());
  let only = "all", page = 0;

  const fits = (row, place) =>
    (only === "all" || row.dataset.status === only || (only === "look" && "look" in row.dataset)) &&
    words[place].includes(field.value.trim().toLowerCase());

  function show() {
    const fitting = rows.filter(fits);
    const pages = Math.max(1, Math.ceil(fitting.length / SIZE));
    page = Math.min(Math.max(page, 0), pages - 1);
    const first = page * SIZE, seen = new Set(fitting.slice(first, first + SIZE));
    for (const row of rows) row.hidden = !seen.has(row);
    nothing.hidden = fitting.length > 0;
    for (const pager of pagers) {
      const [before, after] = pager.querySelectorAll("button");
      before.disabled = page === 0;
      after.disabled = page === pages - 1;
      pager.querySelector("output").value = fitting.length
        ? `${first + 1}–${first + seen.size} of ${fitting.length.toLocaleString("en")}` : "none";
      pager.hidden = pager.classList.contains("foot") && pages === 1;
    }
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.only === only));
  }

  for (const button of buttons) {
    button.addEventListener("click", () => { only = button.dataset.only; page = 0; show(); });
  }
  for (const button of all("[data-go]")) {
    button.addEventListener("click", () => {
      page += Number(button.dataset.go);
      show();
      list.scrollIntoView();
    });
  }
  field.addEventListener("input", () => { page = 0; show(); });
  bar.hidden = false;
  show();
})();
