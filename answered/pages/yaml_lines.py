"""Lines of YAML: where a value stands, and where a text is no YAML."""

from __future__ import annotations

import yaml


def fault_of_yaml(error: yaml.YAMLError | ValueError, above: int = 0) -> tuple[int, str]:
    """Return the line of an error that `yaml` has raised, and what is wrong there.

    Args:
        error: a ValueError, of a date that does not exist, names no line: it is taken for the first.
        above: lines of the file above the YAML.
    """
    mark, what = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    return mark.line + 1 + above if mark else 1, what or str(error).splitlines()[0]


def line_of(node: yaml.Node | None, place: tuple[int | str, ...]) -> int:
    """Return the line of the value at `place`, a path of keys and indexes, or of its parent."""
    line = 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == part), None)
        elif isinstance(node, yaml.SequenceNode):
            node = node.value[part]
        if node is None:
            break
        line = node.start_mark.line + 1
    return line
