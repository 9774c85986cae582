// Filter: every word has to occur; "/" goes to the field, Escape empties it, #filter=… is a link.
const field = document.querySelector("[data-filter]");
const body = by(field.dataset.filter).tBodies[0];
const status = document.querySelector(`[data-count="${field.dataset.filter}"]`);
const texts = [...body.rows].map((row) => [row, row.textContent.toLowerCase()]);
const apply = () => {
  const wanted = terms(field.value);
  let shown = 0;
  for (const [row, text] of texts) {
    row.hidden = !wanted.every((word) => text.includes(word));
    shown += !row.hidden;
  }
  status.textContent = wanted.length ? fill("shown", { shown, all: texts.length }) : "";
};
field.closest("[hidden]").hidden = false;
on(field, "input", () => {
  apply();
  settle("filter", field.value);
});
on(field, "keydown", (event) => {
  if (event.key !== "Escape") return;
  field.value = "";
  field.dispatchEvent(new Event("input"));
  field.blur();
});
on(document, "keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return;
  event.preventDefault();
  field.focus();
  field.select();
});
const follow = () => {
  const wanted = settings();
  if (wanted.has("filter")) {
    field.value = wanted.get("filter");
    apply();
    field.scrollIntoView({ block: "center" });
    return;
  }
  const target = location.hash.length > 1 && by(location.hash.slice(1));
  if (target && target.hidden) {
    field.value = "";
    apply();
    target.scrollIntoView();
  }
};
on(self, "hashchange", follow);
follow();
