"""The real Netron from its package, in the system's Chromium and without a network.

Its own server hands out its files; every other request is refused. Netron asks where in the world
it is, wants consent to cookies and, half a year after its release, to be replaced by a newer one:
a cookie and a clock that stands still answer that. (It forbids ``eval``, and with it all scripts
of Playwright in its page.)
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import netron

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route

RELEASED = re.compile(r'<meta name="date" content="(\d{4}-\d\d-\d\d)')


class App:
    """One window of Netron."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.outside: list[str] = []
        """What it asked of others than its own server."""
        self.shown = False
        """Whether a model is in the window."""
        self._address = address
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog {dialog.message}"))
        page.route("**/*", self._answer)
        page.clock.set_fixed_time(_released())
        page.context.add_cookies([{"name": "consent", "value": "1", "url": address}])
        page.set_default_timeout(30_000)

    def _answer(self, route: Route) -> None:
        url = route.request.url
        if url.startswith((f"{self._address}/", "blob:", "data:")):
            route.continue_()
        else:
            self.outside.append(url)
            route.abort()

    def show(self, model: Path | str, attachment: Path | str) -> None:
        """Open a model, and then what is attached to it, as people do."""
        self.page.goto(self._address)
        self.page.wait_for_selector("body.welcome:not(.spinner)", state="attached")
        for file in (model, attachment):
            self.page.locator("#open-file-dialog").set_input_files(file)
            self.page.wait_for_selector("body.default", state="attached")
        self.shown = True

    def click_node(self, kind: str, number: int = 0) -> None:
        """Click the operator of this type and number in the picture."""
        self.page.locator(".node-item", has_text=re.compile(kind)).nth(number).click()

    def follow(self, output: str) -> None:
        """Click an output in the sidebar: the connection opens."""
        value = f"#sidebar .sidebar-item:has(input[value='{output}']) .sidebar-item-value-line"
        self.page.click(value)

    def sidebar(self) -> dict[str, str]:
        """Names and texts."""
        items = self.page.locator("#sidebar .sidebar-item")
        items.first.wait_for()
        return {
            item.locator("input").first.get_attribute("value") or "": item.locator(
                ".sidebar-item-value-list"
            ).inner_text()
            for item in items.all()
        }


def _released() -> datetime:
    page = (Path(netron.__file__).parent / "index.html").read_text("utf-8")
    (date,) = RELEASED.findall(page)
    return datetime.fromisoformat(date).replace(tzinfo=UTC)


@contextmanager
def serving(browser: Browser) -> Iterator[App]:
    """A window, as long as Netron's server runs."""
    host, port = netron.serve(None, None, address=("127.0.0.1", 0))
    try:
        yield App(browser.new_page(), f"http://{host}:{port}")
    finally:
        netron.stop((host, port))
