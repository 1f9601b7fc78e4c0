"""What a GPU has measured, as a picture."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest

from answered.check.figures import sound_svg
from answered.check.outcome import outcomes_of_page
from answered.gpu.chart import chart
from answered.site.question import shown_block

from .test_outcomes import Here
from .toy import FIGURES, ONE

TIMES = "n = 64, on the CPU: 0.021 ms\nn = 64, on the GPU: 0.008 ms\nwith copies: 120.5 ms"


def dots(svg: str) -> list[float]:
    return [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', svg)]


def texts(svg: str) -> list[str]:
    return [element.text for element in ElementTree.fromstring(svg) if element.tag.endswith("text")]


def test_each_number_has_a_dot_at_its_logarithm():
    svg = chart(TIMES, "Toy 9000")
    found = dots(svg)
    assert len(found) == 3
    cpu, gpu, copies = (math.log10(number) for number in (0.021, 0.008, 120.5))
    assert (found[0] - found[1]) / (found[2] - found[1]) == pytest.approx(
        (cpu - gpu) / (copies - gpu), abs=1e-3
    )
    shown = texts(svg)
    for said in ("n = 64, on the CPU", "0.021", "120.5", "ms", "Toy 9000, log scale"):
        assert said in shown
    assert {"0.001", "0.01", "0.1", "1", "10", "100", "1000"} <= set(shown)


def test_numbers_of_one_unit_share_an_axis_and_lonely_ones_are_left_out():
    svg = chart("a: 1.5 ms\nb: 3 TFLOPS\nc: 15 ms\nd: 400 TFLOPS\ne: 7 GB/s\nf: 0 ms", "Toy 9000")
    assert len(dots(svg)) == 4
    shown = texts(svg)
    assert [each for each in shown if each in ("ms", "TFLOPS", "GB/s")] == ["ms", "TFLOPS"]
    assert "7" not in shown and "f" not in shown


@pytest.mark.parametrize(
    "output", ["", "a: 1 ms", "a: 1 ms\nb: 2 MiB", "no numbers\nat all", "a: 1"]
)
def test_where_nothing_can_be_compared_nothing_is_drawn(output):
    assert chart(output, "Toy 9000") == ""


def test_a_chart_is_a_figure_like_others_and_tells_what_it_shows():
    svg = chart("a <b> & c: 1.5 ms\nequal: 1.5 ms", "Toy (9000)")
    root = ElementTree.fromstring(sound_svg(svg))
    assert root.get("role") == "img"
    told = "Measured on Toy (9000): a <b> & c 1.5 ms, equal 1.5 ms."
    assert root.get("aria-label") == told
    height = float(root.get("viewBox").split()[3])
    assert all(float(element.get("y", 0)) <= height for element in root)
    assert "var(--figure-1, #" in svg and "var(--figure-grid, #" in svg


def test_what_was_recorded_is_drawn_below_it(recorded):
    outcomes = outcomes_of_page(recorded.page(ONE), Here(recorded.settings))
    silent, measured = ("\n".join(shown_block(outcome)) for outcome in outcomes)
    assert "<svg" not in silent
    svg = re.search(r'<figure class="drawn">(<svg.*</svg>)</figure>', measured)[1]
    assert svg == chart(FIGURES, "Toy 9000") and dots(svg)
    assert measured.index("</figure>") < measured.index("Recorded on Toy 9000")
