"""Outcomes of `gpu` blocks: recorded, not recorded yet, and run here."""

import pytest

from answered.check.outcome import outcomes_of
from answered.engine.result import Result

from .toy import FIGURES, MEASURES, ONE, PRINTS, RECORDED, TWO, block


class Here:
    """A session that has the results of blocks, and runs none."""

    def __init__(self, settings, device="", results=()):
        self.settings, self.device, self.results = settings, device, dict(results)

    def prefetch(self, blocks):
        pass

    def get(self, block):
        if block.needs_device and not self.device:
            return None
        return self.results.get(block.code, Result("completed", "1\n"))


@pytest.fixture
def pages(recorded):
    """Two recorded blocks on one page; on the other one that is not, and one for any machine."""
    recorded.write(TWO, block("print(1)"), block("print(1)", "", "1"))
    return recorded, [recorded.page(ONE), recorded.page(TWO)]


def test_without_a_gpu_a_page_shows_what_was_recorded_and_says_so(pages):
    toy, [one, two] = pages
    shown, figures = outcomes_of([one, two], Here(toy.settings))[ONE]
    for outcome in (shown, figures):
        assert not (outcome.ran or outcome.waiting or outcome.problem)
        made = outcome.recording
        said = f"Recorded on Toy 9000, torch 2.15.0+cu132, CUDA 13.2, {made.date}."
        assert (outcome.provenance, outcome.device) == (said, "Toy 9000")
    assert (shown.output, figures.output) == ("from the device", FIGURES)


def test_what_another_release_of_torch_gave_says_so(pages):
    toy, _ = pages
    toy.edit(RECORDED, "torch: 2.15.0+cu132", "torch: 2.11.1+cu130")
    older, same = outcomes_of([toy.page(ONE)], Here(toy.settings))[ONE]
    assert "torch 2.11.1+cu130" in older.provenance
    assert older.provenance.endswith("; examples without a GPU use torch 2.15.")
    assert "without a GPU" not in same.provenance


def test_a_block_without_a_recording_pretends_nothing(pages):
    toy, found = pages
    waiting, anywhere = outcomes_of(found, Here(toy.settings))[TWO]
    assert waiting.waiting and (waiting.output, waiting.device) == ("", "")
    assert (
        waiting.provenance
        == "Needs a CUDA device. Reaches its last line in a dry run; not recorded yet."
    )
    assert (anywhere.ran, anywhere.output, anywhere.provenance) == (True, "1", "")


def test_a_recording_of_other_code_or_output_is_not_shown(pages):
    toy, _ = pages
    toy.edit(ONE, "from the device\n```", "typed\n```")
    toy.edit(ONE, "3.2149", "4")
    outcomes = outcomes_of([toy.page(ONE)], Here(toy.settings))[ONE]
    assert [(outcome.waiting, outcome.output) for outcome in outcomes] == [(True, "")] * 2


def test_recordings_give_the_same_outcomes_every_time(pages):
    toy, found = pages
    assert outcomes_of(found, Here(toy.settings)) == outcomes_of(found, Here(toy.settings))


def test_with_a_gpu_blocks_run_and_say_so(pages):
    toy, found = pages
    results = {
        f"{PRINTS}\n": Result("completed", "from the device\n"),
        f"{MEASURES}\n": Result("completed", "eager: 12.1 ms\ncompiled: 7 ms\n"),
    }
    outcomes = outcomes_of(found, Here(toy.settings, "Toy 2", results))
    every = [outcome for page in outcomes.values() for outcome in page]
    assert all(outcome.ran and outcome.problem is None for outcome in every)
    said = "Run on Toy 2 at this build."
    assert [outcome.provenance for outcome in every] == [said, said, said, ""]
    assert [outcome.output for outcome in every] == [
        "from the device",
        "eager: 12.1 ms\ncompiled: 7 ms",  # of this build, and not the recording
        "1",
        "1",
    ]


def test_with_a_gpu_another_output_than_the_recorded_one_is_a_problem(pages):
    toy, found = pages
    results = {
        f"{PRINTS}\n": Result("completed", "from another device\n"),
        f"{MEASURES}\n": Result("completed", "eager: 12.1 ms\ncompiled: 7 s\n"),
    }
    for outcome in outcomes_of(found, Here(toy.settings, "Toy 2", results))[ONE]:
        assert "the output is not the expected one" in outcome.problem.what
        assert f"make gpu RECORD=1 PAGE={ONE}" in outcome.problem.fix
