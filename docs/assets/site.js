/* Material puts the copy button of each code block into a <nav>: a page has too many of them for each to be a landmark. */
new MutationObserver(() => {
  for (const nav of document.querySelectorAll("nav.md-code__nav")) {
    const group = document.createElement("div");
    group.className = nav.className;
    group.append(...nav.childNodes);
    nav.replaceWith(group);
  }
}).observe(document.documentElement, { childList: true, subtree: true });

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
