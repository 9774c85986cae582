// Sorting: numbers by value (unknown last), the rest as text; a third click restores the order.
const number = new Intl.Collator("en", { numeric: true });
const value = (row, column) => {
  const cell = row.cells[column];
  return cell.dataset.v ?? cell.textContent.trim();
};
const quantity = (text) => /^-?[\d,.]+(e-?\d+)?$/.test(text) ? Number(text.replaceAll(",", "")) : NaN;
for (const table of all("table.sortable")) {
  const body = table.tBodies[table.tBodies.length - 1];
  const original = [...body.rows];
  all("thead th", table).forEach((head, column) => {
    const button = make("button", "", { type: "button" });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      for (const other of all("th[aria-sort]", table)) other.removeAttribute("aria-sort");
      const numeric = head.classList.contains("n");
      const first = numeric ? "descending" : "ascending";
      const second = numeric ? "ascending" : "descending";
      const way = before === null ? first : before === first ? second : null;
      if (way === null) return body.append(...original);
      head.setAttribute("aria-sort", way);
      const sign = way === "ascending" ? 1 : -1;
      const keyed = original.map((row) => [value(row, column), row]).map(([text, row]) => [text, quantity(text), row]);
      keyed.sort((a, b) => {
        if (a[1] === a[1] && b[1] === b[1]) return sign * (a[1] - b[1]);
        if (numeric && (a[1] === a[1]) !== (b[1] === b[1])) return a[1] === a[1] ? -1 : 1;
        return sign * number.compare(a[0], b[0]);
      });
      body.append(...keyed.map((entry) => entry[2]));
    });
  });
}
