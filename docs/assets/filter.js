/* The list of all questions, less what does not fit the filters. */
"use strict";

(() => {
  const form = document.querySelector(".filters");
  if (!form) return;
  const entries = [...document.querySelectorAll("a.question")].map((link) => {
    const item = link.closest("li");
    const [topic] = questionOf(link).split("/");
    const [level, kind] = item.querySelector("em").textContent.split(" · ");
    return {item, topic, level, kind};
  });
  const filter = () => {
    const {level, topic, kind, unknown} = form.elements;
    for (const {item, ...facts} of entries) {
      const known = item.querySelector(".state--known");
      item.hidden = [level, topic, kind].some(({name, value}) => value && facts[name] !== value) || (unknown.checked && known !== null);
    }
    for (const heading of document.querySelectorAll(".md-content h2")) {
      heading.hidden = !heading.nextElementSibling?.querySelector("li:not([hidden])");
    }
    const shown = entries.filter(({item}) => !item.hidden).length;
    form.querySelector("[role=status]").textContent = shown === 1 ? "1 question" : `${shown} questions`;
  };
  form.addEventListener("input", filter);
  filter();
})();
