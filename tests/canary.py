"""Build the same sources with Zensical, the successor of Material for MkDocs, and say what its site lacks.

Run as `python -m tests.canary` after `make site`. Zensical runs no MkDocs hooks, and is at home in an environment of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from answered import CACHE, ROOT

HOME = CACHE / "zensical"
# What readers are given, and how it looks in the HTML.
PARTS = {
    "highlighted blocks": r'class="[^"]*\bhighlight\b',
    "outputs of examples": r'<div class="result"',
    "figures": r'<figure class="drawn"',
    "formulas": r"<math\b",
    "lines of facts": r'<p class="facts"',
    "other wordings": r'id="also-asked-as"',
}


def main() -> int:
    """Print a Markdown report; the exit code is that of Zensical."""
    if not (ROOT / "site/index.html").is_file():
        sys.exit("there is no site/ to compare with; run `make site` first")
    run(sys.executable, "-m", "venv", "--clear", HOME / "venv")
    run(HOME / "venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "zensical", "markdown-exec")
    version = run(HOME / "venv/bin/zensical", "--version").stdout.split()[-1]
    project = HOME / "project"
    shutil.rmtree(project, ignore_errors=True)
    for part in ("docs", "snippets", "answered/theme"):
        shutil.copytree(ROOT / part, project / part, ignore=shutil.ignore_patterns("__pycache__"))
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    (project / "mkdocs.yml").write_text(config.replace("strict: true", "strict: false"), encoding="utf-8")
    done = run(HOME / "venv/bin/zensical", "build", "--config-file", project / "mkdocs.yml", check=False)
    print(report(version, ROOT / "site", project / "site", done.stdout))
    return done.returncode


def run(*command: str | Path, check: bool = True) -> subprocess.CompletedProcess:
    return subprocess.run(command, cwd=ROOT, check=check, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | {"NO_COLOR": "1"})


def report(version: str, ours: Path, theirs: Path, log: str) -> str:
    """Return what `theirs` lacks of the site `ours`: pages, and parts of pages that are in both."""
    pages, built = contents(ours), contents(theirs)
    both = sorted(pages.keys() & built.keys())
    missing = sorted(pages.keys() - built.keys())
    lines = [
        f"## Zensical {version}",
        "",
        f"{len(both)} of {len(pages)} pages built.",
        "",
        "| In the pages that both have | Material | Zensical |",
        "|---|--:|--:|",
    ]
    for name, pattern in PARTS.items():
        counts = [sum(len(re.findall(pattern, site[page])) for page in both) for site in (pages, built)]
        lines.append(f"| {name} | {counts[0]:,} | {counts[1]:,} |")
    lines += ["", f"Missing pages: {', '.join(missing) or 'none'}", "", "~~~text", re.sub(r"\x1b\[[\d;]*m", "", log).strip()[-3000:], "~~~"]
    return "\n".join(lines)


def contents(site: Path) -> dict[str, str]:
    return {file.relative_to(site).as_posix(): file.read_text(encoding="utf-8") for file in site.rglob("*.html")}


if __name__ == "__main__":
    sys.exit(main())
