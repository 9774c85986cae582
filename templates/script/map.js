// Treemap: a click or Enter on a tile goes into it; the path above, or Escape, goes back out.
const source = by("tiles");
if (source) {
  const lists = JSON.parse(source.textContent), tree = ["", 0, "other", lists.length - 1], inside = (tile) => lists[tile[3]];
  const crumbs = by("path"), svg = crumbs.closest("figure").querySelector("svg.chart");
  const [wide, high] = [svg.viewBox.baseVal.width, svg.viewBox.baseVal.height], whole = svg.getAttribute("aria-label");
  const sum = (tiles) => tiles.reduce((total, tile) => total + tile[1], 0);
  tree[1] = sum(inside(tree));
  let path = [];
  // Squarified (Bruls, Huizing, van Wijk 2000): rows of tiles as long as none gets more oblong; without what is too thin to be seen.
  const squares = (tiles, x, y, dx, dy) => {
    const scale = dx * dy / sum(tiles), boxes = [];
    for (let from = 0, to; from < tiles.length; from = to) {
      const side = Math.min(dx, dy);
      const oblong = (row) => {
        const areas = row.map((tile) => tile[1] * scale), area = areas.reduce((a, b) => a + b);
        return Math.max(side * side * areas[0] / area ** 2, area ** 2 / (side * side * areas.at(-1)));
      };
      for (to = from + 1; to < tiles.length && oblong(tiles.slice(from, to + 1)) <= oblong(tiles.slice(from, to)); to++);
      const row = tiles.slice(from, to), deep = sum(row) * scale / side;
      let at = 0;
      for (const tile of row) {
        const long = tile[1] * scale / deep;
        boxes.push([tile, ...(dx >= dy ? [x, y + at, deep, long] : [x + at, y, long, deep])]);
        at += long;
      }
      if (dx >= dy) [x, dx] = [x + deep, dx - deep]; else [y, dy] = [y + deep, dy - deep];
    }
    return boxes.filter((box) => Math.min(box[3], box[4]) >= 3);
  };
  const named = (tile) => `${tile[0]}: ${macs(tile[1])}, ${percent(tile[1] / tree[1])}`;
  // A name that can be read, or nothing: of a layer the change of channels, of a module its number stay.
  const NUMBER = /[0-9]+([.][0-9]+)*$/, letters = (text) => [...text].reduce((n, letter) => n + (letter < "⺀" ? 1 : 2), 0);
  const fitting = (text, name, stem, room) => {
    const turn = /\S+ → .*/.exec(name)?.[0] ?? "", last = turn ? "" : NUMBER.exec(name)?.[0] ?? "", end = turn ? ` ${turn}` : last;
    let head = name.slice(0, name.length - end.length);
    while (head && letters(head) > room - letters(end) - 1) head = head.slice(0, -1);
    head = head.replace(/[ ._,:-]+$/, "");
    const cut = letters(head) < (end ? 4 : 6) ? "" : `${head}…${end}`, alone = last && stem && name === stem + last ? `…${last}` : "";
    return [text, name, cut, turn, turn.replaceAll(" ", ""), alone].find((words) => words && letters(words) <= room) ?? "";
  };
  // What most names begin with that end in a number.
  const common = (tiles) => {
    const count = new Map();
    for (const [name] of tiles) {
      const stem = name.replace(NUMBER, "");
      if (stem && stem !== name && !name.includes(" → ")) count.set(stem, (count.get(stem) ?? 0) + 1);
    }
    const [stem, most] = [...count].sort((a, b) => b[1] - a[1])[0] ?? ["", 0];
    return most < 3 ? "" : stem;
  };
  let example;
  const mark = (parent, [tile, x, y, dx, dy], color, text, stem = "") => {
    const group = draw(parent, "g"), kind = tile[2] || color, open = inside(tile) && dx >= 52 && dy >= 52;
    const box = { x: x + 0.7, y: y + 0.7, width: Math.max(0.4, dx - 1.4), height: Math.max(0.4, dy - 1.4) };
    draw(group, "title").textContent = named(tile);
    draw(group, "rect", { ...box, class: open && text ? "f-panel s-rule" : `k-${kind}` });
    const best = dy < 16 ? "" : fitting(text, tile[0], stem, Math.floor((dx - 10) / 6.4));
    if (best[0] === "…") example ??= [best, tile[0]];
    if (best) draw(group, "text", { x: x + 5, y: y + 13, "font-size": 11, class: open && text ? "f-ink" : "f-on" }).textContent = best;
    if (open && text) for (const part of squares(inside(tile), x + 2, y + 17, dx - 4, dy - 19)) mark(group, part, kind, "");
    return group;
  };
  const show = () => {
    const way = path.reduce((found, place) => [...found, inside(found.at(-1))[place]], [tree]), here = way.at(-1);
    const color = way.reduce((kind, tile) => tile[2] || kind, "other");
    const stem = common(inside(here));
    svg.replaceChildren();
    example = undefined;
    for (const box of squares(inside(here), 0, 0, wide, high)) {
      const tile = box[0], place = inside(here).indexOf(tile), group = mark(svg, box, color, `${tile[0]} ${percent(tile[1] / tree[1])}`, stem);
      if (!inside(tile)) continue;
      group.setAttribute("tabindex", 0);
      group.setAttribute("role", "button");
      on(group, "click", () => go([...path, place]));
      on(group, "keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); go([...path, place]) } });
    }
    const entries = all(".key span", svg.closest("figure"));
    for (const entry of entries) entry.hidden = !svg.querySelector(`.${entry.querySelector("i").className}`);
    by("short").textContent = example ? `; ${fill("short", { short: example[0], name: example[1] })}` : "";
    svg.setAttribute("aria-label", path.length ? way.slice(1).map(named).join(" › ") : whole);
    crumbs.hidden = !path.length;
    crumbs.replaceChildren(...way.map((tile, depth) => {
      const button = make("button", depth ? tile[0] : words.whole, { type: "button", disabled: depth === path.length });
      on(button, "click", () => go(path.slice(0, depth)));
      return button;
    }));
  };
  const go = (to) => {
    path = to;
    show();
    settle("map", path.join("."));
    svg.focus();
  };
  svg.setAttribute("font-family", "Liberation Sans, Arial, sans-serif");
  svg.setAttribute("tabindex", -1);
  svg.setAttribute("role", "group");
  on(svg, "keydown", (event) => { if (event.key === "Escape" && path.length) go(path.slice(0, -1)) });
  const follow = () => {
    path = [];
    let here = tree;
    for (const place of (settings().get("map") || "").split(".")) {
      here = inside(here)[place];
      if (!here || !inside(here)) break;
      path.push(Number(place));
    }
    show();
  };
  on(self, "hashchange", follow);
  follow();
}
