"""Build the same pages with Zensical, the successor of Material for MkDocs, and compare the sites.

`make zensical`, after `make site`. Zensical lives in an environment of its own, in its newest
version: the report, in Markdown, says page by page what its site lacks.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from answered.site.zensical import PYTHON

ROOT = Path.cwd()
SITE, OTHER = ROOT / "site", ROOT / ".cache" / "zensical-site"
PACKAGES = ("zensical", "markdown-exec", "pymdown-extensions")
# What readers are given, and how it looks in the HTML.
PARTS = {
    "blocks of code": r'<div class="language-python highlight">',
    "outputs of examples": r'<div class="result"',
    "figures": r'<figure class="drawn"',
    "formulas": r"<math\b",
    "lines of facts": r'<p class="facts"',
    "other wordings": r'id="also-asked-as"',
    "related questions": r'id="related-questions"',
    "permalinks": r'class="headerlink"',
    "short answers": r'<div class="short-answer"',
    "follow-up questions": r'<div class="follow-up"',
    "actions": r'<p class="actions"',
}
DATA = ("search/*.js", "practice/*.js", "questions.json", "llms-full.txt")


def main() -> int:
    """Print the report; return 0 if Zensical built every page."""
    if not (SITE / "index.html").is_file():
        sys.exit("there is no site/ to compare with; run `make site` first")
    python = ROOT / PYTHON
    run(sys.executable, "-m", "venv", python.parent.parent)
    run(python, "-m", "pip", "install", "--quiet", "--upgrade", *PACKAGES)
    version = run(python, "-m", "zensical", "--version").stdout.split()[-1]
    target = OTHER.relative_to(ROOT)
    command = (sys.executable, "-m", "answered", "build", "--generator", "zensical")
    done = run(*command, "--site-dir", str(target), check=False)
    if done.returncode:
        print(f"## Zensical {version}\n\nIt did not build the site.\n\n~~~text\n{done.stdout}\n~~~")
        return 1
    lines, lacking = report(SITE, OTHER)
    print(f"## Zensical {version}\n\n" + "\n".join(lines))
    return int(lacking)


def run(*command: str | Path, check: bool = True) -> subprocess.CompletedProcess:
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if check and done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}")
    return done


def report(ours: Path, theirs: Path) -> tuple[list[str], bool]:
    """Compare two built sites.

    Returns:
        The lines of the report, and whether a page is missing.
    """
    pages, built = contents(ours), contents(theirs)
    both = sorted(pages.keys() & built.keys())
    missing = sorted(pages.keys() - built.keys())
    lacking = {page: less for page in both if (less := lacks(pages[page], built[page]))}
    lines = [
        f"{len(both)} of {len(pages)} pages built, {len(both) - len(lacking)} of them with every"
        " part that they have under Material.",
        "",
        f"Missing pages: {', '.join(missing) or 'none'}",
        "",
    ]
    if lacking:
        lines += ["| Page | What it lacks |", "|---|---|"]
        lines += [f"| {page} | {less} |" for page, less in lacking.items()]
        lines.append("")
    lines += [f"- `{name}`: {compared(ours, theirs, name)}" for name in names(ours)]
    return lines, bool(missing)


def lacks(page: str, other: str) -> str:
    """Return the parts of which `other` has fewer than `page`."""
    counts = ((name, count(page, part), count(other, part)) for name, part in PARTS.items())
    return ", ".join(
        f"{name}: {theirs} of {ours}" for name, ours, theirs in counts if theirs < ours
    )


def count(page: str, part: str) -> int:
    return len(re.findall(part, page))


def names(site: Path) -> list[str]:
    """Return the files of data that both sites should have alike."""
    found = (file for pattern in DATA for file in sorted(site.glob(pattern)))
    return [file.relative_to(site).as_posix() for file in found]


def compared(ours: Path, theirs: Path, name: str) -> str:
    """Return how a file of data differs between two sites."""
    if not (theirs / name).is_file():
        return "missing"
    one, two = (Counter((site / name).read_text("utf-8").split("\n")) for site in (ours, theirs))
    return "the same" if one == two else f"{(one - two).total()} lines differ"


def contents(site: Path) -> dict[str, str]:
    return {
        file.relative_to(site).as_posix(): file.read_text(encoding="utf-8")
        for file in site.rglob("*.html")
    }


if __name__ == "__main__":
    sys.exit(main())
