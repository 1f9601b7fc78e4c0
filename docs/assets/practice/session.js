"use strict";

/**
 * One sitting: asks card after card until nothing is left, then says how it went.
 *
 * What must survive a reload (the selection, the card at hand, what was typed) lies in session storage, which each tab has
 * for itself; where that is not to be had, a reload ends the session.
 */
class Session {
  static KEY = "pytorch-answered/practice-session/1";
  static LOADING = "Loading the cards …";

  constructor(progress, onEnd) {
    this.progress = progress;
    this.onEnd = onEnd;
    this.state = null;
    this.content = null;
    /** Cards that the loaded scripts do not have: the index and they are of different builds. */
    this.absent = new Set();
    part("grades").addEventListener("click", event => {
      const button = event.target.closest("[data-grade]");
      if (button) this.grade(Number(button.dataset.grade));
    });
    part("typed").addEventListener("input", () => {
      this.state.typed = part("typed").value;
      this.#keep();
    });
    part("reveal").addEventListener("click", () => this.reveal());
    part("judge").addEventListener("click", event => this.judge(event.target.closest("[data-judge]")?.dataset.judge));
    part("undo").addEventListener("click", () => this.undo());
    part("end").addEventListener("click", () => this.#finish("Session ended"));
    part("more").addEventListener("click", () => this.#more());
    part("missed").addEventListener("click", () => this.start({ ...this.state.selection, questions: null, only: this.state.missed }));
    part("back-to-choice").addEventListener("click", () => this.leave());
  }

  /** Take up the session that a reload interrupted; false where there is none, or the address has since asked for something else. */
  resume() {
    try {
      const state = JSON.parse(sessionStorage.getItem(Session.KEY));
      if (!state?.card || !state.done || (Choice.asked && Choice.asked !== state.asked)) return false;
      this.state = state;
    } catch {
      return false;
    }
    const card = this.#cards().find(({ id }) => id === this.state.card);
    if (!card) {
      this.state = null;
      return false;
    }
    this.#show(card, this.state.shown, this.state.typed);
    return true;
  }

  start(selection) {
    this.state = { selection, extra: 0, tally: [0, 0, 0, 0], done: [], missed: [], card: null, shown: false, typed: "", asked: Choice.asked };
    this.advance();
  }

  leave() {
    this.state = null;
    this.#keep();
    this.#only(null);
    this.onEnd();
  }

  /** Whether a card is on show whose answer is hidden; whether one is waiting for its grade. */
  get asking() { return Boolean(this.content && !this.state.shown); }
  get answering() { return Boolean(this.content && this.state.shown); }

  #cards = () => Deck.cards(this.state.selection).filter(({ id }) => !this.absent.has(id));

  #look() {
    const { selection, extra } = this.state;
    const { cards } = this.progress.read();
    const now = Date.now();
    const introduced = Schedule.introduced(selection.mode, cards, now);
    const standing = Schedule.standing(this.#cards(), cards, now);
    // Cards that are asked for by name are asked once whether or not they are due.
    if (selection.questions || selection.only) Object.assign(standing, { due: this.#cards().filter(({ id }) => !this.state.done.includes(id)), fresh: [] });
    return { cards, now, introduced, allowed: Math.max(0, selection.perDay + extra - introduced), ...standing };
  }

  /** Ask the next card, or end. */
  advance() {
    const look = this.#look();
    const card = Schedule.next(look, look.cards, look.allowed, look.now);
    if (card) this.#show(card);
    else this.#finish(this.#graded ? "Session complete" : "Nothing is left for now");
  }

  get #graded() { return this.state.tally.reduce((sum, count) => sum + count); }

  async #show(card, shown = false, typed = "") {
    this.content = null;
    Object.assign(this.state, { card: card.id, shown: false, typed });
    this.#keep();
    const { state } = this;
    const current = () => this.state === state && state.card === card.id;
    let content;
    try {
      content = await this.#content(card);
    } catch (error) {
      if (current()) {
        this.leave();
        tell(error.message);
      }
      return;
    }
    if (!current()) return;
    if (!content) {
      this.absent.add(card.id);
      this.advance();
      return;
    }
    this.card = card;
    this.content = content;
    Card.front(card, content);
    part("typed").value = typed;
    const { due, fresh, allowed } = this.#look();
    part("left").textContent = `Left: ${due.length} due, ${Math.min(allowed, fresh.length)} new`;
    this.#only("card");
    Card.reachable(part("source"));
    if (shown) this.reveal();
    else part("question").focus();
  }

  /** What stands on a card; where it must be loaded first, the message says so meanwhile. */
  async #content(card) {
    if (Deck.loaded.has(card.topic)) return Deck.content(card);
    const said = part("message").textContent;
    tell(Session.LOADING);
    try {
      return await Deck.content(card);
    } finally {
      if (part("message").textContent === Session.LOADING) tell(said);
    }
  }

  reveal() {
    if (!this.asking) return;
    this.state.shown = true;
    this.#keep();
    this.suggested = Card.back(this.card, this.content, this.state.typed);
    this.refresh();
    part("verdict").focus();
  }

  /** Answer whether a claim is true: "true" or "false". */
  judge(answer) {
    if (!answer || !this.asking || !this.content.claim) return;
    this.state.typed = answer;
    this.reveal();
  }

  /** Write the intervals anew: time has passed, or another tab has graded this card. */
  refresh() {
    if (this.answering) Card.grades(Schedule.options(this.progress.read().cards[this.card.id], Date.now()), this.suggested);
  }

  grade(grade) {
    if (!this.answering) return;
    const { id } = this.card;
    const { before, name, record, interval } = Schedule.grade(this.progress, id, grade, Date.now());
    this.state.tally[grade - 1] += 1;
    this.state.done.push(id);
    if (grade === 1) this.state.missed = [...new Set([...(this.state.missed ?? []), id])];
    this.state.last = { id, grade, before, reviewed: record.last_review, typed: this.state.typed };
    tell(`${name}: again in ${interval}.`);
    this.advance();
  }

  /** Take the last grade back, unless another tab has graded the card since, and ask for another. */
  undo() {
    const { last } = this.state ?? {};
    if (!last) return;
    this.state.last = null;
    let undone = false;
    this.progress.update(({ cards }) => {
      undone = cards[last.id]?.last_review === last.reviewed;
      if (undone && last.before) cards[last.id] = last.before;
      else if (undone) delete cards[last.id];
    });
    const card = this.#cards().find(({ id }) => id === last.id);
    if (!undone || !card) {
      this.#keep();
      this.#undoable();
      tell("That card has changed since it was graded: nothing was undone.");
      return;
    }
    this.state.tally[last.grade - 1] -= 1;
    this.state.done.pop();
    if (last.grade === 1 && !this.state.done.includes(last.id)) this.state.missed = this.state.missed.filter(id => id !== last.id);
    tell("Undone: grade it again.");
    this.#show(card, true, last.typed);
  }

  #finish(heading) {
    const { next, fresh, allowed, now, due } = this.#look();
    const { tally } = this.state;
    const grades = Schedule.GRADES.map((name, index) => `${tally[index]} ${name}`).filter((_, index) => tally[index]).join(", ");
    this.content = null;
    this.state.card = null;
    this.#keep();
    part("done").textContent = heading;
    part("tally").textContent = this.#graded ? `${plural(this.#graded, "review")}: ${grades}.` : "";
    const waiting = due.length ? `${plural(due.length, "card")} still due now.` : next ? `The next card is due ${Schedule.when(next, now)}.` : "No card is waiting to come back.";
    part("next").textContent = `${waiting} ${plural(fresh.length, "card")} of this selection not seen yet.`;
    const missed = this.state.missed?.length ?? 0;
    part("missed").hidden = !missed;
    part("missed").textContent = `Practice the ${missed === 1 ? "one" : missed} that I missed`;
    part("more").hidden = due.length > 0 || allowed > 0 || !fresh.length;
    this.#only("summary");
    part("done").focus();
  }

  /** Allow as many new cards again as a day has, from here on. */
  #more() {
    const { introduced } = this.#look();
    const { perDay } = this.state.selection;
    this.state.extra = introduced - perDay + (perDay || Choice.PER_DAY);
    this.advance();
  }

  #only(name) {
    showOnly(name);
    this.#undoable();
  }

  #undoable() {
    part("undo").hidden = !this.state?.last;
  }

  #keep() {
    try {
      sessionStorage.setItem(Session.KEY, JSON.stringify(this.state));
    } catch { /* a reload then ends the session; Progress has said that nothing is kept */ }
  }
}

function plural(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Show one section of the page, by its id less its prefix, or what can be chosen, for null. */
function showOnly(name) {
  for (const section of document.querySelectorAll("#practice > section")) section.hidden = section !== (name && part(name));
  part("choice").hidden = name !== null;
}

/** Say something to the reader, aloud to those who listen. */
function tell(text, place = "message") {
  part(place).textContent = text;
  if (text) part(place).scrollIntoView({ block: "nearest" });
}
