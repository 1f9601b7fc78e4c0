"""Colors of figures where the site's style sheet does not reach."""

import ast
import re
from pathlib import Path

import pytest

from answered.exports.style import INK, with_colors

ROOT = Path(__file__).resolve().parents[2]


def test_figures_have_the_colors_of_the_light_palette():
    """What `snippets.figures` writes beside each variable is what the style sheet gives it."""
    tree = ast.parse((ROOT / "snippets" / "figures.py").read_text(encoding="utf-8"))
    values = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id in ("SERIES", "GRID")
    }
    used = {str(number): color for number, color in enumerate(values["SERIES"], 1)}
    css = (ROOT / "docs" / "assets" / "site.css").read_text(encoding="utf-8")
    light, dark, *_ = re.findall(r"scheme=\"(?:default|slate)\"\] \{(.*?)\}", css, re.S)
    palettes = [dict(re.findall(r"--figure-(\w+): (#\w+);", text)) for text in (light, dark)]
    assert palettes[0] == used | {"grid": values["GRID"]}
    assert palettes[0].keys() == palettes[1].keys()


def test_variables_become_colors_in_figures_alone():
    svg = '<svg fill="var(--figure-1, #123456)">\n<path stroke="currentColor"/></svg>'
    text = "<p>var(--figure-1, #123456)</p>"
    figure = f'<svg fill="#123456"> <path stroke="{INK}"/></svg>'
    assert with_colors(text + svg) == text + figure


def test_a_variable_without_a_color_is_refused():
    with pytest.raises(ValueError, match=r"write var\(--figure-9, #rrggbb\)"):
        with_colors('<svg fill="var(--figure-9)"></svg>')
