"""Files that other sites ask for: a picture of each page for link previews, and robots.txt."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import io
import re
from collections.abc import Callable
from pathlib import Path

from ..site.article import Article, Edition
from ..site.head import CARD, HEIGHT, WIDTH, card
from .kept import Kept

FILE, TITLE = CARD, ""
DESIGN = 1  # goes up when pictures look different
PNG = re.compile(rb"\x89PNG\r\n.*IEND\xaeB`\x82", re.S)  # a whole one
RUST, INK, QUIET, PAPER = "#9b2d12", "#1f2328", "#5f656d", "#ffffff"
MARGIN, BAR, TOP, ROOM = 80, 24, 150, 340  # pixels; the title has ROOM from TOP on
SIZES = range(68, 24, -4)  # of the title, of which the largest is taken that fits
SPACING = 1.3  # of its lines, of their size
COLORS = 48  # of the finished picture; smooth letters need no more


def write(articles: list[Article], edition: Edition) -> str:
    """Write robots.txt; where the site's address is known, also the pictures, which need one.

    A picture that has not changed is taken from the cache.
    """
    url, name = edition.config.url, edition.config.name
    sitemap = f"\nSitemap: {url}sitemap.xml\n" if url else ""
    edition.write("robots.txt", f"User-agent: *\nAllow: /\n{sitemap}")
    if not url:
        return "no pictures"
    texts = {CARD: ("Interview questions, answered and checked", "")}
    for article in articles:
        about = f"{article.topic.title} · {article.page.meta['level']} level"
        texts[card(article.page)] = (article.page.title, about)
    kept = Kept(edition.book.root, "social", ".png", PNG)
    for file, (title, about) in texts.items():
        key = (DESIGN, name, title, about, importlib.metadata.version("pillow"))
        picture = kept.get(key) or kept.put(key, draw(name, title, about))
        target = edition.folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(picture)
    kept.prune()
    return f"{len(texts)} pictures"


def draw(name: str, title: str, about: str) -> bytes:
    """Return a picture, a PNG, with the name of the site, a title and a line about it."""
    from PIL import Image, ImageDraw, ImageFont  # which a build with nothing new does without

    def font(style: str, size: int) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(fonts() / f"DejaVuSans{style}.ttf", size)

    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, BAR, HEIGHT), fill=RUST)
    pen.text((MARGIN, 64), name, RUST, font("-Bold", 36))
    for size in SIZES:
        letters = font("-Bold", size)
        lines = wrapped(title, WIDTH - 2 * MARGIN, letters.getlength)
        if (
            len(lines) * size * SPACING <= ROOM
            and max(map(letters.getlength, lines)) <= WIDTH - 2 * MARGIN
        ):
            break
    spacing = (SPACING - 1) * size
    pen.multiline_text((MARGIN, TOP), "\n".join(lines), INK, letters, spacing=spacing)
    pen.text((MARGIN, HEIGHT - 110), about, QUIET, font("", 30))
    picture = io.BytesIO()
    image.quantize(COLORS, method=Image.Quantize.FASTOCTREE).save(picture, "PNG")
    return picture.getvalue()


def wrapped(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Return `text` in lines that are at most `width` wide, if its words are."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if measure(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def fonts() -> Path:
    """Return the folder of the fonts that come with Matplotlib, without importing it."""
    (package,) = importlib.util.find_spec("matplotlib").submodule_search_locations
    return Path(package, "mpl-data", "fonts", "ttf")
