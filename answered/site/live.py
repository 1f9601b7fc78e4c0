"""A Python-Markdown extension through which markdown-exec executes the blocks of staged pages.

markdown-exec lays out source and output of each block; what its `run` calls is the engine, whose
outputs lie beside the stage, so that any generator shows what the engine got.
"""

from __future__ import annotations

import json
from pathlib import Path

import markdown_exec
from markdown import Markdown
from markdown.extensions import Extension
from pymdownx.superfences import SuperFencesCodeExtension, SuperFencesException

from ..engine.script import LANGUAGES


class LiveExtension(Extension):
    """Registers the fences that markdown-exec executes, with the engine as its runner."""

    def __init__(self, **options: object) -> None:
        self.config = {"outputs": ["", "folder with the outputs of each staged page"]}
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (Python-Markdown's name)
        fence = {"validator": markdown_exec.validator, "format": self.shown}
        fences = [fence | {"name": language, "class": language} for language in LANGUAGES]
        md.registerExtensions([SuperFencesCodeExtension(custom_fences=fences)], {})

    def shown(
        self, source: str, language: str, css_class: str, options: dict, md: Markdown, **_: object
    ) -> str:
        """Return the HTML of a fence that is executed."""
        return markdown_exec.base_format(
            language=language, run=self.output, code=source, md=md, **options
        )

    def output(self, code: str, id: str, **_: object) -> str:
        """Return the output of the block `id`, its page and line.

        Raises:
            SuperFencesException: the engine has none; any other exception would be swallowed.
        """
        page, _, line = id.rpartition(":")
        file = Path(self.getConfig("outputs"), f"{page}.json")
        try:
            return json.loads(file.read_text(encoding="utf-8"))[line]
        except (OSError, KeyError) as error:
            raise SuperFencesException(f"no output of the block {id}: {error}") from None


makeExtension = LiveExtension  # by this name Python-Markdown looks for it  # noqa: N816
