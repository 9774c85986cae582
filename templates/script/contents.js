// Contents: the section that is being read is marked.
const links = new Map(all(".sections a").map((link) => [by(link.hash.slice(1)), link]));
let current = null, waiting = false;
const mark = () => {
  waiting = false;
  const line = innerHeight / 3, end = scrollY + innerHeight >= root.scrollHeight - 2;
  let found = null;
  for (const heading of links.keys()) if (end || heading.getBoundingClientRect().top < line) found = heading;
  if (found === current) return;
  links.get(current)?.removeAttribute("aria-current");
  current = found;
  const link = links.get(current);
  if (!link) return;
  link.setAttribute("aria-current", "true");
  const strip = link.closest("ul");
  if (strip.scrollWidth > strip.clientWidth) strip.scrollLeft = link.offsetLeft - (strip.clientWidth - link.offsetWidth) / 2;
  if (strip.scrollHeight > strip.clientHeight) strip.scrollTop = link.offsetTop - strip.clientHeight / 2;
};
on(self, "scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(mark);
}, { passive: true });
on(self, "resize", mark);
mark();
