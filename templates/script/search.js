// One search over everything: sections, sentences and rows of the page, and all operators.
const field = by("search");
const [panel, list] = [field.parentElement.querySelector(".panel"), by("results")];
const status = panel.querySelector("[role=status]");
const { state, choices } = shared;
const selects = all("select[data-choose]", panel);
const LISTED = 60;
const clip = (words, most) => words.length > most ? `${words.slice(0, most - 1)}…` : words;
const plain = (element) => {
  const copy = element.cloneNode(true);
  for (const picture of all("svg", copy)) picture.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
};

for (const select of selects) {
  const key = select.dataset.choose, found = choices[key];
  for (const value of Object.keys(found).sort(collator.compare)) select.append(make("option", `${value} (${count(found[value].length)})`, { value }));
  select.parentElement.hidden = select.options.length < 2;
  on(select, "change", () => shared.choose({ [key]: select.value }));
}

// What the page says, read once: headings, then sentences and rows, with the section they stand in.
let pieces;
const read = () => pieces ??= all("main h2:not(.quiet), main h3, main h2.quiet, main tr, main p[data-claim], main li[data-claim], main p[data-rule], main li[data-page]")
  .filter((element) => !element.closest("#operators, thead, nav, svg, .play"))
  .map((element) => {
    const heading = /^H/.test(element.tagName), section = element.closest("section")?.querySelector("h2");
    const cells = element.cells ? [...element.cells].map(plain) : [plain(element)];
    return {
      element, heading, where: heading ? words.section : section ? plain(section) : "",
      said: cells.filter(Boolean).join(" · "), low: cells.join(" ").toLowerCase(),
      rule: element.closest("article")?.querySelector("h3").id.slice(5) ?? "",
    };
  });
const search = () => {
  const wanted = terms(state.filter), some = Object.values(state).some(Boolean);
  if (!some) return [];
  const narrow = state.block || state.kind;
  const parts = narrow ? [] : read().filter((piece) => (!state.rule || piece.rule === state.rule) && wanted.every((word) => piece.low.includes(word)));
  const found = parts.filter((piece) => piece.heading).concat(parts.filter((piece) => !piece.heading))
    .map((piece) => ({ words: piece.said, where: piece.where, go: () => visit(piece.element) }));
  const operators = shared.match().map((at) => {
    const [name, op] = shared.operator(at);
    return { words: name, where: op, go: () => shared.reveal(at) };
  });
  // Neither pushes the other out of the list.
  const room = Math.max(LISTED / 2, LISTED - operators.length);
  return [...found.slice(0, room), ...operators, ...found.slice(room)];
};
const visit = (element) => {
  for (let at = element.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
  for (const old of all(".here")) old.classList.remove("here");
  element.classList.add("here");
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: /^H/.test(element.tagName) ? "start" : "center" });
};
shared.visit = visit;

let found = [], active = -1;
const point = (to) => {
  const options = list.children;
  options[active]?.setAttribute("aria-selected", false);
  active = options.length ? (to + options.length) % options.length : -1;
  if (active < 0) return field.removeAttribute("aria-activedescendant");
  options[active].setAttribute("aria-selected", true);
  options[active].scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", options[active].id);
};
const show = (open) => {
  panel.hidden = !open;
  field.setAttribute("aria-expanded", open);
  field.closest("nav").classList.toggle("open", open);
};
const go = (result) => {
  show(false);
  result.go();
};
const update = () => {
  field.value = state.filter;
  for (const select of selects) select.value = state[select.dataset.choose];
  found = search();
  active = -1;
  field.removeAttribute("aria-activedescendant");
  list.replaceChildren(...found.slice(0, LISTED).map((result, at) => {
    const item = make("li", clip(result.words, 110), { id: `r${at}` });
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", false);
    item.append(" ", make("i", clip(result.where, 40)));
    on(item, "mousedown", (event) => event.preventDefault());
    on(item, "click", () => go(result));
    return item;
  }));
  list.hidden = !found.length;
  const some = Object.values(state).some(Boolean);
  status.textContent = !some ? "" : !found.length ? words.nothing : fill(found.length > LISTED ? "first" : "found", { n: count(found.length), shown: LISTED });
};
shared.chosen = update;
on(field, "input", () => {
  shared.choose({ filter: field.value });
  show(true);
});
on(field, "focus", () => show(true));
on(field, "keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown") point(active + 1);
  else if (event.key === "ArrowUp") point(active < 0 ? -1 : active - 1);
  else if (event.key === "Enter" && found.length) go(found[Math.max(0, active)]);
  else return;
  event.preventDefault();
});
const box = field.parentElement;
on(box, "keydown", (event) => {
  if (event.key !== "Escape") return;
  if (Object.values(state).some(Boolean)) shared.choose({ filter: "", rule: "", block: "", kind: "" });
  show(false);
  field.blur();
});
on(box, "focusout", (event) => { if (event.relatedTarget && !box.contains(event.relatedTarget)) show(false) });
on(document, "pointerdown", (event) => { if (!box.contains(event.target)) show(false) });
box.hidden = false;
update();
shared.search = () => {
  field.focus();
  field.select();
};
