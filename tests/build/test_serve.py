"""The served site in a real browser: what is saved is shown, without loading the page anew."""

import re
import signal
import socket
import urllib.error
import urllib.request

import pytest

from tests.conftest import FRESH, NO_DEVICE, PATIENCE, block

ONE, TWO = "tensors/one.md", "tensors/two.md"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_what_is_saved_is_shown(project, tmp_path, browser, request):
    """Text, an output, and a fault, which the page shows; the session ends with Ctrl-C."""
    (tmp_path / "tmp").mkdir()
    port = str(free_port())
    env = FRESH | NO_DEVICE | {"TMPDIR": str(tmp_path / "tmp")}
    server = project.start("serve", "--port", port, **env)
    request.addfinalizer(server.kill)
    lines = []
    while not any("Serving on" in line for line in lines):
        lines.append(server.stdout.readline())
        assert lines[-1], "".join(lines)
    page = browser.new_context().new_page()
    complaints = []
    page.on("console", lambda m: complaints.append(m.text) if m.type != "log" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    site = f"http://127.0.0.1:{port}"
    page.goto(f"{site}/questions/tensors/one/")
    article = page.locator("article")
    assert "Because it is a test." in article.inner_text()
    assert "Content-Security-Policy" not in page.content()

    project.edit(ONE, "Because it is a test.", "Because it was saved.")
    page.get_by_text("Because it was saved.").wait_for()
    project.append(ONE, block("print('a', 'new', 'block')", expected="a new block"))
    article.get_by_text("a new block").wait_for()
    project.edit(ONE, "```text\na new block", "```text\nan old block")
    page.get_by_text("This example fails").wait_for()
    project.edit(ONE, "```text\nan old block", "```text\na new block")
    page.get_by_text("This example fails").wait_for(state="detached")

    page.goto(f"{site}/questions/tensors/two/")
    assert "Is this page two?" in article.inner_text()
    assert complaints == []
    page.context.close()  # before the next change: to close one that is reloading may hang

    project.edit(TWO, "This again.", '<img src="x" onerror="alert(1)"> This again.')
    while "the finished page holds <img onerror=" not in lines[-1]:
        lines.append(server.stdout.readline())
        assert lines[-1], "".join(lines)
    served = urllib.request.urlopen(f"{site}/questions/tensors/two/").read().decode()
    assert "This again." in served and "onerror" not in served
    for data in ("search/index.js", "practice/tensors.js"):
        with urllib.request.urlopen(f"{site}/{data}") as answer:
            assert answer.status == 200, data
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{site}/nothing/")

    taken = project.answered("serve", "--port", port)
    assert taken.returncode == 1
    assert taken.stdout == f"port {port} is in use; give another with `make serve PORT=...`\n"
    server.send_signal(signal.SIGINT)
    rest, _ = server.communicate(timeout=PATIENCE)
    said = "".join(lines) + rest
    assert server.returncode == 130 and "Traceback" not in said, said
    assert re.search(rf"docs/questions/{ONE}:\d+: the output is not the expected one", said), said
    assert not list((tmp_path / "tmp").glob("*ered-*")) and not project.site.exists()
    assert not list((tmp_path / "tmp").glob("example-*"))
