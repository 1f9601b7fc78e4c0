"""The quick static checks: each by a maintained tool, whose settings stand in pyproject.toml."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import ROOT

SCHEMAS = "mend the file by its schema"


@dataclass(frozen=True)
class Tool:
    """A program that says with file and line what is wrong.

    Attributes:
        command: the program and its options.
        mend: what to do about what it finds.
        files: patterns of the files that are given to it; with none it looks at the whole project.
        pages: whether it is for pages, too.
    """

    command: tuple[str, ...]
    mend: str
    files: tuple[str, ...] = ()
    pages: bool = False

    def given(self, pages: list[str]) -> list[str]:
        """Return what the tool is to look at: `pages`, or where there are none, all its files."""
        if pages:
            return pages if self.pages else []
        if not self.files:
            return ["."]
        return [file.relative_to(ROOT).as_posix() for pattern in self.files for file in sorted(ROOT.glob(pattern))]


def schema(name: str) -> tuple[str, ...]:
    return ("check-jsonschema", "--builtin-schema", name)


TOOLS = (
    Tool(("codespell",), "correct the word; if it is right, add it to ignore-words-list in pyproject.toml", pages=True),
    Tool(("rumdl", "check", "--no-cache", "--quiet"), "`make format` mends what ends in [*]", pages=True),
    Tool(("ruff", "format", "--check", "--quiet", "--no-cache", "--output-format=concise"), "run `make format`, then `make update`", pages=True),
    Tool(("ruff", "check", "--quiet", "--no-cache", "--output-format=concise"), "`make format` mends what ends in [*]"),
    Tool(schema("vendor.github-workflows"), SCHEMAS, (".github/workflows/*.yml",)),
    Tool(schema("custom.github-workflows-require-timeout"), "give every job timeout-minutes", (".github/workflows/*.yml",)),
    Tool(schema("vendor.dependabot"), SCHEMAS, (".github/dependabot.yml",)),
    Tool(schema("vendor.github-issue-config"), SCHEMAS, (".github/ISSUE_TEMPLATE/config.yml",)),
    Tool(schema("vendor.github-issue-forms"), SCHEMAS, (".github/ISSUE_TEMPLATE/[0-9]*.yml",)),
    Tool(("zizmor", "--offline", "--quiet", "--no-progress", "--persona=pedantic"), "its audits are explained on docs.zizmor.sh", (".github",)),
)
FORMATTERS = (("ruff", "check", "--fix-only", "--quiet", "--no-cache"), ("ruff", "format", "--quiet", "--no-cache"), ("rumdl", "fmt", "--quiet", "--no-cache"))


def lint(pages: list[str]) -> int:
    """Run all tools at once on `pages` (paths), or on the whole project; print what is wrong and how to mend it."""
    work = [(tool, given) for tool in TOOLS if (given := tool.given(pages))]
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda item: run(*item[0].command, *item[1]), work))
    failed = 0
    for (tool, _), result in zip(work, done, strict=True):
        if result.returncode:
            failed += 1
            print(f"{result.stdout.strip()}\n    {' '.join(tool.command[:2])}; mend: {tool.mend}\n")
    print(f"{len(work) - failed} of {len(work)} static checks passed")
    return int(failed > 0)


def tidy() -> int:
    """Format and mend what the tools can."""
    for command in FORMATTERS:
        print(run(*command, ".").stdout, end="")
    return 0


def run(program: str, *arguments: str) -> subprocess.CompletedProcess:
    """Run a program of the environment that this runs in; its stdout and stderr come as one text, without colours."""
    path = Path(sysconfig.get_path("scripts")) / program
    plain = {name: value for name, value in os.environ.items() if name not in {"FORCE_COLOR", "CLICOLOR_FORCE"}} | {"NO_COLOR": "1"}
    return subprocess.run([path, *arguments], cwd=ROOT, env=plain, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
