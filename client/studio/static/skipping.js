// Why a film is skipped: asked in the same way of many films and on the page of one.

// The form opens under a button; `skip` is called with the reason, "" for none.
export function askingWhy(button, form, skip) {
  const ask = (isAsking) => {
    form.hidden = !isAsking;
    button.ariaExpanded = String(isAsking);
    if (isAsking) form.note.focus();
  };
  const leave = () => { ask(false); button.focus(); };
  form.querySelector("[type=button]").addEventListener("click", leave);
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") leave(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const note = form.note.value.trim();
    form.reset();
    leave();
    skip(note);
  });
  return () => ask(form.hidden);
}
