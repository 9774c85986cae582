// What every other file uses. It comes first; the others are blocks of their own.
const root = document.documentElement;
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const by = (id) => document.getElementById(id);
const on = (target, type, act, more) => target.addEventListener(type, act, more);
const make = (tag, text, more) => Object.assign(document.createElement(tag), { textContent: text }, more);
const words = JSON.parse(by("words").textContent);
const fill = (name, values) => words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
// The address after #: the id of a place, or settings, as in #filter=conv&width=0.5. Every file has keys of its own.
const settings = () => {
  const found = new Map();
  if (location.hash.includes("=")) for (const pair of location.hash.slice(1).split("&")) {
    const [key, value = ""] = pair.split(/=(.*)/s);
    try { found.set(key, decodeURIComponent(value)) } catch { /* no text: as if it were not there */ }
  }
  return found;
};
const settle = (key, value) => {
  const found = settings();
  value ? found.set(key, value) : found.delete(key);
  const text = [...found].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
};
// Numbers as the tables write them.
const count = (value) => value.toString().replace(/\B(?=(\d{3})+$)/g, ",");
const digits = (value) => String(Number(value.toPrecision(4)));
const percent = (share) => {
  const part = share * 100;
  if (part > 0 && part < 0.1) return `${Number(part.toPrecision(2))} %`;
  if (part >= 99.95 && part < 99.9999999) return `${(Math.floor(part * 100) / 100).toFixed(2)} %`;
  const [whole, rest] = part.toFixed(1).split(".");
  return `${count(whole)}.${rest} %`;
};
const macs = (value) => {
  const power = Math.max(0, Math.min(10, Math.floor(Math.log10(value) / 3)));
  return `${digits(value / 1000 ** power)} ${["", ..."kMGTPEZYRQ"][power]}MAC`;
};
const draw = (parent, tag, values) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const key in values) made.setAttribute(key, values[key]);
  parent.append(made);
  return made;
};
// A list in the order of a text of each: numbers by value, unknown ones last, the rest as text.
const POWERS = { k: 1, K: 1, M: 2, G: 3, T: 4, P: 5, E: 6, m: -1, µ: -2, n: -3 };
const quantity = (text) => {
  if (typeof text === "number") return text;
  const found = /^(-?[\d,.]+(?:e-?\d+)?)(?: (?!MACs?$)([kKMGTPEmµn]?)(i?)\S*)?$/.exec(text);
  return found ? Number(found[1].replaceAll(",", "")) * (found[3] ? 1024 : 1000) ** (POWERS[found[2]] ?? 0) : NaN;
};
const collator = new Intl.Collator("en", { numeric: true });
const ordered = (list, text, way, numeric) => {
  const sign = way === "ascending" ? 1 : -1;
  const keyed = list.map((item) => [text(item), item]).map(([key, item]) => [key, quantity(key), item]);
  keyed.sort((a, b) => {
    if (a[1] === a[1] && b[1] === b[1]) return sign * (a[1] - b[1]);
    if (numeric && (a[1] === a[1]) !== (b[1] === b[1])) return a[1] === a[1] ? -1 : 1;
    return sign * collator.compare(a[0], b[0]);
  });
  return keyed.map((entry) => entry[2]);
};
// A name that may go on in the next line between its parts, as the templates part them.
const SEAM = /(?<=\w(?:[/._]|::))(?=\d*[A-Za-z])|(?<=[a-z]{2})(?=[A-Z][A-Za-z]{2})/;
const parted = (made, name) => {
  made.append(...name.split(SEAM).flatMap((part, n) => n ? [make("wbr", ""), part] : part));
  return made;
};
// The name that a cell begins with.
const named = (cell) => {
  const nodes = [...cell.childNodes], end = nodes.findIndex((node) => node.nodeType === 1 && node.tagName !== "WBR");
  return nodes.slice(0, end < 0 ? nodes.length : end).map((node) => node.textContent).join("").trim();
};
// What is looked for: words that all have to occur. The same everywhere on the page.
const terms = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);
const keep = (key, value) => { try { localStorage.setItem(`onnxlint-${key}`, value) } catch { /* file: pages may have no storage */ } };
const kept = (key) => { try { return localStorage.getItem(`onnxlint-${key}`) } catch { return null } };
// What one file offers to another.
const shared = {};
