"""What the exports know of the site they are made from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig

from ..contents import Contents
from ..generated import locked_on, setting
from ..records import Record
from ..results import versions
from .archive import build_time
from .links import inside, page_address, relink_html, relink_markdown

FOLDER = "take-away"
INK = "#1f2328"  # of figures, where there is no palette to take it from
VARIABLE = re.compile(r"var\((--[\w-]+)(?:, *([^()]*))?\)")


@dataclass(frozen=True)
class Site:
    """One build of the site.

    Attributes:
        url: where it is published, with a slash at the end; empty where that is not configured.
        folder: where it was built.
        time: of the build, in seconds since the epoch.
        torch, python: the versions that the examples ran with.
        provenance: with what the outputs were made, and under which licences they may be used.
        titles: of the questions, by their address from the root.
        colours: the light palette's variables.
    """

    name: str
    description: str
    url: str
    folder: Path
    time: int
    torch: str
    python: str
    provenance: str
    contents: Contents
    titles: dict[str, str]
    colours: dict[str, str]

    @classmethod
    def of(cls, records: list[Record], contents: Contents, config: MkDocsConfig) -> Site:
        style = Path(config.docs_dir, "assets", "site.css").read_text(encoding="utf-8")
        light = style[: style.index("}")]
        have = versions()
        return cls(
            name=config.site_name,
            description=config.site_description or "",
            url=config.site_url or "",
            folder=Path(config.site_dir),
            time=build_time(),
            torch=have["torch"],
            python=have["python"],
            provenance=f"Outputs made with {setting()}, dependencies locked on {locked_on()}. Text under CC BY 4.0, code under MIT.",
            contents=contents,
            titles={record.url: record.page.title for record in records},
            colours=dict(re.findall(r"(--[\w-]+):\s*([^;]+);", light)),
        )

    @property
    def take_away(self) -> Path:
        """The folder of the downloads."""
        folder = self.folder / FOLDER
        folder.mkdir(exist_ok=True)
        return folder

    def address(self, path: str) -> str:
        """Return the address of something on the site: absolute where the site's own is configured."""
        return self.url + path

    def markdown(self, text: str, folder: str) -> str:
        """Return Markdown of the source folder `folder` with absolute links; without an address, titles in place of links."""
        return relink_markdown(text, partial(self._link, folder))

    def html(self, content: str, url: str) -> str:
        """Return the HTML of the page at `url` for use outside the site: absolute links or none, colours that need no style sheet."""
        content = re.sub(r'<a class="headerlink".*?</a>', "", content, flags=re.S)
        return self.settled(relink_html(content, lambda target: self._outside(url, target)))

    def settled(self, content: str) -> str:
        """Return `content` with the colours of its figures taken from the light palette."""

        def figure(match: re.Match) -> str:
            svg = VARIABLE.sub(lambda variable: self.colours.get(variable[1]) or variable[2] or INK, match[0])
            return " ".join(svg.replace("currentColor", INK).split("\n"))

        return re.sub(r"<svg\b.*?</svg>", figure, content, flags=re.S)

    def _outside(self, base: str, target: str) -> str | None:
        path = inside(base, target)
        if path is None:
            return target
        return self.url + path if self.url else None

    def _link(self, folder: str, text: str, target: str) -> str:
        path = inside(folder, target)
        if path is None:
            return f"[{text}]({target})"
        path = page_address(path)
        if self.url:
            return f"[{text}]({self.url}{path})"
        title = self.titles.get(path.partition("#")[0])
        return text if title in (None, text.replace("`", "")) else f'{text} ("{title}")'
