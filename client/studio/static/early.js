// What is pressed or typed before the page can act on it is kept, and done as soon as it can:
// a form would be sent without htmx otherwise, as a new page with what was typed in its address.
{
  const TYPES = ["click", "submit", "input", "change"];
  const kept = [];

  const keep = (event) => {
    const at = event.type === "click" ? event.target.closest("button[type=button]") : event.target;
    if (!at) return; // a link or a checkbox acts by itself; a form's own button comes as its submit
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!kept.some((one) => one.at === at && one.type === event.type)) {
      kept.push({ at, type: event.type, submitter: event.submitter });
    }
  };

  const again = ({ at, type, submitter }) => {
    if (!at.isConnected) return;
    if (type === "click") at.click();
    else if (type === "submit") at.requestSubmit(submitter);
    else at.dispatchEvent(new Event(type, { bubbles: true }));
  };

  for (const type of TYPES) document.addEventListener(type, keep, true);
  document.addEventListener("htmx:load", () => {
    for (const type of TYPES) document.removeEventListener(type, keep, true);
    kept.forEach(again);
  }, { once: true });
}
