"""Figures: SVG of a closed list of elements, attributes and addresses, written as it was parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ..engine.block import Block
from ..engine.problems import Problem

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
ELEMENTS = frozenset(
    "circle clipPath defs desc g image line path polygon polyline rect svg text title tspan use".split()
)
ATTRIBUTES = frozenset(
    """aria-label aria-labelledby class clip-path clip-rule clipPathUnits cx cy d dx dy fill fill-opacity fill-rule font-family
    font-size font-style font-weight height href id image-rendering letter-spacing opacity points
    preserveAspectRatio r role rx ry stroke stroke-dasharray stroke-dashoffset stroke-linecap
    stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor transform version
    viewBox width x x1 x2 y y1 y2""".split()
)
ADDRESS = re.compile(r"#[\w-]+|data:image/png;base64,[\w+/=\s]+")
REFERENCE = re.compile(r"url\(#[\w-]+\)")  # of a paint or a clip path
DEEPEST = 50  # of elements in each other
LINES = re.compile(r"\s*\n\s*")
FIX = "draw with matplotlib and snippets.figures; a figure holds shapes and text alone"

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


def sound_svg(text: str) -> str:
    """Return SVG as it was parsed.

    Raises:
        ValueError: it is no SVG, or holds what no figure does; the message says what.
    """
    try:
        root = fromstring(text, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException) as error:
        raise ValueError(f"no XML: {error}") from None
    if depth(root) > DEEPEST:
        raise ValueError(f"elements in each other, more than {DEEPEST} deep")
    if root.tag != f"{{{SVG}}}svg":
        raise ValueError(f"<{root.tag}>, and not <svg xmlns='{SVG}'>")
    if unfolds(root):
        raise ValueError("<use> of what holds other elements, which can unfold without end")
    for element in root.iter():
        name = element.tag.removeprefix(f"{{{SVG}}}")
        if name not in ELEMENTS:
            raise ValueError(f"<{name}>")
        for key, value in element.items():
            if not is_sound(key.removeprefix(f"{{{XLINK}}}"), value):
                raise ValueError(f'<{name} {key.rpartition("}")[2]}="{value[:60]}">')
        # On one line: below a blank one, Markdown would begin again.
        element.text, element.tail = (LINES.sub(" ", t or "") for t in (element.text, element.tail))
    return ElementTree.tostring(root, encoding="unicode")


def depth(root: ElementTree.Element) -> int:
    """Return how deep elements are nested, at most one more than `DEEPEST`."""
    level, number = [root], 0
    while level and number <= DEEPEST:
        level, number = [child for element in level for child in element], number + 1
    return number


def unfolds(root: ElementTree.Element) -> bool:
    """Whether an element is used that holds others; those may use others in turn."""
    holders = {f"#{element.get('id')}" for element in root.iter() if len(element)}
    used = (element.get(key) for element in root.iter() for key in ("href", f"{{{XLINK}}}href"))
    return not holders.isdisjoint(used)


def is_sound(name: str, value: str) -> bool:
    """Whether a figure may have an attribute; none leads out of it."""
    if name == "href":
        return ADDRESS.fullmatch(value) is not None
    leads = "url" in value.lower() or "\\" in value  # an escape of CSS may spell it
    return name in ATTRIBUTES and (not leads or REFERENCE.fullmatch(value) is not None)


def sound_figures(
    block: Block, figures: Iterable[tuple[str, str]]
) -> tuple[tuple[tuple[str, str], ...], Problem | None]:
    """Return a block's figures as they were parsed, and what is wrong with the first that is not."""
    found = []
    for name, svg in figures:
        try:
            found.append((name, sound_svg(svg)))
        except ValueError as error:
            return (), block.problem(f"the figure {ascii(name)[1:-1]} holds {error}", FIX)
    return tuple(found), None
