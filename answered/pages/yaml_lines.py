"""Plain YAML, as people write it here, and its lines: where a value stands, where a fault is."""

from __future__ import annotations

import re
from functools import lru_cache

import yaml

DEEPEST = 20  # of what is nested
MOST_KEYS = 200  # of one mapping; recordings have one for each block
SURROGATE = re.compile("[\ud800-\udfff]")  # an escape can write one


class PlainLoader(yaml.SafeLoader):
    """Reads YAML without aliases, which can unfold without end, and with each key once."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: object) -> yaml.Node:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent):
            raise self.fault("an alias; write the value itself", event)
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fault("it is nested too deep", event)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def compose_scalar_node(self, anchor: str | None) -> yaml.ScalarNode:
        node = super().compose_scalar_node(anchor)
        if SURROGATE.search(node.value):
            raise self.fault("half of a character, which no file can hold", node)
        return node

    def compose_mapping_node(self, anchor: str | None) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        if len(node.value) > MOST_KEYS:
            raise self.fault(f"more than {MOST_KEYS} keys", node.value[MOST_KEYS][0])
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise self.fault(f"the key '{key.value}' stands twice; delete one", key)
            seen.add(key.value)
        return node

    def fault(self, what: str, where: yaml.Event | yaml.Node) -> yaml.YAMLError:
        return yaml.composer.ComposerError(None, None, what, where.start_mark)


def load_yaml(text: str | bytes) -> object:
    """Return what YAML holds.

    Raises:
        yaml.YAMLError: it is not YAML, or not plain.
        ValueError: it has a date that does not exist.
    """
    return yaml.load(text, PlainLoader)


@lru_cache(maxsize=16)  # a page may have a thousand faults, each with its line
def compose_yaml(text: str | bytes) -> yaml.Node | None:
    """Return the tree of nodes of YAML, which know their lines; raise as `load_yaml`."""
    return yaml.compose(text, PlainLoader)


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
