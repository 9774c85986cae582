// Single keys; the help names them, and can switch them off for those to whom they get in the way.
const help = document.getElementById("help"), on = help.querySelector("input");
on.checked = kept("keys") !== "off";
on.addEventListener("change", () => keep("keys", on.checked ? "on" : "off"));
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
  o: () => shared.visit(document.getElementById("nodes")),
  t: () => shared.theme.click(),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open || event.target.closest("input:not([type=checkbox]), select")) return;
  if (!Object.hasOwn(actions, event.key) || !on.checked) return;
  event.preventDefault();
  actions[event.key]();
});
const button = make("button", words.keys, { type: "button", className: "help" });
button.append(" ", make("kbd", "?"));
button.addEventListener("click", () => help.showModal());
shared.theme.after(button);
