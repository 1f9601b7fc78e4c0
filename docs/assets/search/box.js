/* The search box: what is typed, what is listed, and the keys. The engine and the index are loaded when somebody is about to search. */
"use strict";

(() => {
  const LIMIT = 8;
  const root = new URL("../../", document.currentScript.src);
  const box = document.querySelector("[data-search]");
  if (!box) return;
  const dialog = box.closest("dialog");
  const input = box.querySelector("input");
  const list = box.querySelector(".search__results");
  const help = box.querySelector(".search__help");
  const status = box.querySelector(".search__status");
  let engine = null;
  let loading = null;

  const script = (path) => loadScript(new URL(path, root));

  const SCRIPTS = ["assets/vendor/minisearch-7.2.0.min.js", "assets/search/terms.js", "assets/search/engine.js", "search/index.js"];
  /* What somebody has gone down to stays chosen. */
  const use = (built) => {
    const chosen = list.querySelector("[aria-selected=true]:not(:first-child)")?.pathname;
    engine = built;
    update();
    const again = [...list.children].find(({pathname}) => pathname === chosen);
    if (again) choose(again);
  };
  const load = () => loading ??= loadAll()
    .catch((error) => { loading = null; status.textContent = "The search index could not be loaded. Type on to try again."; console.error(error); });
  /* The details take longer; until they are there, titles, descriptions and other wordings are searched. */
  const loadAll = async () => {
    await Promise.all(SCRIPTS.map(script));
    use(await SearchEngine.build(SEARCH_INDEX));
    await script("search/details.js");
    use(await SearchEngine.build(SEARCH_INDEX, SEARCH_DETAILS));
    box.dataset.search = "whole";
  };

  /* Addresses are relative to the site's root; from file:// a folder does not lead to its index.html. */
  const address = (url) => new URL(root.protocol === "file:" ? url.replace(/\/(?=#|$)/, "/index.html") : url, root).href;

  const element = (tag, attributes, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const marks = (parts) => parts.map(([text, matched]) => matched ? element("mark", {}, text) : text);

  const option = ({url, title, topic, level, line}, number) => element(
    "a", {role: "option", id: `search-result-${number}`, class: "search__result", href: address(url), tabindex: "-1", "aria-selected": "false"},
    element("span", {class: "search__title"}, ...marks(title)),
    element("span", {class: "search__line"}, ...marks(line)),
    element("span", {class: "search__where"}, [topic, level].filter(Boolean).join(" · ")),
  );

  const choose = (chosen) => {
    for (const each of list.children) each.setAttribute("aria-selected", each === chosen);
    if (!chosen) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", chosen.id);
  };

  const update = () => {
    const query = input.value.trim();
    if (query && !engine) status.textContent = "Loading the index …";
    if (query && !engine) return load();
    const results = query ? engine.search(query, LIMIT) : [];
    list.replaceChildren(...results.map(option));
    list.hidden = !results.length;
    input.setAttribute("aria-expanded", String(results.length > 0));
    help.hidden = !query || results.length > 0;
    if (!help.hidden) {
      const topics = SEARCH_INDEX.topics.map(({title, url}) => element("li", {}, element("a", {href: address(url)}, title)));
      help.querySelector("ul").replaceChildren(...topics);
    }
    const found = results.length === 1 ? "1 page" : `${results.length} pages, best first`;
    status.textContent = !query ? "" : results.length ? found : `Nothing found for “${query}”.`;
    choose(list.firstElementChild);
    dialog?.scrollTo(0, 0);
  };

  const open = (query) => {
    if (dialog && !dialog.open) dialog.showModal();
    input.focus();
    if (query === undefined) return input.select();
    input.value = query;
    update();
  };

  /* Close the dialog; on the home page, where there is none, empty the box. */
  const close = () => {
    if (dialog) {
      input.blur(); // else it keeps the focus until the next frame, and a shortcut pressed before that is taken for text
      return dialog.close();
    }
    input.value = "";
    update();
  };

  const step = (by) => {
    const all = [...list.children];
    const now = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
    const next = all[(now + by + all.length) % all.length];
    choose(next);
    next?.scrollIntoView({block: "nearest"});
  };

  input.addEventListener("focus", load);
  input.addEventListener("input", update);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const keys = {
      ArrowDown: () => step(1),
      ArrowUp: () => step(-1),
      Enter: () => list.querySelector("[aria-selected=true]")?.click(),
      Escape: close,
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  box.querySelector(".search__close").addEventListener("click", close);
  list.addEventListener("click", () => dialog?.close());
  dialog?.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
    const shortcut = event.ctrlKey || event.metaKey ? event.key === "k" : !event.altKey && !typing && (event.key === "/" || event.key === "s");
    if (!shortcut || event.defaultPrevented) return;
    event.preventDefault();
    open();
  });
  for (const button of document.querySelectorAll(".search-open")) {
    button.addEventListener("pointerenter", load);
    button.addEventListener("click", () => open());
  }
  /* An address that leads nowhere still says what was looked for. */
  if (box.closest("[data-search-address]")) {
    input.value = location.pathname.split("/").filter(Boolean).slice(-1).join("").replace(/\.\w+$/, "").replace(/[-_+]+|%\w\w/g, " ");
    update();
  }
  for (const button of document.querySelectorAll("[data-query]")) button.addEventListener("click", () => open(button.textContent));
})();
