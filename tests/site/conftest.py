"""A server for the built site, and a browser to see it in: one of each per worker."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from .practising import START

BLANK = "blank"  # an empty page that the server adds to the site


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            if self.path != f"/{BLANK}":
                return super().do_GET()
            content = b'<!doctype html><title>Blank</title><link rel="icon" href="data:,">'
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def copyfile(self, source, outputfile) -> None:
            try:
                super().copyfile(source, outputfile)
            except ConnectionError:  # the browser has left the page
                self.close_connection = True

    handler = functools.partial(Quiet, directory=site)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


class Tabs:
    """Tabs on the site, used again by one test after another: a new one costs more than a page.

    A tab that a test gets has no storage, routes or emulation of an earlier test.
    """

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.kept: dict[bool, Page] = {}  # with the clock held, and without
        self.taken: list[Page] = []

    def open(
        self,
        path: str | None,
        width: int = 1280,
        scheme: str = "light",
        time: datetime | None = None,
        before: Callable[[Page], object] | None = None,
        fresh: bool = False,
    ) -> Page:
        """Open a page of the site; None for no page yet.

        Its `complaints` are what it says in the console and what it asks of other hosts.
        `before` is called with the empty page. `fresh` or `before`: nothing is cached. A test that
        routes what the page asks for needs that: a kept tab may have it in memory and not ask.
        Wait for locators, never with `wait_for_function`: it evaluates a string again and again,
        which the pages' own policy refuses.
        """
        kept = self.kept.get(time is not None)
        if kept in self.taken or before or fresh:
            kept = None
        page = kept or self.new()
        if not (before or fresh):
            self.kept.setdefault(time is not None, page)
        self.taken.append(page)
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, media="null", forced_colors="none")
        if time:
            page.clock.set_fixed_time(time)
        if before:
            before(page)
        elif kept or path is None:
            page.goto(self.address + BLANK)  # has no script, and the storage of the site
            page.evaluate("localStorage.clear(); sessionStorage.clear()")
        page.complaints.clear()
        if path is not None:
            page.goto(self.address + path)
        return page

    def new(self) -> Page:
        context = self.browser.new_context(service_workers="block")  # which no route would see
        page = context.new_page()
        page.complaints = complaints = []
        own = (self.address, "data:", "blob:")

        def told(message) -> None:
            if message.type in ("error", "warning") and "blocked by Playwright" not in message.text:
                complaints.append(f"{page.url}: {message.text}")

        def asked(request) -> None:
            if not request.url.startswith(own):
                complaints.append(f"{page.url} asks for {request.url}")

        page.on("console", told)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("request", asked)
        return page

    def release(self) -> None:
        """End a test: clean the tabs that are kept, close the others."""
        for page in self.taken:
            if page in self.kept.values():
                page.unroute_all()
                for other in page.context.pages:
                    if other != page:
                        other.close()
            else:
                page.context.close()
        self.taken.clear()


@pytest.fixture(scope="session")
def tabs(browser: Browser, address: str) -> Tabs:
    return Tabs(browser, address)


@pytest.fixture
def visit(tabs: Tabs) -> Iterator[Callable[..., Page]]:
    """`Tabs.open`, cleaned up after the test."""
    yield tabs.open
    tabs.release()


@pytest.fixture
def practise(visit) -> Callable[..., Page]:
    """Open the practice page with the clock held at `START`."""

    def opened(path: str | None = "practice/", **options: object) -> Page:
        return visit(path, time=START, **options)

    return opened
