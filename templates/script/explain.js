// A number that leads to its note shows it beside itself, with its own values. Without popovers it stays a link.
const NUMBER = 'a[href^="#y-"]';
const box = make("div", "", { id: "why", tabIndex: -1 });
if ("popover" in box) {
  let current = null, again = false;
  box.popover = "auto";
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-labelledby", "why-title");
  const title = make("p", "", { id: "why-title" });
  box.append(title);
  document.body.append(box);
  // Where it is stands in a rule of the page's style sheet: no element has a style of its own.
  const sheet = document.styleSheets[0];
  const at = sheet.cssRules[sheet.insertRule("#why { left: 0; top: 0 }", sheet.cssRules.length)].style;
  for (const link of all(NUMBER)) {
    link.setAttribute("role", "button");
    link.setAttribute("aria-haspopup", "dialog");
    link.dataset.sum = link.title;
    link.removeAttribute("title");
  }
  const close = make("button", "×", { type: "button" });
  close.setAttribute("aria-label", words.close);
  close.addEventListener("click", () => box.hidePopover());

  // What a row is about: its first code, as a cell may list more operators, else its first cell.
  const about = (link) => {
    const cell = link.closest("tr")?.cells[0];
    return (cell?.querySelector("code") ?? cell ?? link.closest("li")?.querySelector(".title"))?.textContent.trim();
  };
  const explain = (link) => {
    const note = document.getElementById(link.hash.slice(1));
    const counted = note.querySelector("td > code");
    const formula = counted ? note.cells[2] : note.cells[1];
    const shown = link.textContent.trim(), sum = link.dataset.sum;
    const what = counted ? fill("macs", { what: counted.textContent }) : note.cells[0].textContent;
    const own = !sum ? formula.querySelector("i").textContent : sum === shown || sum.includes(" = ") ? sum : `${sum} = ${shown}`;
    const sure = link.dataset.sure ?? (counted ? "" : formula.querySelector("small")?.textContent);
    const equation = formula.cloneNode(true);
    for (const extra of all("i, small", equation)) extra.remove();
    if (counted) equation.prepend(words.layers);
    return { what, about: about(link), equation: [...equation.childNodes], symbols: counted, own, source: note.lastElementChild.textContent, sure };
  };
  const show = (link, found) => {
    const list = make("dl");
    const rows = [[words.formula, ...found.equation], [words.values, found.own], [words.source, found.source], [words.certainty, found.sure || words.exact]];
    for (const [name, ...parts] of rows) {
      list.append(make("dt", name), make("dd"));
      list.lastChild.append(...parts);
    }
    if (found.symbols) list.children[1].append(make("small", document.getElementById("symbols").textContent));
    const name = found.about && found.about !== found.what ? `${found.what}: ${found.about}` : found.what;
    title.textContent = name;
    box.replaceChildren(title, close, list);
    current = link;
    link.setAttribute("aria-expanded", "true");
    box.showPopover();
    const place = link.getBoundingClientRect(), room = root.clientWidth - box.offsetWidth - 8;
    const below = place.bottom + 6 + box.offsetHeight < innerHeight || place.top < box.offsetHeight + 14;
    at.left = `${scrollX + Math.max(8, Math.min(place.left, room))}px`;
    at.top = `${scrollY + (below ? place.bottom + 6 : place.top - 6 - box.offsetHeight)}px`;
    box.focus({ preventScroll: true });
  };
  box.addEventListener("toggle", (event) => {
    if (event.newState !== "closed" || !current) return;
    current.setAttribute("aria-expanded", "false");
    const held = document.activeElement;
    if (!held || held === document.body || box.contains(held)) current.focus({ preventScroll: true });
  });
  // A press outside closes the box before the click arrives: one on the same number is to leave it closed.
  document.addEventListener("pointerdown", (event) => {
    again = box.matches(":popover-open") && event.target.closest(NUMBER) === current;
  }, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest(NUMBER);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (again) again = false;
    else show(link, explain(link));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !event.target.matches(NUMBER)) return;
    event.preventDefault();
    event.target.click();
  });
}
