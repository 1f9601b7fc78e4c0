"""Recordings and `gpu` blocks: what is accepted, what is refused, what is taken away."""

import json
import re
from dataclasses import replace

import pytest
import yaml

from answered.check.recordings import check_recordings
from answered.engine.block import Block
from answered.gpu.recordings import (
    HEADER,
    Recording,
    code_hash,
    drop_unrecorded,
    find_recording,
    output_hash,
    read_recordings,
    this_run,
    write_recordings,
)
from answered.pages.settings import GPU

from .toy import DEVICE, FIGURES, MEASURED, MEASURES, ONE, PRINTS, RECORDED, TWO, Toy, block

RUN = "https://github.com/someone/pytorch-answered/actions/runs/123"
MADE = vars(DEVICE) | {"date": "2026-01-31", "run": RUN}
TIMES = Recording(**MADE, output=output_hash(FIGURES))
SHOWN = Recording(**MADE, output=output_hash("hi\n"))


@pytest.fixture
def sound(toy) -> Toy:
    """A page with a block that measures and its recording."""
    page = toy.write(ONE, block(MEASURES, MEASURED, FIGURES))
    write_recordings(page, toy.settings, {code_hash(toy.settings, page.blocks[0]): TIMES})
    return toy


def problems(toy: Toy, *paths: str) -> list:
    return list(check_recordings(toy.book(*paths)))


def test_a_sound_recording_is_accepted(sound):
    text = (sound.root / RECORDED).read_text()
    assert text.startswith(HEADER) and problems(sound, ONE) == []
    recordings, faults = read_recordings(sound.root, ONE)
    assert list(recordings.values()) == [TIMES] and faults == []


# Each fault with the change that makes it, and what is told at which line.
FAULTS = {
    "not YAML": ("  output", " output", r":12: .*cannot be read"),
    "not a mapping": (r"(?s)\A.*\Z", "- one", r":1: .*not a mapping"),
    "an entry that is none": (r"(?s):\n  device.*\Z", ": 1\n", r":2: .*it should have device"),
    "a key too few": ("  driver: .*\n", "", r":2: .*it should have device"),
    "a key too many": ("  driver:", "  mood: good\n  driver:", r":2: .*it should have device"),
    "a number for text": ("cuda: .*", "cuda: 13.0", r":2: .*cuda is not text"),
    "a blank device": ("device: .*", "device: ' '", r":2: .*device is not text"),
    "a date that is none": ("date: .*", "date: today", r":2: .*date is not"),
    "a date that is no text": ("date: .*", "date: 2026-01-31", r":2: .*date is not"),
    "a date that does not exist": ("date: .*", "date: 2026-02-31", r":1: .*cannot be read"),
    "a date in quotes that does not exist": ("date: .*", "date: '2026-02-31'", r":2: .*not exist"),
    "a date in foreign digits": (
        "date: .*",
        r'date: "\\u0662\\u0660\\u0662\\u0666-01-31"',
        r":2: .*date is not",
    ),
    "a run that is not named": ("  run: .*\n", "", r":2: .*it should have device.* run"),
    "a run that is no text": ("run: .*", "run: [1]", r":2: .*run is neither"),
    "a run elsewhere": ("run: .*", "run: https://evil.example/", r":2: .*run is neither"),
    "a script for a run": ("run: .*", "run: javascript:alert(1)//", r":2: .*run is neither"),
    "a key that is no hash": (r"(?m)^[0-9a-f]{64}:", "'<b>':", r":1: .*below the SHA-256"),
    "a hash that is none": ("output: .*", "output: abc", r":2: .*not a SHA-256"),
    "another output": ("output: .*", f"output: {'a' * 64}", r"one.md:5: .*not the recorded one"),
    "another block": (r"(?m)^[0-9a-f]{64}:", f"{'a' * 64}:", r"one.md:5: .*edited after its"),
    "a stand-in": ("driver: .*", "driver: stand-in", r":2: .*driver 'stand-in' is no version"),
    "no driver": ("driver: .*", "driver: unknown", r":2: .*driver 'unknown' is no version"),
    "a torch of no version": ("torch: .*", "torch: main", r":2: .*torch 'main' is no version"),
}
MARKUP = (
    "<img src=x>",
    "1.0<b>",
    "1.0 *b*",
    "1.0[a](b)",
    "1.0`a`",
    "1.0_a_",
    "1.0\u202e",
    "9" * 200,
)
FAULTS |= {
    f"{text[:12]!a} as {name}": (
        f"{name}: .*",
        f"{name}: {json.dumps(text, ensure_ascii=False)}",
        rf":2: .*{name} ",
    )
    for name in MADE
    for text in MARKUP
}


@pytest.mark.parametrize("name", FAULTS)
def test_an_unsound_recording_is_refused(sound, name):
    old, new, told = FAULTS[name]
    file = sound.root / RECORDED
    text = re.sub(old, new, file.read_text(), count=1)
    assert text != file.read_text()
    file.write_text(text)
    [problem] = problems(sound, ONE)
    assert re.search(told, str(problem).split("\n    fix:")[0]), problem
    assert "make gpu RECORD=1" in problem.fix


def test_names_of_devices_are_accepted():
    names = (
        "NVIDIA H200",
        "NVIDIA H100 80GB HBM3 MIG 1g.10gb",
        "NVIDIA A100-SXM4-80GB",
        "GeForce GTX 1660 Ti with Max-Q Design",
        "Quadro RTX 5000 / T4",
        "Orin (nvgpu)",
    )
    for name in names:
        assert replace(TIMES, device=name).fault == "", name


ACTIONS = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_RUN_ID": "123"}


def test_a_recording_says_which_run_made_it(monkeypatch):
    """A run of the workflow, or a host, whatever its name is."""
    for name, value in ACTIONS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GITHUB_REPOSITORY", "someone/pytorch-answered")
    assert this_run() == RUN
    monkeypatch.setenv("GITHUB_RUN_ID", "no number")
    monkeypatch.setattr("platform.node", lambda: "ann's <b>box</b>" * 9)
    told = this_run()
    assert told.startswith("local: ann-s--b-box--b-ann")
    assert replace(TIMES, run=told).fault == ""
    monkeypatch.setattr("platform.node", lambda: "")
    assert this_run() == "local: unnamed"


def test_a_recording_of_a_silent_block_that_was_edited_is_refused(toy):
    page = toy.write(ONE, block("assert True"))
    silent = Recording(**MADE, output=None)
    write_recordings(page, toy.settings, {code_hash(toy.settings, page.blocks[0]): silent})
    assert problems(toy, ONE) == []
    toy.edit(ONE, "True", "1")
    [problem] = problems(toy, ONE)
    assert str(problem).startswith(f"{RECORDED}:1: a recording of a block that is not on the page")


def test_a_pretended_device_makes_no_stand_in_acceptable(sound, monkeypatch):
    monkeypatch.setenv("ANSWERED_CUDA_DEVICE", "Toy")
    file = sound.root / RECORDED
    file.write_text(re.sub("driver: .*", "driver: stand-in", file.read_text()))
    assert len(problems(sound, ONE)) == 1


def test_a_page_that_cannot_be_read_has_that_problem_alone(sound):
    """Without its closing fence a page has lost the blocks that were recorded."""
    page = sound.root / ONE
    page.write_text(f"# Toy?\n\n```python\n{page.read_text()}")
    assert problems(sound, ONE) == []


def test_recordings_of_no_page_are_refused(sound):
    [problem] = problems(sound)
    assert str(problem).startswith(f"{RECORDED}:1: recordings of a page that does not exist")


@pytest.mark.parametrize(
    ("code", "mark", "told"),
    [
        (MEASURES, MEASURED, None),
        (MEASURES, "measured", "marked 'measured' and not 'gpu'"),
        ("print(1)", MEASURED, "marked 'measured' without an assert: nothing holds its figures"),
        ("assert True", MEASURED, "marked 'measured' prints no number"),
        ("a = b = 1\nprint(a)\nassert a < b", MEASURED, "nothing but an assert reads 'b'"),
        ("a = 1\nfor b in (a, 2):\n    print(b)\nassert a < b", MEASURED, None),
        ("x = 1", "gpu", "neither prints nor asserts"),
        ("assert True", "gpu", None),
        ("1 / 0", "gpu-->\n<!--pytest.mark.raises", None),
        ("x = 1", "slow", None),
    ],
)
def test_form_of_blocks(toy, code, mark, told):
    page = toy.write(TWO, block(code, mark))
    found = problems(toy, TWO)
    assert [(found.line, told in found.what) for found in found] == [
        (page.blocks[0].line, True) for _ in [told] if told
    ]


def test_the_output_of_what_measures_has_a_number(toy):
    toy.write(TWO, block(MEASURES, MEASURED, "eager: fast"))
    told = [problem.what for problem in problems(toy, TWO)]
    assert "a block marked 'measured' prints no number" in told


def test_outputs_and_recordings_that_no_gpu_gave(sound):
    """A contributor without a GPU gets pages right by `make update`, which drops them."""
    times = block(MEASURES, MEASURED, FIGURES)
    page = sound.write(ONE, block(PRINTS, expected="hi"), times, block("print(2)"))
    keys = [code_hash(sound.settings, found) for found in page.blocks]
    write_recordings(page, sound.settings, {keys[0]: SHOWN, keys[1]: TIMES})
    sound.write(TWO, block("print(3)", expected="3"), block("print(4)", "", "4"))
    typed = "an output that no GPU has given: GPU output is never typed"
    [problem] = problems(sound, ONE, TWO)
    assert str(problem).startswith(f"{TWO}:4: {typed}")
    assert f"make gpu RECORD=1 PAGE={TWO}` on a machine with a GPU, or `make u" in problem.fix

    sound.edit(ONE, PRINTS, "print('from the', 'other', 'device')")
    told = [problem.what for problem in problems(sound, ONE, TWO)]
    assert told == ["the block was edited after its output was recorded", typed]

    dropped = [drop_unrecorded(sound.page(path), sound.settings) for path in (ONE, TWO)]
    output = 'GPU output without a recording removed; the page says "not recorded yet"'
    assert dropped == [
        ([f"{ONE}:4: {output}", f"{ONE}: recording of a changed block removed"], []),
        ([f"{TWO}:4: {output}"], []),
    ]
    assert problems(sound, ONE, TWO) == []
    assert [found.expected for found in sound.page(TWO).blocks] == [None, "4\n"]
    assert list(read_recordings(sound.root, ONE)[0].values()) == [TIMES]


def test_nothing_is_dropped_from_a_sound_page(sound):
    before = sound.files()
    assert drop_unrecorded(sound.page(ONE), sound.settings) == ([], [])
    assert sound.files() == before


def test_nothing_is_dropped_while_recordings_are_unsound(sound):
    sound.edit(RECORDED, "  driver:", "  mood: good\n  driver:")
    before = sound.files()
    lines, [problem] = drop_unrecorded(sound.page(ONE), sound.settings)
    assert lines == [] and "it should have" in problem.what and sound.files() == before


def test_the_last_recording_takes_its_file_along(sound):
    sound.edit(ONE, "3.2149", "4")
    drop_unrecorded(sound.page(ONE), sound.settings)
    assert not (sound.root / RECORDED).exists()


def test_a_recording_is_of_one_code_and_one_output(toy):
    made = toy.settings

    def found(code, expected, marks=(GPU,)):
        asked = Block("x.md", 1, code, expected=expected, marks=marks)
        return find_recording(made, asked, {code_hash(made, Block("", 1, "print(1)")): SHOWN})

    assert found("print(1)", "hi  \n\n") is SHOWN  # blanks at ends of lines are not shown
    assert found("print(1)", "ho\n") is None and found("print(1)", None) is None
    assert found("print(2)", "hi\n") is None
    assert found("print(1)", "hi\n", marks=()) is None


@pytest.mark.parametrize(
    "line",
    [
        "from snippets.kernel import add",
        "from snippets import figures, kernel",
        "import snippets.kernel as kernel",
        "from snippets.caller import add",
    ],
)
def test_an_edited_helper_makes_the_recording_stale(toy, line):
    helpers = toy.root / "snippets"
    (helpers / "kernel.py").write_text("add = 1")
    (helpers / "caller.py").write_text("from . import kernel\nadd = kernel.add")
    asked = Block("x.md", 1, f"{line}\nfrom snippets.figures import line_figure\n")
    before = code_hash(toy.settings, asked)
    (helpers / "figures.py").write_text("how figures are shown")
    (helpers / "layers.py").write_text("imported by no block here")
    assert code_hash(toy.settings, asked) == before
    (helpers / "kernel.py").write_text("add = 2")
    assert code_hash(toy.settings, asked) != before


def test_an_edited_file_makes_the_recording_stale(toy):
    file = toy.root / "snippets" / "script.py"
    file.write_text("1")
    asked = Block("x.md", 1, 'run("script.py")\n', files=("snippets/script.py",))
    before = code_hash(toy.settings, asked)
    file.write_text("2")
    assert code_hash(toy.settings, asked) != before


def test_code_that_does_not_parse_has_a_hash(toy):
    assert len(code_hash(toy.settings, Block("x.md", 1, "def"))) == 64


def test_recordings_keep_the_order_of_the_page_and_nothing_else(toy):
    page = toy.write(ONE, block("print(1)"), block("print(2)"))
    keys = [code_hash(toy.settings, found) for found in page.blocks]
    write_recordings(page, toy.settings, {"f" * 64: SHOWN, keys[1]: SHOWN, keys[0]: SHOWN})
    assert list(yaml.safe_load((toy.root / RECORDED).read_text())) == keys
