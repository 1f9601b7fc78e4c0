"""What readers and programs take away, and what the pages say of it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import jsonschema
import pytest

from tests.conftest import Project
from tests.exporting import (
    EDITED,
    URL,
    Published,
    inside,
    names,
    page_address,
    relink_html,
    relink_markdown,
)
from tests.exporting import moved as moved_links
from tests.sources import contents, questions


@pytest.fixture(params=["site", "published"])
def built(request) -> tuple[Path, str, list]:
    """A built folder, its address and its questions: the whole site, then the published one."""
    folder = request.getfixturevalue(request.param)
    if request.param == "site":
        return folder, "", questions()
    return folder, URL, request.getfixturevalue("small").questions


def catalog(folder: Path) -> dict:
    return json.loads((folder / "questions.json").read_text(encoding="utf-8"))


def test_questions_json_has_what_the_pages_have(built):
    folder, address, pages = built
    data = catalog(folder)
    assert data["url"] == address
    assert [topic["id"] for topic in data["topics"]] == [t["id"] for t in contents()["topics"]]
    for question, page in zip(data["questions"], pages, strict=True):
        assert question["source"] == f"docs/questions/{page.id}.md"
        assert (question["title"], question["topic"]) == (page.title, page.topic), page.id
        assert [asked["text"] for asked in question["also_asked"]] == page.asked, page.id
        for key in ("level", "tags", "description"):
            assert question[key] == page.meta[key], page.id
        blocks = [block for block in page.blocks if block.exported]
        for example, block in zip(question["examples"], blocks, strict=True):
            assert (example["line"], example["code"]) == (block.line, block.code), page.id
            assert set(example["marks"]) == block.marks
            if example["executed"]:
                assert example["output"] == (block.output or ""), (page.id, block.line)
        assert sum(example["executed"] for example in question["examples"]) >= sum(
            "gpu" not in block.marks for block in blocks
        )
        said = question["short_answer"]["text"]
        assert len(said) > 60 and "`" not in said and "\n" not in said
        myths = page.text.partition("\n## What people get wrong\n")[2].split("\n## ")[0]
        claims = re.findall(r'^(?:### (?!In one line)|- \*\*").+$', myths, re.M)
        assert len(question["myths"]) == len(claims), page.id


def test_addresses_in_questions_json_lead_somewhere(built):
    folder, address, _ = built
    for question in catalog(folder)["questions"]:
        places = [*question["myths"], *question["also_asked"], *question["follow_ups"]]
        for url in (question["url"], question["notebook"], *(place["url"] for place in places)):
            assert url.startswith(address or ("questions/", "downloads/")), url
            target, _, anchor = url.removeprefix(address).partition("#")
            file = folder / target / "index.html" if target.endswith("/") else folder / target
            assert file.is_file(), url
            assert not anchor or f'id="{anchor}"' in file.read_text(encoding="utf-8"), url


def test_questions_json_keeps_its_schema(built):
    folder, _, _ = built
    data = catalog(folder)
    schema = json.loads((folder / "questions.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(data)
    for spoil in (
        lambda question: question.pop("level"),
        lambda question: question.update(mood="good"),
        lambda question: question.update(id="Tensors"),
        lambda question: question["examples"][0].update(line="1"),
    ):
        spoilt = data | {"questions": json.loads(json.dumps(data["questions"]))}
        spoil(next(question for question in spoilt["questions"] if question["examples"]))
        assert not validator.is_valid(spoilt)


def test_llms_txt_links_every_page(built):
    folder, address, pages = built
    text = (folder / "llms.txt").read_text(encoding="utf-8")
    assert re.match(r"# PyTorch Answered\n\n> .+\n\n", text)
    links = re.findall(r"^- \[.+?\]\((.+?)\)(?:: .+)?$", text, re.M)
    assert len(links) == text.count("\n- ")
    assert links == [
        *(f"{address}{page.url}index.html.md" for page in pages),
        f"{address}llms-full.txt",
        f"{address}questions.json",
    ]
    whole = (folder / "llms-full.txt").read_text(encoding="utf-8")
    for link in links:
        content = (folder / link.removeprefix(address)).read_text(encoding="utf-8")
        assert content.startswith(("# ", "{")), link
    for page in pages:
        own = (folder / page.url / "index.html.md").read_text(encoding="utf-8")
        used = set(re.findall(r"^\s*(?:from|import) (snippets\b[\w.]*)", own, re.M))
        assert "snippets.figures" not in used, page.id
        judges = {module for module in used if module.startswith("snippets.judges")}
        assert judges <= {f"snippets.judges.{page.id.split('/')[1].replace('-', '_')}"}, page.id
        for block in filter(lambda block: block.exported, page.blocks):
            for text in (own, whole):
                assert block.code.rstrip() in text and (block.output or "") in text, page.id


def test_the_markdown_of_an_exercise_shows_of_wrong_solutions_what_differs(site):
    """And names where the judge is, which is longer than all the rest."""
    exercises = [page for page in questions() if page.meta.get("kind") == "exercise"]
    assert exercises
    for page in exercises:
        own = (site / page.url / "index.html.md").read_text(encoding="utf-8")
        judge, wrong = (
            own.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
            for heading in ("The judge", "Wrong in an instructive way")
        )
        assert "on the question's page" in judge, page.id
        assert "def judge(" not in own and "--8<--" not in own, page.id
        order = re.findall(r"^## (.+)$", own, re.M)
        assert order[-3:] == ["The task", "The judge", "See also"], page.id
        solution = own.partition("\n## A solution\n")[2].partition("\n## ")[0]
        assert "judge(" not in solution and "snippets.judges" not in solution, page.id
        assert re.search(r"^What the page's judge says of it: .*accepted: \d+ checks\.$", own, re.M)
        differences = re.findall(r"^```diff\n(.+?)\n```$", wrong, re.M | re.S)
        assert differences, page.id
        for lines in differences:
            assert {line[:1] for line in lines.split("\n")} & {"+", "-"}, page.id


def test_every_download_is_the_same_when_it_is_made_again(small, published, tmp_path):
    """In another folder, by another process, whose sets have another order."""
    shutil.copytree(small.project.root, tmp_path / "again", ignore=shutil.ignore_patterns("site"))
    again = Published(Project(tmp_path / "again")).build(PYTHONHASHSEED="7")
    first, second = (
        {
            file.relative_to(root).as_posix(): file.read_bytes()
            for file in root.rglob("*.*")
            if file.is_file()
        }
        for root in (published, again)
    )
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_pages_link_their_notebook_and_colab_where_it_is_configured(built):
    folder, address, pages = built
    for page in pages:
        links = re.search(r'<p class="actions".*?</p>', page.html(folder))[0]
        notebook = f"downloads/notebooks/{page.id}.ipynb"
        assert f'href="../../../{notebook}" download' in links and (folder / notebook).is_file()
        colab = f'href="https://colab.example/{page.id}.ipynb"'
        assert (colab in links) == ("Colab" in links) == bool(address)


def test_a_wrong_address_of_colab_is_refused(project):
    for wrong in ("https://colab.example/", "colab/{path}"):
        done = project.build(COLAB=wrong)
        assert done.returncode != 0
        assert f"extra.colab is {wrong!r}" in done.stdout and "write an address" in done.stdout


def test_the_page_of_the_downloads_says_what_there_is(built):
    folder, _, _ = built
    downloads = folder / "downloads"
    text = (downloads / "index.html").read_text(encoding="utf-8")
    cells = dict(re.findall(r'<span data-download="([^"]+)">([^<]+)</span>', text))
    there = {
        f"downloads/{file.name}" for file in downloads.iterdir() if file.suffix not in (".html", "")
    }
    assert cells.keys() == there | {"questions.json", "llms-full.txt"}
    for name, said in cells.items():
        number, unit = re.fullmatch(r"\d+ [a-z]+.*, ([\d.]+) ([MK])B", said).groups()
        scale, step = {"M": (1e6, 0.1), "K": (1e3, 1)}[unit]
        size = (folder / name).stat().st_size
        assert abs(float(number) - size / scale) <= step / 2 + 1e-9, (name, said)
    assert "<code>short_answer</code>" in text and "<code>also_asked</code>" in text


def test_links_are_resolved():
    assert inside("questions/a/b/", "../c/#x") == "questions/a/c/#x"
    targets = ("../../..", "#x", ".", "../../index.md")
    assert [inside("questions/a/b/", target) for target in targets] == [
        "",
        "questions/a/b/#x",
        "questions/a/b/",
        "questions/index.md",
    ]
    assert [inside("", target) for target in ("https://x/", "mailto:x", "data:,x", "/x")] == [
        None
    ] * 4
    paths = ("a/b.md#c", "a/index.md", "index.md", "n/x.py", "a/b/")
    assert [page_address(path) for path in paths] == ["a/b/#c", "a/", "", "n/x/", "a/b/"]


def test_links_are_replaced():
    relinked = relink_html(
        '<a title="1 > 0" href="x/" download>x</a> &lt;a href="x/"> <img src="y">',
        lambda target: f"{target}?a&b" if target == "x/" else None,
    )
    assert relinked == '<a title="1 > 0" href="x/?a&amp;b" download>x</a> &lt;a href="x/"> <img>'
    text = "[`a[0]`](b.md), `[c](d.md)`\n```text\n[e](f.md)\n```\n[two\nlines](g.md)"
    replaced = relink_markdown(text, lambda label, target: f"<{label}|{target}>")
    assert replaced == "<`a[0]`|b.md>, `[c](d.md)`\n```text\n[e](f.md)\n```\n<two\nlines|g.md>"


STACK, PRACTICE = "questions/tensors/torch-stack/", "practice/"


@pytest.mark.parametrize(
    "link, source, target, expected",
    [
        ("../torch-cat/", STACK, PRACTICE, "../questions/tensors/torch-cat/"),
        ("../../data/dataloader/#w", STACK, PRACTICE, "../questions/data/dataloader/#w"),
        ("#follow-up-questions", STACK, PRACTICE, f"../{STACK}#follow-up-questions"),
        ("https://docs.pytorch.org/#x", STACK, PRACTICE, "https://docs.pytorch.org/#x"),
    ],
)
def test_links_are_moved_to_another_page(link, source, target, expected):
    assert moved_links(f'<a href="{link}">', source, target) == f'<a href="{expected}">'


def test_names_of_code():
    code = """
import torch
from torch import nn
model = nn.Linear(1, 1)
optimizer.zero_grad(set_to_none=True)
torch.optim.lr_scheduler.StepLR(optimizer)"""
    scheduler = {"torch.optim.lr_scheduler.StepLR", "torch.optim.lr_scheduler", "torch.optim"}
    assert names(code) == {"torch.nn", "nn.Linear", "zero_grad", "set_to_none"} | scheduler
    assert names("print('") == set()


def test_a_block_keeps_its_id_in_practice_when_others_change(published, newer):
    """The second block is gone; the last one stands on the page twice and is one card."""

    def cards(folder: Path) -> list[dict]:
        topic = EDITED.partition("/")[0]
        text = (folder / "practice" / f"{topic}.js").read_text(encoding="utf-8")
        (_, found) = json.loads(re.sub(r"^Deck\.\w+\((.*)\);\n$", r"[\1]", text, flags=re.S))
        return next(question["blocks"] for question in found if question["id"] == EDITED)

    before, after = cards(published), cards(newer)
    assert after == before[:1] + before[2:] != []
