// Single keys; the help names them, and can switch them off for those to whom they get in the way.
const help = by("help"), enabled = help.querySelector("input");
enabled.checked = kept("keys") !== "off";
on(enabled, "change", () => keep("keys", enabled.checked ? "on" : "off"));
const step = (selector, way) => {
  const places = all(selector).map((place) => [place.getBoundingClientRect().top - parseFloat(getComputedStyle(place).scrollMarginTop), place]);
  const next = way > 0 ? places.find(([top]) => top > 4) : places.findLast(([top]) => top < -4);
  if (next) shared.visit(next[1]);
};
const actions = {
  "/": shared.search,
  "?": () => help.showModal(),
  j: () => step("main section h2:not(.quiet)", 1),
  k: () => step("main section h2:not(.quiet)", -1),
  n: () => step(".finding h3", 1),
  p: () => step(".finding h3", -1),
  o: () => shared.visit(by("nodes")),
  t: () => shared.theme.click(),
};
on(document, "keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open || event.target.closest("input:not([type=checkbox]), select")) return;
  if (!Object.hasOwn(actions, event.key) || !enabled.checked) return;
  event.preventDefault();
  actions[event.key]();
});
const button = make("button", words.keys, { type: "button", className: "help" });
button.append(" ", make("kbd", "?"));
on(button, "click", () => help.showModal());
shared.theme.after(button);
