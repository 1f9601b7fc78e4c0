"""The judgement of results: each way to end, each output, and what is advised."""

import tempfile
from pathlib import Path

import pytest

from answered.engine import judge as module
from answered.engine.block import Block
from answered.engine.judge import compare, judge, masked, normal, shown_output, unsteady
from answered.engine.limits import MAX_FIGURE, MAX_FIGURES
from answered.engine.problems import FaultyFileError, Problem, report
from answered.engine.result import Result
from answered.engine.script import FOLDER, LABEL
from answered.engine.settings import RAISES, Mark, Settings

MEASURED = Mark("measured", "", measures=True)
SETTINGS = Settings(Path("/home/project"), advice={r"No \w+ driver": "buy a driver"})
BLOCK = Block("a.md", 6, "print(1)\n", expected="1\n")
RAISING = Block("a.md", 6, "raise ValueError(1)\n", expected="ValueError: 1\n", marks=(RAISES,))


def told(result: Result, block: Block = BLOCK) -> tuple[str, str] | None:
    found = judge(block, result, SETTINGS)
    if found is None:
        return None
    assert (found.path, found.line) == ("a.md", 6)
    return found.what, found.fix


def test_what_is_right():
    assert told(Result("completed", "1\n")) is None
    assert told(Result("completed", "not what is expected, which `compare` tells")) is None
    assert told(Result("raised", exception="ValueError: 1"), RAISING) is None
    assert told(Result("completed", "1", " \n")) is None


ENDINGS = {
    "exited": (
        Result("exited", exception="SystemExit: 0"),
        "the block called sys.exit (SystemExit: 0)",
        "let the block run to its last line",
    ),
    "left": (
        Result("left", detail="exit code 3"),
        "the block's process left without finishing (exit code 3)",
        "remove os._exit; where there is none, make room in the folder for temporary files",
    ),
    "killed": (
        Result("killed", "a\nb\n", "c\nd\ne\nf\n", detail="SIGKILL"),
        "the block's process was killed (SIGKILL)\nb\nc\nd\ne\nf",
        "find out what ended it: a signal, a crash in native code, or too little memory",
    ),
    "stopped": (
        Result("stopped", detail="7 GB"),
        "the block was stopped, as it took 7 GB",
        "make the example smaller; engine/limits.py has the limits",
    ),
    "orphaned": (
        Result("orphaned"),
        "the block ended its parent, the process that forks blocks",
        "let the block signal no process but its own",
    ),
    "timeout": (
        Result("timeout", detail="60 s"),
        "the block did not end within 60 s",
        "shorten it, or mark it <!--pytest.mark.slow--> if it has to be long",
    ),
}


@pytest.mark.parametrize("name", ENDINGS)
@pytest.mark.parametrize("block", [BLOCK, RAISING], ids=["plain", "raises"])
def test_endings(name, block):
    result, *found = ENDINGS[name]
    assert told(result, block) == tuple(found)


TRACEBACK = f"""Traceback (most recent call last):
  File "{LABEL}", line 2, in <module>
  File "/x/lib/site-packages/torch/a.py", line 9, in f
ValueError: 1
"""


@pytest.mark.parametrize(
    ("exception", "fix"),
    [
        (
            "ValueError: 1",
            "fix the block, or mark it <!--pytest.mark.raises--> if the error is its point",
        ),
        ("RuntimeError: No NVIDIA driver here", "buy a driver"),
        (
            "URLError: <urlopen error [Errno -3] Temporary failure in name resolution>",
            "let the block do without the network, which examples do not have",
        ),
        (
            "OSError: Network is unreachable",
            "let the block do without the network, which examples do not have",
        ),
        ("socket.gaierror: x", "let the block do without the network, which examples do not have"),
    ],
)
def test_an_exception_is_told_with_the_lines_of_the_page(exception, fix):
    what = f"the block raised {exception}\nTraceback (most recent call last):\n"
    what += '  File "a.md", line 8, in <module>\n  File "torch/a.py", line 9, in f\nValueError: 1'
    assert told(Result("raised", exception=exception, traceback=TRACEBACK)) == (what, fix)


def test_a_block_that_must_raise_and_does_not():
    assert told(Result("completed", "1\n"), RAISING) == (
        "the block is marked 'raises' and did not raise",
        "remove the mark, or make the block raise",
    )


def test_stderr():
    result = Result("completed", "1\n", f"{LABEL}:3: UserWarning: x  \n  warn()\n\n")
    fix = "fix what it warns of; if the warning is the point, catch and print it"
    assert told(result) == ("the block wrote to stderr\na.md:9: UserWarning: x\n  warn()", fix)
    raised = Result("raised", exception="ValueError: 1", errors="w")
    assert told(raised, RAISING) == ("the block wrote to stderr\nw", fix)


@pytest.mark.parametrize(
    "path", [f"{tempfile.gettempdir()}/{FOLDER}", "/home/project", "/home/me/"]
)
def test_paths_of_this_machine(path, monkeypatch):
    monkeypatch.setattr(module.tempfile, "gettempdir", lambda: "/tmp")
    monkeypatch.setenv("HOME", "/home/me")
    found = (
        f"the output names a path of this machine: {path}",
        "print the part that is the same everywhere",
    )
    assert told(Result("completed", f"in {path}x/y\n")) == found
    assert told(Result("raised", exception=f"OSError: {path}x"), RAISING) == found
    assert told(Result("completed", "in /usr/lib\n")) is None


@pytest.mark.parametrize("home", ["/", ""])
def test_no_home_is_in_every_path(monkeypatch, home):
    monkeypatch.setenv("HOME", home)
    assert told(Result("completed", "in /usr/lib\n")) is None


@pytest.mark.parametrize("character", "\x00\x08\x0b\r\x1b\x1f\x7f\x9f\u2028\ufffe")
def test_control_characters(character):
    what = f"the output has the control character {character!r}"
    assert told(Result("completed", f"a{character}b")) == (
        what,
        "print without it: no progress bar, no colors",
    )


def test_tabs_and_other_characters_are_fine():
    assert told(Result("completed", "a\tb é ▁ \u2027\n")) is None


def test_figures():
    svg = "x" * MAX_FIGURE
    assert told(Result("completed", figures=[("a.svg", svg)])) is None
    assert told(Result("completed", figures=[("a.svg", svg), ("b.svg", svg + "x" * 1000)])) == (
        f"the figure b.svg has {MAX_FIGURE // 1000 + 1} KB",
        f"draw fewer points; a figure may have {MAX_FIGURE // 1000} KB",
    )
    many = [(f"{number}.svg", "x") for number in range(MAX_FIGURES + 1)]
    assert told(Result("completed", figures=many[1:])) is None
    assert told(Result("completed", figures=many)) == (
        f"the block draws more than {MAX_FIGURES} figures",
        "draw fewer, or divide the block",
    )


@pytest.mark.parametrize(
    ("what", "shown"),
    [
        ("raised \x1b[31mred", "raised \\x1b[31mred"),
        ("one\rtwo\x9b\x7f\0", "one\\x0dtwo\\x9b\\x7f\\x00"),
        ("\u202eeno\u2066 \u200b\u2028\ufeff", "\\u202eeno\\u2066 \\u200b\\u2028\\ufeff"),
        ("left\n::error file=a::b", "left\n      \\x3a:error file=a::b"),
        ("left\n \t::add-mask::a", "left\n       \t\\x3a:add-mask::a"),
        ("left ##[error]a", "left \\x23#[error]a"),
        ("std::vector\tünï ## [a] :a: 漢\n: a", "std::vector\tünï ## [a] :a: 漢\n      : a"),
    ],
)
def test_what_a_block_says_commands_neither_a_terminal_nor_a_log(what, shown):
    assert str(Problem("page.md", 1, what, "fix it")) == f"page.md:1: {shown}\n    fix: fix it"


@pytest.mark.parametrize(
    ("text", "made"),
    [("", ""), (" \n\n", ""), ("a", "a\n"), ("\na  \n\n b\t\n\n", "a\n\n b\n"), (" a", " a\n")],
)
def test_normal(text, made):
    assert normal(text) == made


def test_shown_output():
    assert shown_output(BLOCK, Result("completed", "1 \n\n")) == "1\n"
    assert shown_output(BLOCK, Result("raised", "1\n", exception="E: x")) == "1\n"
    assert shown_output(RAISING, Result("raised", "1\n\n", exception="E: x")) == "1\nE: x\n"
    assert shown_output(RAISING, Result("raised", " ", exception="E: x")) == "E: x\n"
    assert shown_output(RAISING, Result("completed", "1")) == "1\n"


def test_compare():
    assert compare(BLOCK, "1\n") is None
    assert compare(Block("a.md", 6, "", expected="\n1  \n\n"), "1\n") is None
    assert compare(Block("a.md", 6, ""), "") is None
    assert compare(BLOCK, "2\n") == Problem(
        "a.md",
        6,
        "the output is not the expected one\n--- expected\n+++ real\n@@ -1 +1 @@\n-1\n+2",
        "fix the block or the text around it; if the new output is right, run"
        " `make update PAGE=a.md`",
    )
    assert compare(Block("a.md", 6, ""), "2\n", "make gpu RECORD=1") == Problem(
        "a.md",
        6,
        "the block prints, and its page has no expected output\n2\n",
        "run `make gpu RECORD=1 PAGE=a.md`, which writes it",
    )
    assert compare(BLOCK, "2\n", "make gpu").fix.endswith("run `make gpu PAGE=a.md`")
    assert compare(BLOCK, "").what.endswith("@@ -1 +0,0 @@\n-1")


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("eager: 3.21 ms", "eager:#ms"),
        ("eager:   12,345.6 ms", "eager:#ms"),
        ("loss: -1.5e-05, +2e3", "loss:#,#"),
        ("float32 bf16 H200 conv2d layer.0", "float32 bf16 H200 conv2d layer.0"),
        ("(64, 1234,5678)", "(#,#,#)"),
        ("1 2\n3", "##\n#"),
        ("2.1x, 10-20 %", "#x,#-#%"),
    ],
)
def test_numbers_are_masked_and_names_are_not(text, made):
    assert masked(text) == made


MEASURING = Block("a.md", 6, "", expected="eager:  3.21 ms\nbatch    64\n", marks=(MEASURED,))


def test_what_measures_is_compared_without_its_numbers():
    again = "eager: 12.07 ms\nbatch  1,024\n"
    assert compare(MEASURING, again) is None
    changed = compare(MEASURING, again, exact=True).what
    assert "-eager:  3.21 ms\n" in changed and "+batch  1,024" in changed
    plain = Block("a.md", 6, "", expected=MEASURING.expected)
    assert compare(plain, again).what == changed
    other = compare(MEASURING, again.replace("eager", "compiled")).what
    assert other.endswith("-eager:#ms\n+compiled:#ms\n batch#")
    assert compare(MEASURING, "eager: fast\nbatch 64\n") is not None


def test_what_measures_prints_a_number():
    assert told(Result("completed", "eager: 3 ms\n"), MEASURING) is None
    what, fix = told(Result("completed", "float32: fast\n"), MEASURING)
    assert what == "a block marked 'measured' prints no number" and "`name: value unit`" in fix
    assert told(Result("completed", "float32: fast\n")) is None


ADDRESS = "print no addresses: no id(), no default repr of an object"
SEED = "set a seed at the top of the block, such as torch.manual_seed(0)"
TIME = "print no times: compare them in an assert, or print what does not depend on them"
ANY = "set a seed, and print no times, addresses or names of this machine"


@pytest.mark.parametrize(
    ("code", "first", "second", "fix"),
    [
        ("print(torch.rand(1))", "0.5\n", "0.6\n", SEED),
        ("print(nn.Linear(1, 1).weight)", "0.5\n", "0.6\n", SEED),
        ("nn.Conv2d(1, 1, 1)", "0.5\n", "0.6\n", SEED),
        ("nn.init.normal_(x)", "0.5\n", "0.6\n", SEED),
        ("print(time.time())", "5\n", "6\n", TIME),
        ("print(perf_counter(), rand())", "5\n", "6\n", SEED),
        ("print(datetime.now())", "5\n", "6\n", TIME),
        ("print(object())", "<object at 0x7f0011aa>\n", "<object at 0x7f0022bb>\n", ADDRESS),
        ("print(torch.rand(1), x)", "at 0x7f0011aa\n", "at 0x7f0022bb\n", ADDRESS),
        ("print(torch.rand(1), x)", "0x7f0011aa\n5\n", "0x7f0011aa\n6\n", SEED),
        ("print(hex(id(x)))", "0xab\n", "0xac\n", ANY),
        ("print(operand, sometime)", "5\n", "6\n", ANY),
    ],
)
def test_an_output_that_differs_from_run_to_run(code, first, second, fix):
    found = unsteady(Block("a.md", 6, code), first, second)
    assert (found.path, found.line, found.fix) == ("a.md", 6, fix)
    assert found.what.startswith("the output differs from run to run\n--- expected\n+++ real\n@@")
    assert unsteady(Block("a.md", 6, code), first, first) is None


def test_problems_are_printed_with_all_they_say():
    problem = Problem("a.md", 6, "wrong\n- 1\n\n+ 2\n", "correct it")
    assert str(problem) == "a.md:6: wrong\n      - 1\n\n      + 2\n    fix: correct it"
    other = Problem("a.md", 10, "less", "more")
    assert report([other, problem]) == f"{problem}\n{other}\n2 problems"
    assert report([other]) == f"{other}\n1 problem" and report([]) == "0 problems"
    error = FaultyFileError(iter([other]))
    assert error.problems == [other] and str(error) == report([other])
