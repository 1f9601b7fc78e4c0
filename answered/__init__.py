"""The build's own code: find the examples of the pages, run them, check them, show them.

Data flows one way: page -> examples -> results (cached) -> rendered page, reports, exports.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
CACHE = ROOT / ".cache"
