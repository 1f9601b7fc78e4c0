"""What `make zensical` says of a site that another generator has built."""

from tests.canary import report

PAGE = '<p class="facts">Level</p><div class="result">1</div>'


def test_the_report_names_pages_parts_and_data_that_are_missing(tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    files = {
        "ours/index.html": PAGE,
        "theirs/index.html": "<p>Level</p>",
        "ours/same.html": PAGE,
        "theirs/same.html": PAGE,
        "ours/verified.html": "",
        "ours/search/index.js": "one\ntwo\n",
        "theirs/search/index.js": "one\n2\n",
        "ours/questions.json": "{}",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    lines, lacking = report(ours, theirs)
    assert lacking and lines[0].startswith("2 of 3 pages built, 1 of them with every part")
    assert "Missing pages: verified.html" in lines
    assert "| index.html | outputs of examples: 0 of 1, lines of facts: 0 of 1 |" in lines
    assert "- `search/index.js`: 1 lines differ" in lines and "- `questions.json`: missing" in lines


def test_two_sites_that_are_alike_lack_nothing(tmp_path):
    (tmp_path / "index.html").write_text(PAGE)
    lines, lacking = report(tmp_path, tmp_path)
    assert not lacking and lines[0].startswith("1 of 1 pages built, 1 of them")
