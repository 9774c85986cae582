// The network drawn: a click or Enter on a box shows what is in it; Escape takes that away.
const panel = by("box");
if (panel) {
  const boxes = all("svg.network a[href^='#box-']"), [title, foot] = panel.children;
  const number = (box) => box.getAttribute("href").slice(5);
  const show = (wanted) => {
    const row = by(`box-${wanted}`), chosen = row && boxes.find((box) => number(box) === wanted);
    panel.hidden = !chosen;
    panel.querySelector("ul")?.remove();
    for (const box of boxes) box.setAttribute("aria-expanded", box === chosen);
    if (!chosen) return;
    title.textContent = chosen.querySelector("title").textContent;
    foot.before(row.querySelector("ul").cloneNode(true));
  };
  const close = () => {
    const opener = boxes.find((box) => box.getAttribute("aria-expanded") === "true");
    show();
    settle("box", "");
    opener?.focus();
  };
  for (const box of boxes) on(box, "click", (event) => {
    event.preventDefault();
    show(number(box));
    settle("box", number(box));
    panel.focus();
    panel.scrollIntoView({ block: "nearest" });
  });
  on(foot, "click", close);
  on(panel, "keydown", (event) => { if (event.key === "Escape") close() });
  const follow = () => {
    const wanted = settings().get("box") ?? location.hash.match(/^#box-(\d+)$/)?.[1];
    if (wanted || !panel.hidden) show(wanted);
  };
  on(self, "hashchange", follow);
  follow();
}
