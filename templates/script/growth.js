// Cost against one open size: a slider, its figures, and a line on the curve.
const { data, least, within, join, followAll } = shared;
for (const panel of all("[data-growth]")) {
  const [low, high, coefficients, divisor, type] = data.growth[panel.dataset.growth];
  const input = panel.querySelector("input"), now = input.value, key = `size${panel.dataset.growth}`;
  const chart = panel.parentNode.querySelector("svg.chart");
  const line = draw(chart, "line", { y1: 8, y2: 104, class: "s-ink", "stroke-width": 2 });
  const other = draw(chart, "polyline", { fill: "none", class: "s-ink", "stroke-width": 2, "stroke-dasharray": "6 4" });
  const cost = (size) => coefficients.reduceRight((sum, factor) => sum * BigInt(size) + BigInt(factor), 0n) / BigInt(divisor);
  const show = () => {
    const found = cost(input.value), across = (size) => 64 + size / high * 644, along = shared.along?.(Number(panel.dataset.growth));
    for (const end of ["x1", "x2"]) line.setAttribute(end, across(Number(input.value)));
    const points = along ? Array.from({ length: 25 }, (_, step) => low + step / 24 * (high - low)).map((size) => [across(size), 104 - along(size) / Number(cost(high)) * 96]) : [];
    other.setAttribute("points", points.filter(([, y]) => y >= 8).join(" "));
    panel.querySelector(".stop").textContent = count(input.value);
    panel.querySelector(".said").textContent = fill("grown", { macs: count(found), share: percent(Number(found) / Number(cost(now))) }) + (type ? least([[type, Number(found)]]) : "") + (along ? ` ${fill("beside", { macs: count(along(Number(input.value))) })}` : "");
  };
  const keep = () => {
    settle(key, input.value === now ? "" : input.value);
    if (data.grown && input.value !== now) settle("side", "");
    followAll();
  };
  const follow = () => {
    input.value = within(input, settings().get(key)) ?? now;
    show();
  };
  on(input, "input", keep);
  join(panel, show, follow, () => { input.value = now; keep(); });
}
followAll();
