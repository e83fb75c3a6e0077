// The pages of characters: a prompt that is filled in, a question that is taken back.

document.addEventListener("click", (event) => {
  const fill = event.target.closest("[data-fill]");
  if (fill) {
    const field = document.querySelector(fill.dataset.fill);
    field.value = fill.dataset.text;
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const empties = event.target.closest("[data-empties]");
  if (empties) document.querySelector(empties.dataset.empties).replaceChildren();
});
