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

const panel = by("resize");
if (panel) {
  const axes = data.axes, now = axes.map((axis) => axis[3]), at = [...now];
  const value = ([per, across], [w, r, d]) => (per[d][w] ?? per[per[d]][w]) * across[r];
  const total = (products, where) => products.reduce((sum, product) => sum + value(product, where), 0);
  const kinds = (where) => {
    const found = new Map();
    for (const product of data.macs) found.set(product[3], [product[2], (found.get(product[3])?.[1] ?? 0) + value(product, where)]);
    return found;
  };
  // MACs there by kind, as a sum.
  shared.kinds = (where) => [...kinds(where)].map(([kind, [, macs]]) => [macs, kind]).filter(([macs]) => macs).sort((a, b) => b[0] - a[0] || (a[1] < b[1] ? -1 : 1)).map(([macs, kind]) => `${count(macs)} (${kind})`).join(" + ");
  const inputs = all("[data-axis]", panel);
  const sparks = inputs.map((input) => {
    const svg = draw(input.parentNode, "svg", { class: "spark", viewBox: "0 0 160 28", width: 160, height: 28, "aria-hidden": true });
    return [draw(svg, "polyline", { class: "s-muted", fill: "none" }), draw(svg, "circle", { class: "k-standard", r: 4 })];
  });
  const bars = (svg) => {
    svg.replaceChildren();
    const most = Math.max(total(data.macs, now), total(data.macs, at));
    for (const [y, where] of [[0, now], [26, at]]) {
      let x = 0;
      for (const [kind, [color, macs]] of kinds(where)) {
        const width = macs / most * 720;
        draw(draw(svg, "rect", { x, y, width, height: 22, class: `k-${color}` }), "title").textContent = `${kind}: ${count(macs)} MACs`;
        x += width;
      }
    }
  };
  const show = () => {
    inputs.forEach((input, n) => {
      const axis = Number(input.dataset.axis), [, stops, notes] = axes[axis];
      const text = notes[at[axis]] ? `${stops[at[axis]]} (${notes[at[axis]]})` : stops[at[axis]];
      input.value = at[axis];
      input.setAttribute("aria-valuetext", text);
      input.parentNode.querySelector(".stop").textContent = text;
      const along = stops.map((_, stop) => total(data.macs, at.map((old, other) => other === axis ? stop : old)));
      const most = Math.max(...along), step = 150 / (stops.length - 1);
      const points = along.map((macs, stop) => [5 + stop * step, 24 - macs / most * 19]);
      sparks[n][0].setAttribute("points", points.join(" "));
      [sparks[n][1].cx.baseVal.value, sparks[n][1].cy.baseVal.value] = points[at[axis]];
    });
    const [macs, params] = [total(data.macs, at), total(data.params, at)];
    const shares = { macs: count(macs), share: percent(macs / total(data.macs, now)), params: count(params), held: percent(params / (total(data.params, now) || 1)) };
    panel.querySelector(".said").textContent = fill("resized", shares) + least(data.macs.map((product) => [product[4], value(product, at)]));
    bars(by("resized"));
  };
  const keep = () => axes.forEach(([name, stops], axis) => settle(name, at[axis] === now[axis] ? "" : stops[at[axis]]));
  for (const input of inputs) on(input, "input", () => { at[input.dataset.axis] = Number(input.value); show(); keep(); });
  const follow = () => {
    const wanted = settings();
    axes.forEach(([name, stops], axis) => {
      const stop = stops.indexOf(wanted.get(name));
      at[axis] = stop < 0 ? now[axis] : stop;
    });
    show();
  };
  panels.push([panel, show, follow, () => { at.splice(0, at.length, ...now); show(); keep(); }]);
}

for (const panel of all("[data-growth]")) {
  const [low, high, coefficients, divisor, type] = data.growth[panel.dataset.growth];
  const input = panel.querySelector("input"), now = input.value, key = `size${panel.dataset.growth}`;
  const chart = panel.parentNode.querySelector("svg.chart");
  const line = draw(chart, "line", { y1: 8, y2: 104, class: "s-ink", "stroke-width": 2 });
  const cost = (size) => coefficients.reduceRight((sum, factor) => sum * BigInt(size) + BigInt(factor), 0n) / BigInt(divisor);
  const show = () => {
    const found = cost(input.value), x = 64 + Number(input.value) / high * 644;
    for (const end of ["x1", "x2"]) line.setAttribute(end, x);
    panel.querySelector(".stop").textContent = count(input.value);
    panel.querySelector(".said").textContent = fill("grown", { macs: count(found), share: percent(Number(found) / Number(cost(now))) }) + (type ? least([[type, Number(found)]]) : "");
  };
  const keep = () => settle(key, input.value === now ? "" : input.value);
  const follow = () => {
    const wanted = settings().get(key);
    input.value = /^\d+$/.test(wanted) && wanted >= low && wanted <= high ? wanted : now;
    show();
  };
  on(input, "input", () => { show(); keep(); });
  panels.push([panel, show, follow, () => { input.value = now; show(); keep(); }]);
}

const choose = (id) => {
  if (id in data.devices) for (const chooser of choosers) chooser.value = id;
};
for (const chooser of choosers) on(chooser, "change", () => {
  choose(chooser.value);
  settle("device", chooser.value === usual ? "" : chooser.value);
  for (const [, show] of panels) show();
});
const followAll = () => {
  if (choosers.length) choose(settings().get("device") ?? usual);
  for (const [, , follow] of panels) follow();
};
for (const [panel, , , reset] of panels) {
  panel.hidden = false;
  panel.querySelector(".reset").addEventListener("click", reset);
}
on(self, "hashchange", followAll);
followAll();
