/* For the scripts after this one: load another, which runs after those that were asked for before it. */
const loadScript = (src) => new Promise((resolve, reject) => {
  document.head.append(Object.assign(document.createElement("script"), { src, async: false, onload: resolve, onerror: reject }));
});

/* The id of the question that a link leads to: its address ends in topic/slug/, from file:// with the name of its file. */
const questionOf = (link) => new URL(link.href).pathname.split("/").filter((part) => part && part !== "index.html").slice(-2).join("/");

/* Material puts the copy button of each code block into a <nav>: a page has too many of them for each to be a landmark.
   What a block printed has none: who copies wants the source. */
new MutationObserver(() => {
  for (const nav of document.querySelectorAll("nav.md-code__nav")) {
    if (nav.closest(".result")) {
      nav.remove();
      continue;
    }
    const group = document.createElement("div");
    group.className = nav.className;
    group.append(...nav.childNodes);
    nav.replaceWith(group);
  }
}).observe(document.documentElement, { childList: true, subtree: true });

/* Who asks for a place in a fold, or prints, sees it open. */
(() => {
  const open = () => {
    const target = document.getElementById(location.hash.slice(1));
    for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (target?.closest("details")) target.scrollIntoView();
  };
  const closed = [];
  addEventListener("hashchange", open);
  addEventListener("beforeprint", () => {
    closed.push(...document.querySelectorAll("details:not([open])"));
    for (const fold of closed) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of closed.splice(0)) fold.open = false;
  });
  open();
})();

/* The row below the title: the page's Markdown and its address, to be pasted elsewhere. */
(() => {
  const row = document.querySelector(".actions:has(.copy-page)");
  if (!row || !navigator.clipboard) return;
  const tell = (text) => {
    row.querySelector("[role=status]").textContent = text;
    setTimeout(tell, 4000, "");
  };
  const [page, link] = [row.querySelector(".copy-page"), row.querySelector(".copy-link")];
  page.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || location.protocol === "file:") return;
    event.preventDefault();
    try {
      const answer = await fetch(page.href);
      if (!answer.ok) throw new Error(answer.statusText);
      await navigator.clipboard.writeText(await answer.text());
      tell("Page copied as Markdown");
    } catch {
      location.assign(page.href);
    }
  });
  link.hidden = false;
  link.addEventListener("click", async () => {
    const address = document.querySelector("link[rel=canonical]")?.href ?? location.href.split("#")[0];
    await navigator.clipboard.writeText(address);
    tell("Link copied");
  });
})();

/* What scrolls sideways, as figures do on a phone, can be reached by keyboard. */
const scrolled = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
for (const figure of document.querySelectorAll("figure.drawn")) scrolled.observe(figure);

/* A label opens the navigation of a narrow page, which no key reaches: a button takes its place. */
(() => {
  const drawer = document.getElementById("__drawer");
  const label = document.querySelector(".md-header label[for=__drawer]");
  const button = Object.assign(document.createElement("button"), { type: "button", className: `${label.className} drawer-open`, ariaLabel: "Navigation" });
  const tell = () => { button.ariaExpanded = String(drawer.checked); };
  button.append(...label.childNodes);
  button.addEventListener("click", () => drawer.click());
  drawer.addEventListener("change", tell);
  tell();
  label.replaceWith(button);
})();

/* The switch of the palette is a pair of radio buttons, one of them shown: Space moves on to the other, as the theme has Enter do. */
(() => {
  const palette = document.querySelector("[data-md-component=palette]");
  palette.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    const { control } = palette.querySelector("label:not([hidden])");
    control.click();
    control.focus();
  });
})();

/* Labels lead from panel to panel of that navigation, which no key reaches either: their arrows become buttons. */
for (const toggle of document.querySelectorAll(".md-nav--primary .md-nav__toggle")) {
  const labels = [...document.querySelectorAll(`.md-nav--primary label[for=${toggle.id}]`)]; // before the panel, and above its list
  if (!labels.length) continue;
  const [open, back] = labels.map((label) => {
    const arrow = Object.assign(document.createElement("button"), { type: "button", className: "md-nav__icon md-icon" });
    label.removeAttribute("tabindex");
    label.querySelector(".md-nav__icon").replaceWith(arrow);
    arrow.addEventListener("click", () => {
      toggle.click();
      (toggle.checked ? back : open).focus({ preventScroll: true }); // the panel is still on its way
    });
    return arrow;
  });
  const tell = () => { open.ariaExpanded = String(toggle.checked); };
  open.ariaLabel = labels[1].textContent.trim();
  back.ariaLabel = "Back";
  toggle.addEventListener("change", tell);
  tell();
}
