"""A browser for the tests: the system's Chromium, and JavaScript that audits a page."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import pytest
from playwright.sync_api import sync_playwright

from tests.report.results import html_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, Page

    from analyzer.report import Result

AUDIT = r"""() => {
  const problems = [];
  const say = (what, element) => problems.push(`${what}: ${element?.outerHTML.slice(0, 90) ?? ""}`);
  const all = (selector) => [...document.querySelectorAll(selector)];
  if (!document.documentElement.lang) say("no language");
  if (!document.title.trim()) say("no title");
  if (all("h1").length !== 1 || all("main").length !== 1) say("not one h1 and one main");
  let level = 0;
  for (const heading of all("h1,h2,h3,h4,h5,h6")) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) say("heading level skipped", heading);
    level = own;
  }
  const ids = all("[id]").map((element) => element.id);
  if (new Set(ids).size !== ids.length) say("duplicate id");
  const rows = document.getElementById("appendix");  // of operators, of which a window is there
  for (const link of all("a[href^='#']")) {
    const to = link.getAttribute("href").slice(1);
    if (!(rows && /^n\d+$/.test(to)) && !document.getElementById(to)) say("dangling link", link);
  }
  for (const link of all("a")) if (!link.textContent.trim()) say("empty link", link);
  for (const table of all("table")) {
    if (!table.caption?.textContent.trim()) say("table without caption", table);
    for (const head of table.querySelectorAll("th")) if (!head.scope) say("th without scope", head);
  }
  for (const chart of all("svg:not([aria-hidden])"))
    if (!["img", "group"].includes(chart.getAttribute("role")) || !chart.getAttribute("aria-label"))
      say("chart without name", chart);
  for (const field of all("input")) if (!field.labels.length) say("field without label", field);
  for (const button of all("button")) if (!button.textContent.trim()) say("no name", button);
  for (const label of all("[aria-labelledby]"))
    if (!document.getElementById(label.getAttribute("aria-labelledby"))) say("dead label", label);
  for (const element of all("*")) if (element.hasAttribute("style")) say("inline style", element);

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const once = (ask) => {
    const told = new Map();
    return (about) => told.get(about) ?? (told.set(about, ask(about)), told.get(about));
  };
  const rgb = once((color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  });
  const light = (color) => color.slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = once((element) => {
    if (!element) return [255, 255, 255, 255];
    const color = rgb(getComputedStyle(element).backgroundColor);
    return color[3] === 255 ? color : behind(element.parentElement);
  });
  // A letter on a mark: the last one drawn before it that has a point near its middle.
  const drawn = once((svg) => [...svg.querySelectorAll("rect, path")]
    .filter((mark) => getComputedStyle(mark).fill !== "none"));
  const under = (element) => {
    const svg = element.ownerSVGElement;
    if (!svg) return null;
    const words = element.getBBox();
    const at = svg.createSVGPoint();
    [at.x, at.y] = [words.x + Math.min(3, words.width / 2), words.y + words.height / 2];
    const marks = drawn(svg).filter((mark) =>
      mark.compareDocumentPosition(element) & 4 && mark.isPointInFill(at));
    return marks.length ? rgb(getComputedStyle(marks.at(-1)).fill) : null;
  };
  const skipped = ["SCRIPT", "STYLE", "title"];
  for (const element of all("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.checkVisibility() || skipped.includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const front = rgb(element instanceof SVGElement ? style.fill : style.color);
    const back = under(element) ?? behind(element);
    const contrast = ratio(front, back);
    if (contrast < 4.5) say(`contrast ${contrast.toFixed(2)}`, element);
  }
  return problems;
}"""
"""What an accessibility checker asks first: names, order, unique ids, contrast of 4.5."""


REMEMBER = r"""() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  // What is out of sight, was open, or got ready for the pointer counts for nothing.
  const state = () => {
    const copy = document.documentElement.cloneNode(true);
    for (const unseen of all("[hidden], #why", copy)) unseen.replaceChildren();
    for (const number of all("button.number", copy)) number.replaceWith(...number.childNodes);
    for (const here of all(".here", copy)) here.classList.remove("here");
    const fields = all("input, select").map((field) => [field.value, field.checked]);
    const passing = / (aria-expanded="false"|class=""|tabindex="-1")/g;
    return copy.outerHTML.replace(passing, "") + JSON.stringify(fields);
  };
  const idle = matchMedia("(scripting: none)").matches;  // then nothing would ever be done
  const soon = () => idle || new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const [{ hash, pathname, search }, open, first] = [location, all("details[open]"), state()];
  window[Symbol.for("put back")] = async () => {
    const escape = { key: "Escape", bubbles: true };
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", escape));
    document.activeElement.blur();
    for (const dialog of all("dialog[open]")) dialog.close();
    document.getElementById("why")?.hidePopover?.();
    for (const fold of all("details")) fold.open = open.includes(fold);
    for (const more of all("#operators .more[aria-expanded=true]")) more.click();
    for (const each of all("#tools input:checked")) each.click();
    for (let n = 0; n < 2; n++) for (const sort of all("th[aria-sort] button")) sort.click();
    if (location.hash !== hash) location.hash = hash;
    await soon();
    if (!hash) history.replaceState(null, "", pathname + search);
    scrollTo(0, 0);
    await soon();
    return state() === first;
  };
}"""
"""Keeps what a page is like at first, and how to make it so again."""
PUT_BACK = """() => window[Symbol.for("put back")]?.() ?? false"""


DESK = {"width": 1280, "height": 720}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
TABS = 6
"""How many pages of one kind stay for the next test that asks for them."""
LOOKS = ("viewport", "color_scheme")
Made = TypeVar("Made")


@dataclass
class Tab:
    """A page in a context of one kind; what it has asked for and complained about since ``go``."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    """Those of the page's script."""
    url: str = ""
    look: dict[str, object] = field(default_factory=dict)
    """Window and theme that it was loaded in."""
    asked: int = 0
    """How many tests have come here."""

    def __post_init__(self) -> None:
        page = self.page
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog {dialog.message}"))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def put_on(self, viewport: object = DESK, color_scheme: object = "light") -> None:
        """Another window and theme, which cost less than another context."""
        if self.page.viewport_size != viewport:
            self.page.set_viewport_size(viewport)  # type: ignore[arg-type]
        self.page.emulate_media(media="screen", color_scheme=color_scheme)  # type: ignore[arg-type]

    def go(self, url: str, look: dict[str, object]) -> None:
        """Show a page as if nobody had been here before.

        Where it is here already and can be put back as it was at first, it is not loaded anew,
        which is most of what a test costs.
        """
        self.asked += 1
        if self.page.url.startswith("file:"):
            self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
            self.page.mouse.move(0, 0)
            if url == self.url:
                self.put_on(**self.look)
                if self.page.evaluate(PUT_BACK):
                    if look != self.look:
                        self.put_on(**look)
                    return
        for heard in (self.requests, self.complaints):
            heard.clear()
        self.put_on(**look)
        page, _, fragment = url.partition("#")
        here = self.page.url.partition("#")[0]
        # Another fragment of the same address would load nothing.
        self.page.goto(f"{page}?#{fragment}" if fragment and here == page else url)
        self.page.evaluate(REMEMBER)
        self.url, self.look = url, look


class Chromium:
    """A browser that tests share, with tabs for each kind of context.

    Chromium starts in a second and opens a tab in a third of one, which is more than a page and
    most questions take.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._browser: Browser | None = None
        self._tabs: dict[str, list[Tab]] = {}
        self._front: Tab | None = None
        self._folder: Path | None = None
        self._made: dict[object, Any] = {}

    @property
    def browser(self) -> Browser:
        """Started when first asked for."""
        if self._browser is None:
            self._browser = self._stack.enter_context(chromium())
        return self._browser

    def address(self, html: bytes) -> str:
        """Where a page of these bytes is."""
        if self._folder is None:
            self._folder = Path(self._stack.enter_context(TemporaryDirectory()))
        file = self._folder / f"{sha256(html).hexdigest()}.html"
        if not file.exists():
            file.write_bytes(html)
        return file.as_uri()

    def open(self, html: bytes, **context: object) -> Tab:
        """A page of these bytes in a tab of this kind."""
        return self.show(self.address(html), **context)

    def show(self, url: str, **context: object) -> Tab:
        """A page in a tab of this kind."""
        look = {name: context.pop(name) for name in LOOKS if name in context}
        kind = repr(sorted(context.items()))
        tabs = self._tabs.setdefault(kind, [])
        tab = next((tab for tab in tabs if tab.url == url), None)
        if not tab and len(tabs) < TABS:
            of = tabs[0].page.context if tabs else self.browser.new_context(**context)  # type: ignore[arg-type]
            tabs.append(tab := Tab(of.new_page()))
        tab = tab or min(tabs, key=lambda tab: tab.asked)
        if tab is not self._front:
            tab.page.bring_to_front()  # others get no frames
            self._front = tab
        tab.go(url, look)
        return tab

    def once(self, make: Callable[[Browser], AbstractContextManager[Made]]) -> Made:
        """What tests share besides tabs; it ends with the browser."""
        if make not in self._made:
            self._made[make] = self._stack.enter_context(make(self.browser))
        found: Made = self._made[make]
        return found

    def errors(self) -> list[str]:
        """What scripts have failed with; told once."""
        tabs = [tab for tabs in self._tabs.values() for tab in tabs]
        found = [error for tab in tabs for error in tab.errors]
        for tab in tabs:
            tab.errors.clear()
        return found

    def close(self) -> None:
        self._tabs.clear()
        self._made.clear()
        self._browser = self._folder = self._front = None
        self._stack.close()


CHROMIUM = Chromium()
"""That of the fixture ``browser``."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium from the system, as the tests may run as root in a container without it.

    Without the parts that draw windows, where they are left out, it takes a third of the time less.
    """
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert path, "install chromium-headless-shell or chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        try:
            yield browser
        finally:
            browser.close()


def visit(browser: Browser, result: Result, fragment: str = "", **context: object) -> Page:
    """The HTML report of ``result`` on the screen."""
    assert browser is CHROMIUM.browser
    return CHROMIUM.show(CHROMIUM.address(html_of(result)) + fragment, **context).page


def until(page: Page, question: str, argument: object = None) -> None:
    """Wait until JavaScript answers yes, asked from outside: the page's own policy forbids eval.

    Playwright's ``wait_for_function`` asks from inside after the first no, and fails there.
    """
    for _ in range(600):
        if page.evaluate(question, argument):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never true: {question}")
