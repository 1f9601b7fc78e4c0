"""Data files of docs/: YAML whose values are those of a dataclass, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml

from ..engine.problems import FaultyFileError, Problem
from .yaml_lines import compose_yaml, fault_of_yaml, line_of, load_yaml

CLOSED = {"extra": "forbid"}  # for pydantic: no keys but the fields
T = TypeVar("T")


def load_data(root: Path, path: str, kind: type[T], holds: str) -> T:
    """Return what the file `path` below the folder `root` holds, as a `kind`.

    Args:
        holds: what stands in such a file, in words.

    Raises:
        FaultyFileError: it is missing, not YAML, or holds other values than it should.
    """
    from pydantic import TypeAdapter, ValidationError  # which recording on a GPU does without

    def fault(line: int, what: str, fix: str) -> FaultyFileError:
        return FaultyFileError([Problem(path, line, what, fix)])

    try:
        text = (root / path).read_bytes()
        data = load_yaml(text)
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise fault(1, what, f"restore it; it has {holds}") from None
    except (yaml.YAMLError, ValueError) as error:
        line, what = fault_of_yaml(error)
        raise fault(line, f"not YAML: {what}", "correct the line") from None
    try:
        return TypeAdapter(kind).validate_python(without_empty(data))
    except ValidationError as error:
        fix = f"have {holds} as in the repository's own file"
        tree, problems = compose_yaml(text), []
        for detail in error.errors():
            key = ".".join(map(str, detail["loc"]))
            what = f"'{key}': {detail['msg']}" if key else detail["msg"]
            problems.append(Problem(path, line_of(tree, detail["loc"]), what, fix))
        raise FaultyFileError(problems) from None


def line_in(root: Path, path: str, *place: int | str) -> int:
    """Return the line of a data file where the value at `place` stands; see `line_of`."""
    return line_of(compose_yaml((root / path).read_bytes()), place)


def without_empty(data: object) -> object:
    """Return data without the keys that have no value, which then count as missing."""
    if isinstance(data, dict):
        return {key: without_empty(value) for key, value in data.items() if value is not None}
    return [without_empty(value) for value in data] if isinstance(data, list) else data
