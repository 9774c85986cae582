// A number that leads to its note shows it beside itself, with its own values. Without popovers it stays a link.
// What a table says of its columns: the notes that their numbers lead to.
for (const table of all("table[data-y]")) for (const pair of table.dataset.y.split(" ")) {
  const [column, note] = pair.split(":");
  for (const cell of all(`tbody td:nth-child(${column})`, table)) {
    if (!/[1-9]/.test(cell.textContent)) continue;
    const { y = note, eg, sure } = cell.dataset, link = make("a", "", { href: `#y-${y}`, title: cell.title });
    if (eg !== undefined) link.dataset.eg = "";
    if (sure !== undefined) link.dataset.sure = sure;
    cell.removeAttribute("title");
    link.append(...cell.childNodes);
    cell.append(link);
  }
}
const NUMBER = 'a[href^="#y-"], #operators .number';
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
  for (const link of all('a[href^="#y-"]')) {
    link.setAttribute("role", "button");
    link.setAttribute("aria-haspopup", "dialog");
    link.dataset.sum = link.title;
    link.removeAttribute("title");
  }
  const close = make("button", "×", { type: "button" });
  close.setAttribute("aria-label", words.close);
  on(close, "click", () => box.hidePopover());

  // What a row is about: its first code, as a cell may list more operators, else its first cell.
  const about = (link) => {
    const cell = link.closest("tr")?.cells[0];
    return (cell?.querySelector("code") ?? cell ?? link.closest("li")?.querySelector(".title, [href^='#rule-'], [href^='#form-']"))?.textContent.trim();
  };
  const copy = (cell) => {
    const found = cell.cloneNode(true);
    for (const extra of all("i, small", found)) extra.remove();
    return [...found.childNodes];
  };
  // What several notes have from one source, that says once, for all of them.
  const origin = (note) => note.cells[2] ? note.lastElementChild.textContent : origin(note.previousElementSibling);
  // The values of a number: in its title, else those of the note's example. A share of its note's whole has the part alone, or follows the number that it is a share of; what has no parts is what is shown.
  const values = (link, shown, note) => {
    const { eg, at, sum: said } = link.dataset;
    let sum = eg !== undefined ? note.querySelector("i").textContent : at ? shared.kinds(at.split(" ")) : said;
    const whole = note.dataset.of;
    if (whole && !sum.includes(" / ")) {
      const [part, total] = (sum || worth(link)).split(" = ");
      sum = `${part} / ${whole}${sum && total ? ` = ${total}` : ""}`;
    }
    return !sum || sum === shown || sum.includes(" = ") ? sum || shown : `${sum} = ${shown}`;
  };
  // All digits of the number before this one in its row.
  const worth = (link) => {
    const before = all('a[href^="#y-"]', link.closest("tr, li")), last = before[before.indexOf(link) - 1];
    return values(last, last.textContent.trim(), by(last.hash.slice(1))).split(" = ").at(-1);
  };
  const explain = (link) => {
    const note = by(link.hash.slice(1));
    const counted = note.querySelector("td > code");
    const formula = counted ? note.cells[2] : note.cells[1];
    const shown = link.textContent.trim(), own = values(link, shown, note);
    const what = counted ? fill("macs", { what: counted.textContent }) : note.cells[0].textContent;
    const known = counted ? null : formula.querySelector("small");
    const sure = link.dataset.sure ?? known?.dataset.full ?? known?.textContent ?? "";
    const equation = counted ? [words.layers, ...copy(formula)] : copy(formula);
    return { what, about: about(link), equation, symbols: counted, own, source: origin(note), sure };
  };

  // Operators: their numbers become buttons row by row, before the pointer or the focus comes to them.
  const table = by("operators");
  const COUNTS = ["macs", "flops", "params"];
  const offer = (row) => {
    const how = row?.id && !row.querySelector(".number") && shared.how(row.id);
    if (!how) return;
    COUNTS.forEach((kind, at) => {
      const cell = row.cells[at + 3];
      if (!/[1-9]/.test(cell.textContent) || (kind !== "params" && how[0] < 0)) return;
      const button = make("button", cell.textContent, { type: "button", className: "number" });
      button.dataset.count = at;
      button.setAttribute("aria-haspopup", "dialog");
      cell.replaceChildren(button);
    });
  };
  const worked = (button) => {
    const row = button.closest("tr"), at = Number(button.dataset.count), [place, macs, flops, params, sure = 0] = shared.how(row.id);
    const value = (n) => row.cells[n + 3].textContent.replaceAll(",", "");
    const rest = at === 1 && !flops ? BigInt(value(1)) - 2n * BigInt(value(0)) : 0n;
    const text = [macs, flops || `2x${value(0)}${rest ? ` + ${rest}` : ""}`, params][at];
    const own = text.replaceAll("x", " · ").replaceAll("*", "·").replace(/\d{4,}/g, count), name = named(row.cells[0]);
    const found = { what: fill(COUNTS[at], { what: named(row.cells[1]) }), about: name, own: own === button.textContent ? own : `${own} = ${button.textContent}` };
    if (at === 2) return { ...found, equation: [words.tensors], source: words.shapes };
    const note = by(`y-f${place}`), more = note.cells[2].querySelector("i");
    const equation = at === 1 && more ? [more.textContent.replace("FLOPs: ", "")] : copy(note.cells[2]);
    return { ...found, equation, symbols: true, source: note.lastElementChild.textContent, sure: shared.sure[sure] };
  };
  // The rows beside it too, so that Tab goes on: what moves data has no counts and is passed over.
  const near = (event) => {
    const row = event.target.closest?.("tbody tr");
    if (!row) return;
    offer(row);
    for (const way of ["previousElementSibling", "nextElementSibling"]) {
      for (let next = row, body = row.parentNode; next; ) {
        next = next[way] ?? (body = body[way])?.rows?.[way[0] === "n" ? 0 : body.rows.length - 1];
        if (!next || body.className === "gap") break;
        offer(next);
        if (next.querySelector(".number")) break;
      }
    }
  };
  for (const type of ["pointerover", "pointerdown", "focusin"]) on(table, type, near);
  const first = () => {
    for (const row of all("tbody:not(.gap) tr", table)) {
      offer(row);
      if (row.querySelector(".number")) return;
    }
  };
  new MutationObserver(first).observe(table, { childList: true });
  first();
  table.classList.add("explained");

  const show = (link, found) => {
    const list = make("dl");
    const rows = [[words.formula, ...found.equation], [words.values, found.own], [words.source, found.source], [words.certainty, found.sure || words.exact]];
    for (const [name, ...parts] of rows) {
      list.append(make("dt", name), make("dd"));
      list.lastChild.append(...parts);
    }
    if (found.symbols) list.children[1].append(make("small", by("symbols").textContent));
    const name = found.about && found.about !== found.what ? `${found.what}: ${found.about}` : found.what;
    title.textContent = name;
    box.replaceChildren(title, close, list);
    current?.setAttribute("aria-expanded", "false");
    current = link;
    link.setAttribute("aria-expanded", "true");
    box.showPopover();
    const place = link.getBoundingClientRect(), room = root.clientWidth - box.offsetWidth - 8;
    const below = place.bottom + 6 + box.offsetHeight < innerHeight || place.top < box.offsetHeight + 14;
    at.left = `${scrollX + Math.max(8, Math.min(place.left, room))}px`;
    at.top = `${scrollY + (below ? place.bottom + 6 : place.top - 6 - box.offsetHeight)}px`;
    box.focus({ preventScroll: true });
  };
  on(box, "toggle", (event) => {
    if (event.newState !== "closed" || !current) return;
    current.setAttribute("aria-expanded", "false");
    const held = document.activeElement;
    if (!held || held === document.body || box.contains(held)) current.focus({ preventScroll: true });
  });
  // A press outside closes the box before the click arrives: one on the same number is to leave it closed.
  on(document, "pointerdown", (event) => {
    again = box.matches(":popover-open") && event.target.closest(NUMBER) === current;
  }, true);
  on(document, "click", (event) => {
    const link = event.target.closest(NUMBER);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (again) again = false;
    else show(link, link.href ? explain(link) : worked(link));
  });
  on(document, "keydown", (event) => {
    if (event.key !== " " || !event.target.matches('a[href^="#y-"]')) return;
    event.preventDefault();
    event.target.click();
  });
}
