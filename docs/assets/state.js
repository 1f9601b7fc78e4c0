/* What practice knows of the questions that a page names: new, learning, due or known. It is kept in this browser. */
"use strict";

(() => {
  const assets = new URL(".", document.currentScript.src);
  const links = [...document.querySelectorAll("a.question")];
  const action = document.querySelector(".action-practice");
  const due = document.querySelector(".due");
  if (!links.length && !action && !due) return;

  const loaded = new Map();
  const load = (path) => {
    if (!loaded.has(path)) loaded.set(path, loadScript(new URL(path, assets)));
    return loaded.get(path);
  };
  const loadAll = (...paths) => Promise.all(paths.map(load));
  const RECORDS = ["practice/progress.js", "practice/schedule.js"];

  const stateOf = (record, now) => {
    if (!record) return "new";
    if (Schedule.dueAt(record) <= now) return "due";
    return record.state === Schedule.LEARNED ? "known" : "learning";
  };
  const mark = (link, state) => {
    const badge = link.nextElementSibling?.matches(".state") ? link.nextElementSibling : document.createElement("span");
    badge.className = `state state--${state}`;
    badge.textContent = state === "new" ? "" : state;
    link.after(badge);
  };

  const show = async () => {
    await loadAll(...RECORDS);
    const {cards} = new Progress().read();
    const now = Date.now();
    const states = links.map((link) => stateOf(cards[questionOf(link)], now));
    links.forEach((link, index) => mark(link, states[index]));
    const total = document.querySelector(".standing");
    if (total) {
      const known = states.filter((state) => state === "known").length;
      total.textContent = `Known: ${known} of ${states.length}`;
      total.hidden = false;
    }
    if (action) {
      const record = cards[new URLSearchParams(action.hash.slice(1)).get("question")];
      if (record) mark(action, stateOf(record, now));
    }
    if (due) {
      await loadAll("practice/deck.js", "../practice/index.js");
      const ids = new Set(["questions", "claims", "predict"].flatMap((mode) => Deck.cards({mode})).map(({id}) => id));
      const number = Object.keys(cards).filter((id) => ids.has(id) && stateOf(cards[id], now) === "due").length;
      due.textContent = number ? `${number} due` : "";
      due.hidden = !number;
    }
  };

  const practiced = () => {
    try {
      return Object.keys(localStorage).some((key) => key.startsWith("pytorch-answered/practice/"));
    } catch {
      return false;
    }
  };
  const refresh = () => practiced() && show().catch(console.error);
  addEventListener("storage", refresh);
  addEventListener("pageshow", refresh);

  /* Who knows a question says so once: it counts as practiced with the grade Easy. */
  const know = document.querySelector(".i-know");
  if (!know) return;
  know.hidden = false;
  know.addEventListener("click", async () => {
    await loadAll("vendor/ts-fsrs-5.4.2.umd.js", ...RECORDS);
    const id = new URLSearchParams(action.hash.slice(1)).get("question");
    const progress = new Progress();
    const {interval} = Schedule.grade(progress, id, Schedule.GRADES.length, Date.now());
    document.querySelector(".actions [role=status]").textContent = progress.trouble || `Kept: practice asks it again in ${interval}.`;
    await show();
  });
})();
