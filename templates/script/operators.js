// All operators, of which a window is shown: folded by what they have in common, or those chosen.
const table = by("operators");
const data = JSON.parse(by("appendix").textContent);
const { text, like } = data;
// What names have in common with the one before, and numbers that follow each other, are said once.
let earlier = "";
const name = data.name.map((own) => earlier = earlier.slice(0, parseInt(own[0], 36)) + own.slice(1));
const spread = (places) => places.flatMap((at) => at.length ? Array.from({ length: at[1] }, (_, n) => at[0] + n) : at);
const places = (found) => Object.fromEntries(Object.entries(found).map(([key, runs]) => [key, spread(runs)]));
const rules = places(data.rules), blocks = places(data.blocks);
const number = (at) => data.number ? data.number[at] : at + 1;
const everyone = name.map((_, at) => at);
const alike = data.rows.map(() => []);
for (const at of everyone) alike[like[at]].push(at);
// What operators have in common: of those that the page has a row of, all but the kind stands there.
const word = (value) => text.push(value) - 1;
const figure = (cell) => {
  const said = cell.textContent.trim(), value = Number(said.replaceAll(",", ""));
  return value < 1e15 ? value : said;
};
const rows = data.rows.map((row, n) => {
  if (row.length) return row;
  const [, op, shape, ...counts] = by(`n${number(alike[n][0])}`).cells;
  return [word(op.firstChild.textContent.trim()), word(shape.textContent.trim()), ...counts.map(figure), word(op.querySelector("i")?.textContent ?? ""), word(""), word("1"), row];
});
const kinds = Object.create(null);
for (const at of everyone) (kinds[text[rows[like[at]][8]]] ||= []).push(at);
const low = [];
const lower = (at) => {
  const [op, , , , , tags, scope] = rows[like[at]];
  return low[at] ??= `${name[at]} ${text[op]} ${text[tags]} ${text[scope]}`.toLowerCase();
};
const chosen = { filter: "", rule: "", block: "", kind: "" };
const choices = { rule: rules, block: blocks, kind: kinds };
const match = (wanted = terms(chosen.filter)) => {
  let found = everyone;
  for (const key in choices) if (chosen[key]) {
    const all = new Set(choices[key][chosen[key]]);
    found = found.filter((at) => all.has(at));
  }
  return wanted.length ? found.filter((at) => wanted.every((word) => lower(at).includes(word))) : found;
};
const narrowed = () => Object.values(chosen).some(Boolean);

// One row. What an operator shares with others stands in the row of the first.
const open = new Set();
const tools = by("tools");
const [said, everything, single] = [tools.querySelector("span"), tools.querySelector("button"), tools.querySelector("input")];
let order = null, list = [], here = -1;
const small = (words) => make("i", words);
const cell = (value) => make("td", typeof value === "number" ? count(value) : value);
const row_of = (at) => {
  const [op, shape, macs, flops, params, tags, scope, executions] = rows[like[at]], same = alike[like[at]];
  const row = make("tr", "", { id: `n${number(at)}`, tabIndex: -1 }), first = parted(cell(""), name[at]), second = parted(cell(""), text[op]);
  if (list.folded && same[0] === at && same.length > 1) {
    const more = make("button", fill("more", { n: count(same.length - 1) }), { type: "button", className: "more" });
    more.setAttribute("aria-expanded", open.has(at));
    on(more, "click", () => {
      open.has(at) ? open.delete(at) : open.add(at);
      choose(true);
      document.querySelector(`#n${number(at)} button`)?.focus();
    });
    first.append(" ", more);
  }
  if (list.folded && same[0] !== at) row.className = "member";
  if (text[scope]) first.append(" ", small(fill("scope", { scope: text[scope] })));
  if (text[executions] !== "1") first.append(" ", small(fill("executions", { n: text[executions] })));
  if (text[tags]) second.append(" ", small(text[tags]));
  if (at === here) row.classList.add("here");
  if (list.length > WHOLE) row.setAttribute("aria-rowindex", list.places.get(at) + 2);
  row.append(first, second, cell(text[shape]), cell(macs), cell(flops), cell(params));
  return row;
};

// The window: pieces of the list near to the screen, and gaps as high as what is not there.
const WHOLE = 120, PIECE = 30;
let pieces = [], high = [];
const gap = () => {
  const body = make("tbody", "", { className: "gap" }), inner = make("td", "", { colSpan: 6 });
  body.append(make("tr", ""));
  body.rows[0].append(inner);
  body.setAttribute("aria-hidden", true);
  return [body, inner];
};
const [above, over] = gap(), [below, under] = gap();
const sum = (from, to) => high.slice(from, to).reduce((a, b) => a + b, 0);
const paint = () => {
  const whole = list.length <= WHOLE, all = high.length;
  let first = 0, last = all - 1;
  if (!whole) {
    const top = -table.tHead.getBoundingClientRect().bottom - 700, bottom = top + innerHeight + 1400;
    for (let y = high[0]; first < all - 1 && y < top; y += high[++first]);
    for (let y = sum(0, first + 1), at = last = first; at < all - 1 && y < bottom; y += high[++at]) last = at + 1;
  }
  for (let at = 0; at < all; at++) if ((at < first || at > last) && pieces[at]) {
    pieces[at].remove();
    pieces[at] = null;
  }
  for (let at = first; at <= last; at++) if (!pieces[at]) {
    const body = pieces[at] = make("tbody", "");
    body.append(...list.slice(at * PIECE, (at + 1) * PIECE).map(row_of));
    const before = pieces[at - 1];
    before ? before.after(body) : above.after(body);
  }
  for (let at = first; at <= last; at++) high[at] = pieces[at].getBoundingClientRect().height || high[at];
  const usual = all && sum(first, last + 1) / Math.max(1, Math.min(list.length, (last + 1) * PIECE) - first * PIECE);
  if (!list.measured && usual) {
    list.measured = true;
    for (let at = 0; at < all; at++) if (at < first || at > last) high[at] = usual * Math.min(PIECE, list.length - at * PIECE);
  }
  over.height = sum(0, first);
  under.height = sum(last + 1);
  above.hidden = !first;
  below.hidden = last === all - 1;
};
let waiting = false;
const later = () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; paint() });
};
on(self, "scroll", later, { passive: true });
on(self, "resize", later);

// Choosing: the list anew.
const choose = (again) => {
  const narrow = narrowed(), folded = !narrow && !single.checked;
  const found = folded ? alike.map((same) => same[0]).sort((a, b) => a - b) : match();
  const field = [(at) => name[at], (at) => text[rows[like[at]][0]], (at) => text[rows[like[at]][1]], ...[2, 3, 4].map((n) => (at) => rows[like[at]][n])];
  list = order ? order.sort(found, field[order.column]) : found;
  if (folded) list = list.flatMap((at) => open.has(at) ? alike[like[at]] : [at]);
  list.folded = folded;
  list.places = new Map(list.map((at, place) => [at, place]));
  if (list.length > WHOLE) table.setAttribute("aria-rowcount", list.length + 1); else table.removeAttribute("aria-rowcount");
  for (const body of pieces) body?.remove();
  pieces = [];
  const before = high;
  high = Array.from({ length: Math.ceil(list.length / PIECE) }, (_, at) => (again && before[at]) || 34 * Math.min(PIECE, list.length - at * PIECE));
  said.textContent = narrow ? fill("operators", { shown: count(list.length), all: count(everyone.length) }) : "";
  everything.hidden = !narrow;
  single.parentElement.hidden = narrow || alike.length === everyone.length;
  paint();
};
on(table, "order", (event) => {
  event.preventDefault();
  order = event.detail;
  choose();
});
on(single, "change", () => choose());
const set = (values) => {
  for (const key in values) {
    chosen[key] = values[key];
    settle(key, chosen[key]);
  }
  choose();
  shared.chosen?.();
};
on(everything, "click", () => set({ filter: "", rule: "", block: "", kind: "" }));

// Going to one operator, wherever the window is.
const reveal = (at) => {
  here = at;
  if (narrowed() && !match().includes(at)) {
    for (const key in chosen) chosen[key] = "";
    shared.chosen?.();
  }
  if (!narrowed() && !single.checked && alike[like[at]][0] !== at) open.add(alike[like[at]][0]);
  choose(true);
  const place = list.places.get(at), piece = Math.floor(place / PIECE);
  for (let tries = 0; tries < 4; tries++) {
    const row = pieces[piece]?.rows[place % PIECE];
    if (row) {
      row.scrollIntoView({ block: "center" });
      row.focus({ preventScroll: true });
      paint();
      if (row.isConnected) return row.scrollIntoView({ block: "center" });
    }
    scrollTo(0, scrollY + table.tHead.getBoundingClientRect().bottom + sum(0, piece) + high[piece] * ((place % PIECE) / PIECE) - innerHeight / 2);
    paint();
  }
};
const numbered = (id) => {
  const wanted = /^#?n(\d+)$/.exec(id);
  return wanted ? everyone.find((at) => number(at) === Number(wanted[1])) : undefined;
};
const follow = () => {
  const at = numbered(location.hash);
  if (at !== undefined) return reveal(at);
  const wanted = settings();
  const found = Object.fromEntries(Object.keys(chosen).map((key) => [key, wanted.get(key) ?? ""]));
  if (!Object.keys(chosen).some((key) => found[key] !== chosen[key])) return;
  for (const key in choices) if (!Object.hasOwn(choices[key], found[key])) found[key] = "";
  Object.assign(chosen, found);
  choose();
  shared.chosen?.();
  if (narrowed()) tools.scrollIntoView({ block: "center" });
};
on(document, "click", (event) => {
  const link = event.target.closest?.("a[data-row], a[href^='#n']"), id = link && (link.dataset.row ?? link.getAttribute("href"));
  if (!link || numbered(id) === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.pushState(null, "", `#${id.replace("#", "")}`);
  reveal(numbered(id));
});
// What is alike elsewhere on the page: names become links when they are asked for.
on(document, "toggle", ({ target }) => {
  const numbers = target.dataset?.more;
  if (!numbers) return;
  target.removeAttribute("data-more");
  target.querySelector("code").replaceChildren(...numbers.split(" ").flatMap((n, at) => [at ? ", " : "", parted(make("a", "", { href: `#n${n}` }), name[numbered(`n${n}`)])]));
}, true);
table.tBodies[0].remove();
table.append(above, below);
tools.hidden = false;
if (data.total === everyone.length) by("held")?.remove();
choose();
Object.assign(shared, { how: (id) => data.how[like[numbered(id)]], sure: data.sure, choices, state: chosen, match, choose: set, reveal, operator: (at) => [name[at], text[rows[like[at]][0]]] });
on(self, "hashchange", follow);
on(self, "load", follow);
follow();
