// Sorting: numbers by value (unknown last), the rest as text; a third click restores the order.
// A table that holds more than it shows sorts itself, on the event "order".
for (const table of all("table.sortable")) {
  const body = table.tBodies[table.tBodies.length - 1];
  const original = [...body.rows];
  const value = (row, column) => row.cells[column].dataset.v ?? row.cells[column].textContent.trim();
  all("thead th", table).forEach((head, column) => {
    const button = make("button", "", { type: "button" });
    button.append(...head.childNodes);
    head.append(button);
    on(button, "click", () => {
      const before = head.getAttribute("aria-sort");
      for (const other of all("th[aria-sort]", table)) other.removeAttribute("aria-sort");
      const numeric = head.classList.contains("n");
      const first = numeric ? "descending" : "ascending";
      const second = numeric ? "ascending" : "descending";
      const way = before === null ? first : before === first ? second : null;
      if (way) head.setAttribute("aria-sort", way);
      const detail = way && { column, sort: (list, text) => ordered(list, text, way, numeric) };
      if (!table.dispatchEvent(new CustomEvent("order", { detail, cancelable: true }))) return;
      body.append(...way ? detail.sort(original, (row) => value(row, column)) : original);
    });
  });
}
