"""The Content-Security-Policy of a page: scripts of the site itself, and the theme's inline ones by hash."""

from __future__ import annotations

import base64
import hashlib
import re

INLINE = re.compile(r"<script>(.*?)</script>", re.S)
CHARSET = '<meta charset="utf-8">'
POLICY = (
    "default-src 'none'; script-src 'self'{hashes}; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'"
)


def protected(html: str) -> str:
    """Return a page with its policy as the first thing in its head.

    Raises:
        ValueError: the template no longer has the place where the policy goes.
    """
    if CHARSET not in html:
        raise ValueError(f"the page has no {CHARSET}, after which its Content-Security-Policy goes")
    digests = (hashlib.sha256(script.encode()).digest() for script in INLINE.findall(html))
    hashes = "".join(sorted({f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in digests}))
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY.format(hashes=hashes)}">'
    return html.replace(CHARSET, CHARSET + policy, 1)
