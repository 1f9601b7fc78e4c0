"use strict";

/** The element of the shell with this id, less its prefix. */
const part = id => document.getElementById(`practice-${id}`);

/**
 * What the reader picks: {mode, path, topics, levels, perDay}. The path is its id, or null for all questions. Topics and
 * levels are lists of ids, or null for all, those to come included. A link such as #topic=tensors&level=junior&mode=predict
 * or #path=one-evening picks for one visit; what is picked by hand is kept.
 * #question=tensors/torch-cat picks questions by their ids, which nothing in the form does: `questions` is then their list.
 */
class Choice {
  static MODES = ["questions", "claims", "predict", "exercises", "interview"];
  static PER_DAY = 10;

  /** Ids of the questions that the address names; null where it names none. */
  questions = null;
  /** Whether the address says so much that nothing is left to choose. */
  settled = false;

  constructor(progress) {
    this.progress = progress;
    this.form = part("choice");
    part("path").append(...Deck.paths.map(({ id, title }) => new Option(title, id)));
    this.form.elements.number.append(...Interview.NUMBERS.map(number => new Option(number)));
    const counts = topic => Deck.cards({ mode: "questions", topics: [topic.id] }).length;
    part("topics").append(...Deck.topics.map(topic => box("topics", topic.id, `${topic.title} (${counts(topic)})`)));
    part("levels").append(...Deck.levels.map(level => box("levels", level, level)));
    this.form.addEventListener("input", () => this.#changed());
    part("all").addEventListener("click", () => {
      history.replaceState(null, "", location.pathname + location.search);
      this.fill();
      this.form.querySelector("[type=submit]").focus();
    });
    for (const button of this.form.querySelectorAll("[data-topics]")) {
      button.addEventListener("click", () => {
        for (const input of this.#boxes("topics")) input.checked = button.dataset.topics === "all";
        this.#changed();
      });
    }
    this.fill();
  }

  #boxes = name => [...this.form.querySelectorAll(`input[name="${name}"]`)];

  #picked(name) {
    const boxes = this.#boxes(name);
    const on = boxes.filter(input => input.checked).map(input => input.value);
    return on.length === boxes.length ? null : on;
  }

  get selection() {
    const number = this.form.elements.perDay.valueAsNumber;
    return {
      mode: this.form.elements.mode.value,
      path: part("path").value || null,
      topics: this.#picked("topics"),
      levels: this.#picked("levels"),
      questions: this.questions,
      number: Number(this.form.elements.number.value),
      perDay: Number.isInteger(number) && number >= 0 ? number : Choice.PER_DAY,
    };
  }

  /** What stands in the way of a start, in words; "" where nothing does. */
  get fault() {
    const { topics, levels } = this.selection;
    if (topics?.length === 0) return "Choose at least one topic.";
    if (levels?.length === 0) return "Choose at least one level.";
    return Deck.cards(this.selection).length ? "" : "No question fits all that is chosen.";
  }

  /** What of the address is meant for this page; "" where nothing is: the site's own links to headings use it too. */
  static get asked() {
    return /\b(path|topic|level|mode|question)=/.test(location.hash) ? location.hash.slice(1) : "";
  }

  #changed() {
    if (Choice.asked) history.replaceState(null, "", location.pathname + location.search);
    this.questions = null;
    const { questions, ...picked } = this.selection;
    this.progress.update(state => Object.assign(state.settings, picked));
    this.show();
  }

  /** Fill the form with what the address asks for, else with what was kept; return what of the address is unknown. */
  fill() {
    const kept = this.progress.read().settings;
    const asked = new URLSearchParams(Choice.asked);
    const list = (name, known) => {
      const values = asked.getAll(name).flatMap(value => value.split(","));
      return [values.filter(value => known.includes(value)), values.filter(value => !known.includes(value))];
    };
    const known = {
      topic: Deck.topics.map(({ id }) => id), level: Deck.levels, mode: Choice.MODES,
      question: Deck.order, path: Deck.paths.map(({ id }) => id),
    };
    const found = Object.entries(known).map(([name, values]) => list(name, values));
    const [topics, levels, modes, questions, paths] = found.map(([values]) => values);
    const linked = found.some(([values]) => values.length);
    this.questions = questions.length ? questions : null;
    this.settled = Boolean(questions.length || paths.length);
    const mode = modes[0] ?? (!this.settled && Choice.MODES.includes(kept.mode) ? kept.mode : Choice.MODES[0]);
    this.#check("mode", [mode]);
    part("path").value = (linked ? paths[0] : known.path.find(id => id === kept.path)) ?? "";
    this.#check("topics", linked ? topics : kept.topics, known.topic);
    this.#check("levels", linked ? levels : kept.levels, known.level);
    this.form.elements.number.value = Interview.NUMBERS.includes(kept.number) ? kept.number : Interview.NUMBERS[0];
    this.form.elements.perDay.value = Number.isInteger(kept.perDay) && kept.perDay >= 0 ? kept.perDay : Choice.PER_DAY;
    this.show();
    return found.flatMap(([, unknown]) => unknown);
  }

  /** Check the boxes of these values; all of them where none is known. */
  #check(name, values, all) {
    const wanted = Array.isArray(values) && values.some(value => !all || all.includes(value)) ? values : all;
    for (const input of this.#boxes(name)) input.checked = wanted.includes(input.value);
  }

  /** Say where the reader stands with the selection. */
  show() {
    const { fault, selection } = this;
    part("only").hidden = !this.questions;
    part("chosen").textContent = this.#inWords();
    if (fault) {
      part("standing").textContent = fault;
      return;
    }
    if (selection.mode === "interview") {
      const number = Math.min(selection.number, Deck.cards(selection).length);
      part("standing").textContent = `A mock interview: ${plural(number, "question")} of different topics with their follow-ups, and a clock.`;
      return;
    }
    const { cards } = this.progress.read();
    const now = Date.now();
    const { due, fresh, learning, learned } = Schedule.standing(Deck.cards(selection), cards, now);
    const today = Math.min(fresh.length, Math.max(0, selection.perDay - Schedule.introduced(selection.mode, cards, now)));
    part("standing").textContent = `${due.length} due · ${today} new today, of ${fresh.length} not seen yet · ${learning.length} being learned · ${learned.length} learned`;
  }

  /** What is chosen, in a line: "Questions · The 25 to know · 3 topics". */
  #inWords() {
    const { mode, path, topics, levels } = this.selection;
    const label = this.form.querySelector(`input[value="${mode}"]`).parentElement.textContent.trim();
    return [label, Deck.paths.find(({ id }) => id === path)?.title, topics && plural(topics.length, "topic"), levels?.join(", ")].filter(Boolean).join(" · ");
  }
}

function box(name, value, text) {
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type: "checkbox", name, value });
  label.append(input, ` ${text}`);
  return label;
}
