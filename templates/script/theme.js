// Theme: the system's until the reader picks one.
const remember = (value) => { try { localStorage.setItem("onnxlint-theme", value) } catch { /* file: pages may have no storage */ } };
const recall = () => { try { return localStorage.getItem("onnxlint-theme") } catch { return null } };
const dark = matchMedia("(prefers-color-scheme: dark)");
const theme = () => root.dataset.theme || (dark.matches ? "dark" : "light");
const toggle = make("button", "", { type: "button", className: "theme" });
const name = () => { toggle.textContent = theme() === "dark" ? words.light : words.dark };
toggle.addEventListener("click", () => {
  root.dataset.theme = theme() === "dark" ? "light" : "dark";
  remember(root.dataset.theme);
  name();
});
if (["light", "dark"].includes(recall())) root.dataset.theme = recall();
dark.addEventListener("change", name);
name();
document.querySelector("header").append(toggle);
