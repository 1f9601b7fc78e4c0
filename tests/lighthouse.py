"""Lighthouse's verdict on some pages of the built site, as a phone sees them. `make lighthouse`; it needs npm and a Chrome."""

import functools
import gzip
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from tests.conftest import BROWSERS, ROOT

VERSION = "13.5.0"
PAGES = {
    "home": "",
    "question": "questions/optimization/zero-grad/",
    "practice": "practice/",
    "prepare": "prepare/",
    "path": "prepare/one-week/",
    "sheet": "sheets/losses/",
    "all": "levels/",
}
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 95}
COMPRESSED = (".html", ".css", ".js", ".svg", ".json")


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files compressed, as GitHub Pages does."""

    def send_head(self):
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if path.suffix not in COMPRESSED or not path.is_file():
            return super().send_head()
        body = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def log_message(self, *args) -> None:
        pass


def scores(url: str, browser: str) -> dict[str, int]:
    """Return Lighthouse's scores of a page, from 0 to 100, and print what fell short."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            "npx",
            "--yes",
            f"lighthouse@{VERSION}",
            url,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
        ]
        flags = "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage"
        subprocess.run(
            [*command, flags], check=True, cwd=folder, env=os.environ | {"CHROME_PATH": browser}
        )
        found = json.loads(report.read_text(encoding="utf-8"))
    for category in found["categories"].values():
        for reference in category["auditRefs"]:
            audit = found["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                print(f"    {category['id']}: {audit['title']} {audit.get('displayValue', '')}")
    return {name: round(100 * category["score"]) for name, category in found["categories"].items()}


def main() -> int:
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if (
        browser is None
        or shutil.which("npx") is None
        or not (ROOT / "site" / "index.html").is_file()
    ):
        sys.exit("needs a built site (make site), a Chrome or Chromium, and npx")
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=ROOT / "site")
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    failed = False
    for name, path in PAGES.items():
        found = scores(f"http://127.0.0.1:{server.server_port}/{path}", browser)
        short = [category for category, least in LEAST.items() if found[category] < least]
        failed |= bool(short)
        print(
            f"{name}: {found}" + (f", too little of {', '.join(short)}" if short else ""),
            flush=True,
        )
    return failed


if __name__ == "__main__":
    sys.exit(main())
