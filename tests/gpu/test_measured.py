"""Figures that blocks measure, and claims about them."""

import json
import re

import pytest

from snippets.recording import holds, measured, written

CLAIMS = {
    "a < b": True,
    "b > 2 * a": True,
    "a > b": False,
    "a < b < 3 * b and not a == b": True,
    "a < b > 9": False,
    "a > b or b > a": True,
    "(a + 1) / b - 1 >= -0.7 and b != 8": True,
}
BAD_CLAIMS = {
    "c < b": "the claim names 'c'",
    "max(a, b) > 1": "has 'max(a, b)'",
    "a.real < b": "has 'a.real'",
    "a[0] < b": "has 'a[0]'",
    "a ** 2 < b": "has 'a ** 2'",
    "[x for x in b]": "has '[x for x in b]'",
    "'a' < b": "has",
    "True": "has 'True'",
    "a": "neither true nor false",
    "a and b": "neither true nor false",
    "1 < 2": "says nothing of the figures",
    "a < b / 0": "division by zero",
    "a <": "invalid syntax",
    "a := 1": "syntax",
    "": "syntax",
    "(lambda: a)() < 1": "has",
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_claims_are_evaluated(claim):
    assert holds({"unit": "ms", "claim": claim, "values": {"a": 1.5, "b": 7}}) is CLAIMS[claim]


@pytest.mark.parametrize("claim", BAD_CLAIMS)
def test_a_claim_of_another_form_is_refused(claim):
    with pytest.raises(ValueError, match=re.escape(BAD_CLAIMS[claim])):
        holds({"unit": "ms", "claim": claim, "values": {"a": 1.5, "b": 7}})


@pytest.mark.parametrize(
    ("unit", "values", "told"),
    [
        ("", {"a": 1}, "unit ''"),
        ("m|s", {"a": 1}, "unit"),
        (1, {"a": 1}, "unit 1"),
        ("ms", {}, "no figures"),
        ("ms", [], "no figures"),
        ("ms", {"a": float("nan")}, "finite"),
        ("ms", {"a": True}, "finite"),
        ("ms", {"a": "1"}, "finite"),
        ("ms", {"a-b": 1}, "name 'a-b'"),
        ("ms", {"a": 1.2345}, "more than 3 significant digits"),
    ],
)
def test_figures_of_another_form_are_refused(unit, values, told):
    with pytest.raises(ValueError, match=told):
        holds({"unit": unit, "claim": "a > 0", "values": values})


@pytest.mark.parametrize("data", [None, [], {"unit": "ms"}, {"unit": "ms", "claim": 1}])
def test_measured_data_of_another_form_is_refused(data):
    with pytest.raises(ValueError, match="unit, claim and values"):
        holds(data)


def test_a_claim_that_is_no_text_is_refused():
    with pytest.raises(ValueError, match="claim 1"):
        holds({"unit": "ms", "claim": 1, "values": {"a": 1}})


def test_outside_of_the_site_figures_are_printed(monkeypatch, capsys):
    monkeypatch.delenv("MEASURED_FILE", raising=False)
    measured("ms", claim="compiled < eager", eager=3.2149, compiled=1.07)
    measured("MiB", claim="a > 1", a=67108)
    table = "eager     3.21 ms\ncompiled  1.07 ms\nholds: compiled < eager\n"
    assert capsys.readouterr().out == f"{table}a  67,100 MiB\nholds: a > 1\n"


def test_for_the_site_figures_are_data_and_come_once(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("MEASURED_FILE", str(tmp_path / "data"))
    measured("ms", claim="compiled < eager", eager=3.2149, compiled=1.07)
    with pytest.raises(RuntimeError, match=r"measured\(\) was called before"):
        measured("MiB", claim="a > 1", a=67108)
    kept = {"unit": "ms", "claim": "compiled < eager", "values": {"eager": 3.21, "compiled": 1.07}}
    assert json.loads((tmp_path / "data").read_text()) == kept
    assert capsys.readouterr().out == ""


def test_a_false_claim_is_an_error_and_leaves_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("MEASURED_FILE", str(tmp_path / "data"))
    told = r"the claim is false: a > 2, with a=1.5 \(ms\)"  # `gpu.record` knows its beginning
    with pytest.raises(AssertionError, match=told):
        measured("ms", claim="a > 2", a=1.5)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1230, "1,230"), (12.3, "12.3"), (0.00123, "0.00123"), (1230.0, "1,230"), (0.0, "0")],
)
def test_figures_as_they_are_shown(value, shown):
    assert written(value) == shown
