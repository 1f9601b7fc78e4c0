"""What readers and programs take away, and what the pages say of it."""

import json
import re
import shutil

import jsonschema
import pytest
from mkdocs.exceptions import PluginError

from answered.exports import anki, book, llms, notebooks, offline, page, take_away
from answered.exports.links import inside, page_address, relink_html, relink_markdown
from answered.exports.site import FOLDER
from tests.exporting import QUESTIONS, TIME, URL


def test_questions_json_keeps_its_schema(built):
    root = built.site.folder
    data, schema = (json.loads((root / name).read_text()) for name in ("questions.json", "questions.schema.json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(data)
    assert [(q["title"], q["source"]) for q in data["questions"]] == [(page.title, page.path) for page in QUESTIONS]
    assert {q["topic"] for q in data["questions"]} <= {topic["id"] for topic in data["topics"]}
    for question, record in zip(data["questions"], built.records, strict=True):
        assert [(e["line"], e["code"], e["output"]) for e in question["examples"]] == [(s.example.line, s.example.code, s.output) for s in record.examples]
        assert len(question["short_answer"]["text"]) > 60 and "`" not in question["short_answer"]["text"]
        for url in (question["url"], question["notebook"], *(myth["url"] for myth in question["myths"])):
            target, _, anchor = url.removeprefix(URL).partition("#")
            file = root / target / "index.html" if target.endswith("/") else root / target
            assert url.startswith(URL) and file.is_file(), url
            assert not anchor or f'id="{anchor}"' in file.read_text(encoding="utf-8"), url
    assert sum(len(q["myths"]) for q in data["questions"]) > 100
    for spoil in (lambda q: q.pop("level"), lambda q: q.update(mood="good"), lambda q: q.update(id="Tensors"), lambda q: q["examples"][0].update(line="1")):
        spoilt = json.loads(json.dumps(data))
        spoil(spoilt["questions"][0])
        assert not validator.is_valid(spoilt)


def test_llms_txt_links_every_page(built):
    root = built.site.folder
    text = (root / llms.FILE).read_text(encoding="utf-8")
    assert re.match(r"# PyTorch Answered\n\n> .+\n\n", text)
    links = re.findall(r"^- \[.+?\]\((.+?)\)(?:: .+)?$", text, re.M)
    assert len(links) == text.count("\n- ") == len(QUESTIONS) + 2
    for link in links:
        content = (root / link.removeprefix(URL)).read_text(encoding="utf-8")
        assert content.startswith(("# ", "{")), link
    whole = (root / llms.FULL).read_text(encoding="utf-8")
    assert all(example.code.rstrip() in whole and shown_text(example) in whole for page in QUESTIONS for example in page.examples)


def shown_text(example) -> str:
    return (example.expected or "").rstrip("\n")


def test_every_download_is_the_same_when_it_is_made_again(built, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", TIME)
    folder = tmp_path / "site"
    shutil.copytree(built.site.folder, folder)
    for file in [*(folder / FOLDER).rglob("*.*"), *folder.glob("llms*"), *folder.glob("questions.*"), *folder.rglob("*.html.md")]:
        if file.is_file() and file.name != "index.html":
            file.unlink()
    shown = (built.site.take_away / "index.html").read_text(encoding="utf-8")
    (folder / FOLDER / "index.html").write_text(re.sub(r'(<td data-take-away="[^"]+">)[^<]+', r"\1", shown), encoding="utf-8")
    config = built.config.copy()
    config.site_dir = str(folder)
    take_away(built.records, built.site.contents, config)
    first, second = ({f.relative_to(root).as_posix(): f.read_bytes() for f in root.rglob("*") if f.is_file()} for root in (built.site.folder, folder))
    assert first.keys() == second.keys() and [name for name in first if first[name] != second[name]] == []
    assert {FOLDER + "/" + name for name in (anki.QUESTIONS, anki.PREDICT, notebooks.ARCHIVE, book.FILE, offline.FILE)} <= first.keys()


def test_pages_link_their_notebook_and_the_page_says_what_there_is(built):
    for record in built.records:
        text = (built.site.folder / record.url / "index.html").read_text(encoding="utf-8")
        links = re.search(r'<p class="take-away".*?</p>', text)[0]
        assert f'href="../../../{FOLDER}/{notebooks.path(record)}" download' in links and f'href="https://colab.example/{record.id}.ipynb"' in links
    text = (built.site.take_away / "index.html").read_text(encoding="utf-8")
    cells = re.findall(r'<td data-take-away="([^"]+)">([^<]+)</td>', text)
    assert [name for name, _ in cells] == list(page.DOWNLOADS)
    for name, said in cells:
        size = (built.site.take_away / name).stat().st_size
        assert re.fullmatch(r"\d+ [a-z]+.*, [\d.]+ [MK]B", said) and page.readable(size) in said, (name, said)
    assert "<code>short_answer</code>" in text and "<code>also_asked</code>" in text


def test_without_colab_there_is_no_link_and_a_wrong_address_is_refused(built):
    config = built.config.copy()
    config.extra = {"colab": ""}
    page.check_colab(config)
    assert "Colab" not in page.links(QUESTIONS[0], config) and ".ipynb" in page.links(QUESTIONS[0], config)
    for wrong in ("https://colab.example/", "colab/{path}"):
        config.extra = {"colab": wrong}
        with pytest.raises(PluginError, match="mend: write an address"):
            page.check_colab(config)


def test_links_are_resolved():
    assert inside("questions/a/b/", "../c/#x") == "questions/a/c/#x"
    assert [inside("questions/a/b/", target) for target in ("../../..", "#x", ".", "../../index.md")] == [
        "",
        "questions/a/b/#x",
        "questions/a/b/",
        "questions/index.md",
    ]
    assert [inside("", target) for target in ("https://x/", "mailto:x", "data:,x", "/x")] == [None] * 4
    assert [page_address(path) for path in ("a/b.md#c", "a/index.md", "index.md", "n/x.py", "a/b/")] == ["a/b/#c", "a/", "", "n/x/", "a/b/"]
    relinked = relink_html(
        '<a title="1 > 0" href="x/" download>x</a> &lt;a href="x/"> <img src="y">', lambda target: f"{target}?a&b" if target == "x/" else None
    )
    assert relinked == '<a title="1 > 0" href="x/?a&amp;b" download>x</a> &lt;a href="x/"> <img>'
    text = "[`a[0]`](b.md), `[c](d.md)`\n```text\n[e](f.md)\n```\n[two\nlines](g.md)"
    assert relink_markdown(text, lambda label, target: f"<{label}|{target}>") == "<`a[0]`|b.md>, `[c](d.md)`\n```text\n[e](f.md)\n```\n<two\nlines|g.md>"
