// Marks of one colour are one path; once a pointer is on it, each is a path of its own with a title.
for (const path of all("path[data-t]")) on(path, "pointerenter", () => {
  const titles = path.dataset.t.split("¦");
  path.removeAttribute("data-t");
  path.getAttribute("d").match(/M[^M]+/g).forEach((d, at) => {
    const own = path.cloneNode();
    own.setAttribute("d", d);
    draw(own, "title").textContent = titles[at];
    path.before(own);
  });
  path.remove();
}, { once: true });
