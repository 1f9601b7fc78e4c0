"""The offline copy, unpacked and read from the file system."""

import dataclasses
import os
import re
import shutil
import zipfile

from answered.exports import offline
from answered.exports.site import FOLDER
from tests.exporting import QUESTIONS, URL


def test_offline_copy_has_no_link_that_needs_a_server(built, nowhere, tmp_path):
    shutil.copytree(built.site.folder, tmp_path / "site")
    offline.write(dataclasses.replace(nowhere, folder=tmp_path / "site"))
    with zipfile.ZipFile(tmp_path / "site" / FOLDER / offline.FILE) as archive:
        names = set(archive.namelist())
        pages = {name: archive.read(name).decode() for name in names if name.endswith(".html")}
    assert len(pages) > len(QUESTIONS) and not [name for name in names if name.endswith((".apkg", ".epub", ".zip", ".ipynb", ".map", ".md"))]
    links = 0
    for name, text in pages.items():
        for target in re.findall(r'<[^>]*\s(?:href|src)="([^"#]+)[^"]*"', text):
            if not re.match(r"https?:|data:|mailto:", target):
                links += 1
                assert os.path.normpath(os.path.join(os.path.dirname(name), target)) in names, (name, target)
    assert links > 20 * len(pages)


def test_offline_copy_works_from_the_file_system(built, browser, tmp_path):
    with zipfile.ZipFile(built.file(offline.FILE)) as archive:
        archive.extractall(tmp_path)
    root = tmp_path / offline.TOP
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab, complaints = context.new_page(), []
    tab.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("request", lambda request: None if request.url.startswith((root.as_uri(), "data:", "blob:")) else complaints.append(request.url))
    tab.goto((root / "index.html").as_uri())
    for click, heading in (("article a[href*='questions/tensors/']", "Tensors"), ("article a[href*='torch-cat/']", "What does torch.cat() do?")):
        tab.locator(click).first.click()
        tab.wait_for_load_state("networkidle")
        assert heading in tab.locator("h1").inner_text()
    tab.locator("article a[href*='torch-stack/']").first.click()
    tab.wait_for_load_state("networkidle")
    assert "torch.stack()" in tab.locator("h1").inner_text() and tab.url.endswith("/questions/tensors/torch-stack/index.html")
    assert tab.locator("p.take-away a").first.get_attribute("href").startswith(URL), "what is left out is linked on the site"
    tab.goto((root / "take-away" / "index.html").as_uri())
    tab.wait_for_load_state("networkidle")
    tab.keyboard.press("/")
    tab.keyboard.type("lr_scheduler")
    tab.get_by_role("option").first.wait_for()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/learning-rate-scheduling/index.html")
    tab.goto((root / "practice" / "index.html").as_uri())
    tab.get_by_role("button", name="Start").click()
    tab.locator("#practice-reveal").click()
    assert tab.locator("#practice-back").is_visible()
    context.close()
    assert complaints == []
