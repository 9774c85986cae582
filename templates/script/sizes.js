// Other sizes: sliders whose every stop is exact, and what the network costs there.
const source = by("sizes");
const data = source ? JSON.parse(source.textContent) : {};
const seconds = (time) => {
  for (const [unit, scale] of [["s", 1], ["ms", 1e-3], ["µs", 1e-6]]) if (time >= scale) return `${digits(time / scale)} ${unit}`;
  return `${digits(time / 1e-9)} ns`;
};
const choosers = all("select[data-device]");
const usual = choosers[0]?.value;
// The least time of MACs by element type; nothing where the device lacks one.
const least = (parts) => {
  if (!choosers.length) return "";
  const [chosen] = choosers[0].selectedOptions, rates = data.devices[chosen.value];
  const time = parts.reduce((sum, [type, macs]) => sum + macs / rates[type], 0);
  return time ? ` ${fill("least", { time: seconds(time), device: chosen.text })}` : "";
};
const panels = [];
// A panel that shows itself, follows the address, and goes back to today.
const join = (panel, show, follow, reset) => {
  panels.push([show, follow]);
  panel.hidden = false;
  panel.querySelector(".reset").addEventListener("click", reset);
};
// A size that an address asks for, where the slider has it.
const within = (input, text) => /^\d+$/.test(text) && text >= Number(input.min) && text <= Number(input.max) ? Number(text) : undefined;

const panel = by("resize");
if (panel) {
  const axes = data.axes, now = axes.map((axis) => axis[3]), at = [...now];
  const inputs = all("input", panel), open = inputs.filter((input) => input.dataset.size), first = open.map((input) => Number(input.value)), sizes = [...first];
  const row = (per, [w, , d]) => per[d][w] ?? per[per[d]][w];
  // Parts of the MACs there: colour, kind, type, number. Open sizes are known at today's side alone.
  const parts = (where, sizes = first) => data.grown && where[1] === now[1]
    ? data.grown.map(([color, kind, type, terms]) => [color, kind, type, terms.reduce((sum, [per, powers]) => sum + powers.reduce((product, power, n) => product * sizes[n] ** power, row(per, where)), 0) / data.over])
    : data.macs.map(([per, across, color, kind, type]) => [color, kind, type, row(per, where) * across[where[1]]]);
  const total = (where, sizes) => parts(where, sizes).reduce((sum, part) => sum + part[3], 0);
  const trained = (where) => data.params.reduce((sum, [per, across]) => sum + row(per, where) * across[where[1]], 0);
  const kinds = (where, sizes) => {
    const found = new Map();
    for (const [color, kind, , macs] of parts(where, sizes)) found.set(kind, [color, (found.get(kind)?.[1] ?? 0) + macs]);
    return found;
  };
  // MACs there by kind, as a sum.
  shared.kinds = (where) => [...kinds(where)].map(([kind, [, macs]]) => [macs, kind]).filter(([macs]) => macs).sort((a, b) => b[0] - a[0] || (a[1] < b[1] ? -1 : 1)).map(([macs, kind]) => `${count(macs)} (${kind})`).join(" + ");
  const sparks = inputs.map((input) => {
    const svg = draw(input.parentNode, "svg", { class: "spark", viewBox: "0 0 160 28", width: 160, height: 28, "aria-hidden": true });
    return [draw(svg, "polyline", { class: "s-muted", fill: "none" }), draw(svg, "circle", { class: "k-standard", r: 4 })];
  });
  const bars = (svg) => {
    svg.replaceChildren();
    const most = Math.max(total(now), total(at, sizes));
    for (const [y, found] of [[0, kinds(now)], [26, kinds(at, sizes)]]) {
      let x = 0;
      for (const [kind, [color, macs]] of found) {
        const width = macs / most * 720;
        draw(draw(svg, "rect", { x, y, width, height: 22, class: `k-${color}` }), "title").textContent = `${kind}: ${count(macs)} MACs`;
        x += width;
      }
    }
  };
  const put = (list, n, value) => list.map((old, other) => other === n ? value : old);
  // MACs at any value of one open size, where something else is not as it is today.
  shared.along = (size) => size in sizes && String([at[0], at[2], put(sizes, size)]) !== String([now[0], now[2], put(first, size)])
    && ((to) => total(put(at, 1, now[1]), put(sizes, size, to)));
  const show = () => {
    inputs.forEach((input, n) => {
      const { axis, size } = input.dataset, low = Number(input.min), reach = input.max - low, steps = size ? 24 : reach;
      const place = size ? sizes[size] : at[axis], [, stops, notes] = axes[axis] ?? [];
      const text = size ? count(place) : notes[place] ? `${stops[place]} (${notes[place]})` : stops[place];
      input.value = place;
      input.setAttribute("aria-valuetext", text);
      input.parentNode.querySelector(".stop").textContent = text;
      const along = (to) => size ? total(put(at, 1, now[1]), put(sizes, Number(size), to)) : total(put(at, Number(axis), to), axis === "1" ? first : sizes);
      const found = Array.from({ length: steps + 1 }, (_, step) => low + step / steps * reach);
      const most = Math.max(...found.map(along)), point = (to) => [5 + (to - low) / reach * 150, 24 - along(to) / most * 19];
      sparks[n][0].setAttribute("points", found.map(point).join(" "));
      [sparks[n][1].cx.baseVal.value, sparks[n][1].cy.baseVal.value] = point(place);
    });
    const macs = total(at, sizes), params = trained(at);
    const shares = { macs: count(macs), share: percent(macs / total(now)), params: count(params), held: percent(params / (trained(now) || 1)) };
    panel.querySelector(".said").textContent = fill("resized", shares) + least(parts(at, sizes).map(([, , type, macs]) => [type, macs]));
    bars(by("resized"));
  };
  const keep = () => {
    axes.forEach(([name, stops], axis) => settle(name, at[axis] === now[axis] ? "" : stops[at[axis]]));
    sizes.forEach((size, n) => settle(`size${n}`, size === first[n] ? "" : size));
    followAll();
  };
  const reset = () => { at.splice(0, at.length, ...now); sizes.splice(0, sizes.length, ...first) };
  for (const input of inputs) on(input, "input", () => {
    const { axis, size } = input.dataset, value = Number(input.value);
    if (size) [sizes[size], at[1]] = [value, now[1]];
    else at[axis] = value;
    if (axis === "1") sizes.splice(0, sizes.length, ...first);
    keep();
  });
  const follow = () => {
    const wanted = settings();
    reset();
    for (const input of inputs) {
      const { axis, size } = input.dataset;
      if (size) sizes[size] = within(input, wanted.get(`size${size}`)) ?? first[size];
      else at[axis] = axes[axis][1].indexOf(wanted.get(axes[axis][0]));
    }
    at.forEach((stop, axis) => { if (stop < 0 || axis === 1 && String(sizes) !== String(first)) at[axis] = now[axis] });
    show();
  };
  join(panel, show, follow, () => { reset(); keep(); });
}

const choose = (id) => {
  if (id in data.devices) for (const chooser of choosers) chooser.value = id;
};
for (const chooser of choosers) on(chooser, "change", () => {
  choose(chooser.value);
  settle("device", chooser.value === usual ? "" : chooser.value);
  for (const [show] of panels) show();
});
const followAll = () => {
  if (choosers.length) choose(settings().get("device") ?? usual);
  for (const [, follow] of panels) follow();
};
on(self, "hashchange", followAll);
followAll();
Object.assign(shared, { data, least, within, join, followAll });
