// What every other file uses. It comes first; the others are blocks of their own.
const root = document.documentElement;
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const make = (tag, text, more) => Object.assign(document.createElement(tag), { textContent: text }, more);
const words = JSON.parse(document.getElementById("words").textContent);
const fill = (name, values) => words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
