// What can be scrolled has the name of its table or chart.
for (const box of all(".scroll:not([role])")) {
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", box.querySelector("caption")?.textContent ?? box.firstElementChild.getAttribute("aria-label").split(/[.:]/)[0]);
}
// Browsers know which way heads point; some programs that read pages want to be told.
for (const head of all("th")) head.scope = head.closest("thead") ? "col" : "row";
// On a phone a table has its main columns; a button, which only phones show, brings the others.
for (const table of all("table[data-minor]")) {
  table.classList.add("few", ...table.dataset.minor.split(" ").map((column) => `no${column}`));
  const button = make("button", words.all, { type: "button", className: "columns" });
  on(button, "click", () => { button.textContent = table.classList.toggle("few") ? words.all : words.few });
  const box = table.closest(".scroll");
  // Names and numbers that are long leave room for fewer.
  on(self, "load", () => {
    for (let last = table.tHead.rows[0].cells.length; last > 2 && box.scrollWidth > box.clientWidth && matchMedia("(max-width: 46rem)").matches; last--) table.classList.add(`no${last}`);
    if (/no\d/.test(table.className)) box.before(button);
  });
}
