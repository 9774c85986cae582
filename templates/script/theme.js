// Theme: the system's until the reader picks one.
const dark = matchMedia("(prefers-color-scheme: dark)");
const theme = () => root.dataset.theme || (dark.matches ? "dark" : "light");
const toggle = make("button", "", { type: "button", className: "theme" });
const name = () => { toggle.textContent = theme() === "dark" ? words.light : words.dark };
on(toggle, "click", () => {
  root.dataset.theme = theme() === "dark" ? "light" : "dark";
  keep("theme", root.dataset.theme);
  name();
});
if (["light", "dark"].includes(kept("theme"))) root.dataset.theme = kept("theme");
on(dark, "change", name);
name();
document.querySelector("header").append(toggle);
shared.theme = toggle;
