// On a phone a table has its main columns; a button, which only phones show, brings the others.
for (const table of all("table[data-minor]")) {
  table.classList.add("few", ...table.dataset.minor.split(" ").map((column) => `no${column}`));
  const button = make("button", words.all, { type: "button", className: "columns" });
  on(button, "click", () => { button.textContent = table.classList.toggle("few") ? words.all : words.few });
  table.closest(".scroll").before(button);
}
