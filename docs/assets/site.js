/* Material puts the copy button of each code block into a <nav>: a page has too many of them for each to be a landmark. */
new MutationObserver(() => {
  for (const nav of document.querySelectorAll("nav.md-code__nav")) {
    const group = document.createElement("div");
    group.className = nav.className;
    group.append(...nav.childNodes);
    nav.replaceWith(group);
  }
}).observe(document.documentElement, { childList: true, subtree: true });
