"""Faults of front matter, each with the line of its key."""

import pytest

from answered.pages.contents import Contents
from answered.pages.front_matter import FIELDS, KEYS, has_kinds
from tests.check.books import CONTENTS, CONTENTS_FILE, ONE, book, page, problems, the_problem

GOOD = page()
DESCRIPTION = "A page for tests, whose description is long enough to be one."
ASKED = '  - "Is the page called one?"'
LISTS = "write [one, two], or each on a line of its own after a hyphen"
QUOTES = "write text; put numbers, dates, yes and no in quotes"
PUNCTUATION = "quote values that hold a colon or other punctuation"
LEVELS = "write one of junior, mid; docs/questions/contents.yml lists them"
TAGS = "write one of basics, tensors; docs/questions/contents.yml lists them"
LENGTH = "write 40 to 240: the answer in one sentence of 40 to 240 characters; search results and"
LENGTH += " link previews show it"
WORDINGS = "one a line: other wordings, names of functions, error texts that people type; with"
WORDINGS += " an anchor after a colon where not the short answer but that section answers it"

NAVIGATION = "three to 32 characters that name it in the navigation"


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1 or old == "---\n"
    return GOOD.replace(old, new, 1)


FAULTS = {
    "none": (
        GOOD[GOOD.index("# Is") :],
        1,
        "missing front matter",
        f"begin the page, on line 1, with a '---' block that has {KEYS}",
    ),
    "a blank line above": (
        "\n\n" + GOOD,
        3,
        "front matter begins on line 3 and not on line 1, so it is text",
        "delete the lines above it",
    ),
    "not closed": (
        changed(f"{ASKED}\n---\n", f"{ASKED}\n"),
        1,
        "front matter that does not begin and end with a line ---",
        "write --- alone on line 1, and alone on the line below the last key",
    ),
    "a list": (
        "---\n- basics\n---\n" + GOOD[GOOD.index("\n# Is") :],
        1,
        "front matter is not a mapping",
        f"write it as 'key: value'; the keys are {KEYS}",
    ),
    "not YAML": (
        changed("level: junior", "level: [junior"),
        5,
        "front matter is not YAML: expected ',' or ']', but got ':'",
        PUNCTUATION,
    ),
    "a date that does not exist": (
        changed("level: junior", "level: 2025-02-30"),
        1,
        "front matter is not YAML: day is out of range for month",
        PUNCTUATION,
    ),
    "a key twice": (
        changed("level: junior", "level: junior\nlevel: mid"),
        5,
        "front matter is not YAML: the key 'level' stands twice; delete one",
        PUNCTUATION,
    ),
    "an alias, of which a few unfold without end": (
        changed("[basics]", "[&a basics, *a]"),
        5,
        "front matter is not YAML: an alias; write the value itself",
        PUNCTUATION,
    ),
    "keys without end": (
        changed("level: junior", "\n".join(f"k{number}: x" for number in range(300))),
        202,
        "front matter is not YAML: more than 200 keys",
        PUNCTUATION,
    ),
    "half of a character": (
        changed("[basics]", '["\\ud800"]'),
        5,
        "front matter is not YAML: half of a character, which no file can hold",
        PUNCTUATION,
    ),
    "nested without end": (
        changed("[basics]", "[" * 30 + "]" * 30),
        5,
        "front matter is not YAML: it is nested too deep",
        PUNCTUATION,
    ),
    "no description": (
        changed(f"description: {DESCRIPTION}\n", ""),
        1,
        "missing front matter 'description'",
        "add it: the answer in one sentence of 40 to 240 characters; search results and link"
        " previews show it",
    ),
    "no level": (
        changed("level: junior\n", ""),
        1,
        "missing front matter 'level'",
        "add it: the level at which it is asked",
    ),
    "short description": (
        changed(DESCRIPTION, "x" * 38 + "."),
        2,
        "front matter 'description': 39 characters",
        LENGTH,
    ),
    "long description": (
        changed(DESCRIPTION, "x" * 240 + "."),
        2,
        "front matter 'description': 241 characters",
        LENGTH,
    ),
    "two lines": (
        changed(f"description: {DESCRIPTION}", f"description: |-\n  {DESCRIPTION}\n  and more."),
        2,
        "front matter 'description': it has several lines",
        "write it on one line",
    ),
    "no text": (
        changed(DESCRIPTION, "2025-02-03"),
        2,
        "front matter 'description': datetime.date(2025, 2, 3) is not text",
        QUOTES,
    ),
    "unknown key": (
        changed("level: junior", "level: junior\nauthor: me"),
        5,
        "unknown front matter 'author'",
        "the keys are description, short_title, level, kind, tags, also_asked",
    ),
    "a template": (
        changed("level: junior", "template: none.html\nlevel: junior"),
        4,
        "unknown front matter 'template'",
        "the keys are description, short_title, level, kind, tags, also_asked",
    ),
    "unknown level": (
        changed("junior", "guru"),
        4,
        "front matter 'level': 'guru' is not one of its values",
        LEVELS,
    ),
    "markup for a level": (
        changed("junior", "<script>alert(1)</script>"),
        4,
        "front matter 'level': '<script>alert(1)</script>' is not one of its values",
        LEVELS,
    ),
    "unknown tag": (
        changed("[basics]", "[basics, cooking]"),
        5,
        "front matter 'tags.1': 'cooking' is not one of its values",
        TAGS,
    ),
    "a tag a line": (
        changed("[basics]", "\n  - basics\n  - cooking"),
        7,
        "front matter 'tags.1': 'cooking' is not one of its values",
        TAGS,
    ),
    "no tags": (
        changed("[basics]", "[]"),
        5,
        "front matter 'tags': 0 entries",
        "write 1 to 4: one to four tags",
    ),
    "many tags": (
        changed("[basics]", "[basics, basics, basics, basics, basics]"),
        5,
        "front matter 'tags': 5 entries",
        "write 1 to 4: one to four tags",
    ),
    "a number for tags": (changed("[basics]", "3"), 5, "front matter 'tags': not a list", LISTS),
    "tags that hold a list": (
        changed("[basics]", "[[basics]]"),
        5,
        "front matter 'tags.0': ['basics'] is not text",
        QUOTES,
    ),
    "a text for other wordings": (
        changed(f"also_asked:\n{ASKED}", "also_asked: why"),
        6,
        "front matter 'also_asked': not a list",
        LISTS,
    ),
    "a short wording": (
        changed(ASKED, f"{ASKED}\n  - ' abc '"),
        8,
        "front matter 'also_asked.1': 3 characters",
        f"write 4 to 140: {WORDINGS}",
    ),
    "a long wording": (
        changed(ASKED, f"{ASKED}\n  - {'x' * 141}"),
        8,
        "front matter 'also_asked.1': 141 characters",
        f"write 4 to 140: {WORDINGS}",
    ),
    "a short short title": (
        changed("short_title: Page one", "short_title: ab"),
        3,
        "front matter 'short_title': 2 characters",
        f"write 3 to 32: {NAVIGATION}",
    ),
    "a long short title": (
        changed("short_title: Page one", f"short_title: {'x' * 33}"),
        3,
        "front matter 'short_title': 33 characters",
        f"write 3 to 32: {NAVIGATION}",
    ),
    "a short wording with an anchor": (
        changed(ASKED, f"{ASKED}\n  - abc: see-also"),
        8,
        "front matter 'also_asked.1': 3 characters",
        f"write 4 to 140: {WORDINGS}",
    ),
    "a wording without its anchor": (
        changed(ASKED, f"{ASKED}\n  - abcd:"),
        8,
        "front matter 'also_asked.1': {'abcd': None} is not text",
        QUOTES,
    ),
    "two wordings in one": (
        changed(ASKED, f"{ASKED}\n  - {{abcd: see-also, efgh: see-also}}"),
        8,
        "front matter 'also_asked.1': {'abcd': 'see-also', 'efgh': 'see-also'} is not text",
        QUOTES,
    ),
    "a tag with an anchor": (
        changed("[basics]", "[{basics: see-also}]"),
        5,
        "front matter 'tags.0': {'basics': 'see-also'} is not text",
        QUOTES,
    ),
    "todo": (changed(ASKED, '  - "TODO: other wordings"'), 7, "a TODO is left", "other wordings"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(tmp_path, name):
    text, *told = FAULTS[name]
    assert the_problem(tmp_path, {ONE: text}) == (ONE, *told)


SOUND = {
    "no other wording": (f"also_asked:\n{ASKED}", "also_asked: []"),
    "bounds of a wording": (ASKED, f"{ASKED}\n  - abcd\n  - {'x' * 140}"),
    "the shortest description": (DESCRIPTION, "x" * 39 + "."),
    "the longest description": (DESCRIPTION, "x" * 239 + "."),
    "the shortest short title": ("short_title: Page one", "short_title: abc"),
    "the longest short title": ("short_title: Page one", f"short_title: {'x' * 32}"),
    "a wording with an anchor": (ASKED, f"{ASKED}\n  - {'x' * 140}: see-also"),
    "four tags": ("[basics]", "[basics, tensors, basics, tensors]"),
}


@pytest.mark.parametrize("name", SOUND)
def test_no_fault(tmp_path, name):
    assert problems(tmp_path, {ONE: changed(*SOUND[name])}) == []


def test_empty_front_matter_lacks_every_field(tmp_path):
    text = "---\n---\n" + GOOD[GOOD.index("\n# Is") :]
    assert [problem.what for problem in problems(tmp_path, {ONE: text})] == [
        f"missing front matter '{field.name}'"
        for field in sorted(FIELDS, key=lambda field: field.name)
        if not field.optional
    ]


def test_a_page_that_is_no_question_has_a_title_and_a_description_at_most(tmp_path):
    home = "---\n{}\n---\n\n# Home\n"
    assert problems(tmp_path, {"docs/index.md": home.format("title: x\ndescription: x")}) == []
    told = the_problem(tmp_path, {"docs/index.md": home.format("description: 3")})
    assert told == ("docs/index.md", 2, "front matter 'description': 3 is not text", QUOTES)
    told = the_problem(tmp_path, {"docs/index.md": home.format("title: 3")})
    assert told == ("docs/index.md", 2, "front matter 'title': 3 is not text", QUOTES)


@pytest.mark.parametrize("key", ["template", "location", "hide", "author", "tags", "icon"])
def test_how_a_page_is_laid_out_is_not_for_its_front_matter_to_say(tmp_path, key):
    home = f"---\ndescription: x\n{key}: redirect.html\n---\n\n# Home\n"
    path, line, what, fix = the_problem(tmp_path, {"docs/index.md": home})
    assert (path, line, what) == ("docs/index.md", 3, f"unknown front matter '{key}'")
    assert fix == "the keys are title, description"


def test_a_rule_and_a_word_with_a_colon_are_no_front_matter(tmp_path):
    assert problems(tmp_path, {"docs/index.md": "# Home\n\nText.\n\n\n---\nnote: x\n"}) == []


def test_a_closed_list_has_one_home(tmp_path):
    """A level that contents.yml adds is accepted; one that it takes away is not."""
    more = {CONTENTS_FILE: CONTENTS.replace("mid]", "mid, principal]")}
    assert problems(tmp_path, more | {ONE: changed("junior", "principal")}) == []
    less = {CONTENTS_FILE: CONTENTS.replace("junior, ", ""), ONE: changed("junior", "mid")}
    found = problems(tmp_path, less)
    assert [(p.path[-6:], p.what) for p in found] == [
        ("two.md", "front matter 'level': 'junior' is not one of its values")
    ]


def test_fields_draw_on_lists_that_exist_and_kinds_follow_them(tmp_path):
    lists = {field.values for field in FIELDS} - {""}
    assert lists == {"kinds", "levels", "tags"}
    assert all(isinstance(getattr(Contents, name, ()), tuple | property) for name in lists)
    assert has_kinds({}) and has_kinds({"tags": ["a"], "level": "b", "hide": 3})
    assert not has_kinds([]) and not has_kinds(None)
    for field in FIELDS:
        assert not has_kinds({field.name: 3}), field.name
        assert has_kinds({field.name: ["a"]}) == (field.entries is not None), field.name
        assert not has_kinds({field.name: [3]}), field.name
        assert has_kinds({field.name: [{"a": "b"}]}) == field.anchors, field.name
        for entry in ({"a": 3}, {3: "a"}, {"a": "b", "c": "d"}, {}):
            assert not has_kinds({field.name: [entry]}), field.name
    assert book(tmp_path, {ONE: changed("[basics]", "3")}).pages[1].meta == {}
