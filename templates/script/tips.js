// Marks of one colour are one path; once a pointer is on it, each is a path of its own with a title.
for (const path of all("path[data-t]")) on(path, "pointerenter", () => {
  const titles = [];
  for (const own of path.dataset.t.split("¦")) {
    // How much it shares with the one before, at its start and its end, then what is its own.
    const last = titles.at(-1) ?? "", [start, end] = [own[0], own[1]].map((digit) => parseInt(digit, 36));
    titles.push(last.slice(0, start) + own.slice(2) + last.slice(last.length - end));
  }
  path.removeAttribute("data-t");
  path.getAttribute("d").match(/M[^M]+/g).forEach((d, at) => {
    const own = path.cloneNode();
    own.setAttribute("d", d);
    draw(own, "title").textContent = titles[at];
    path.before(own);
  });
  path.remove();
}, { once: true });
