"use strict";

/**
 * A mock interview: some questions of different topics, a clock, and their follow-ups one by one; then what to read again.
 *
 * A grade counts for practice, too, as it is given. After a reload the interview goes on with the question that it was at.
 */
class Interview {
  static KEY = "pytorch-answered/practice-interview/1";
  static NUMBERS = [5, 8, 10];
  static FOLLOW_UPS = 3;
  static GRADES = [["Missed", 1], ["Partly", 2], ["Good", 3]];

  constructor(progress, onEnd) {
    this.progress = progress;
    this.onEnd = onEnd;
    this.asked = [];
    this.timer = null;
    part("interview-more").addEventListener("click", () => this.#followUp());
    part("interview-reveal").addEventListener("click", () => this.#reveal());
    part("interview-end").addEventListener("click", () => this.#finish());
    part("interview-close").addEventListener("click", () => this.leave());
    for (const [name, grade] of Interview.GRADES) {
      const button = Object.assign(Card.element("button", "practice-grade", name), { type: "button" });
      button.addEventListener("click", () => this.#grade(grade));
      part("interview-grades").append(button);
    }
  }

  /** Some cards of a list in a random order, no two neighbors of one topic while that can be. */
  static sample(cards, number) {
    const left = cards.map(card => [Math.random(), card]).sort(([a], [b]) => a - b).map(([, card]) => card);
    const found = [];
    while (found.length < number && left.length) {
      const used = new Set(found.map(({ topic }) => topic));
      const index = left.findIndex(({ topic }) => !used.has(topic));
      found.push(...left.splice(Math.max(index, 0), 1));
    }
    return found;
  }

  start(selection, number) {
    const cards = Interview.sample(Deck.cards({ ...selection, mode: "questions" }), number);
    this.#ask(cards.map(card => ({ card, seconds: 0, grade: 0 })), 0, null);
  }

  /** Take up the interview that a reload interrupted; false where there is none. */
  resume() {
    const cards = new Map(Deck.cards({ mode: "questions" }).map(card => [card.id, card]));
    try {
      const { asked, at, began } = JSON.parse(sessionStorage.getItem(Interview.KEY));
      const known = asked.map(({ id, ...kept }) => ({ card: cards.get(id), ...kept }));
      if (!known[at] || !known.every(({ card }) => card)) return false;
      this.#ask(known, at, began);
      return true;
    } catch {
      return false;
    }
  }

  /** Ask the question at a place of a list, since a time of before a reload, or from now on. */
  async #ask(asked, at, began) {
    tell(Session.LOADING);
    try {
      this.asked = await Promise.all(asked.map(async each => ({ ...each, ...await Deck.content(each.card) })));
      tell("");
    } catch (error) {
      tell(error.message);
      return;
    }
    this.at = at;
    this.#show(began);
  }

  /** Keep what a reload needs; what has ended is forgotten. */
  #keep() {
    const asked = this.asked.map(({ card, seconds, grade }) => ({ id: card.id, seconds, grade }));
    const { at, began } = this;
    try {
      if (at < asked.length) sessionStorage.setItem(Interview.KEY, JSON.stringify({ asked, at, began }));
      else sessionStorage.removeItem(Interview.KEY);
    } catch { /* a reload then ends the interview */ }
  }

  get #now() { return this.asked[this.at]; }

  #show(began = null) {
    const { question, block } = this.#now;
    this.shown = 0;
    this.began = began ?? Date.now();
    this.#keep();
    part("interview-about").textContent = `Question ${this.at + 1} of ${this.asked.length}`;
    part("interview-question").textContent = question.title;
    part("interview-source").innerHTML = Card.asksAbout(question) ? block.source : "";
    part("interview-follow-ups").replaceChildren();
    part("interview-back").hidden = true;
    part("interview-asking").hidden = false;
    showOnly("interview");
    this.#offer();
    this.#tick();
    clearInterval(this.timer);
    this.timer = setInterval(() => this.#tick(), 1000);
    part("interview-question").focus();
  }

  static time(seconds) {
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  #tick() {
    this.#now.seconds = Math.round((Date.now() - this.began) / 1000);
    part("interview-clock").textContent = Interview.time(this.#now.seconds);
  }

  get #followUps() { return this.#now.question.followUps.slice(0, Interview.FOLLOW_UPS); }

  #offer() {
    part("interview-more").hidden = this.shown >= this.#followUps.length;
    part("interview-more").textContent = this.shown ? "Next follow-up" : "I have answered: ask a follow-up";
  }

  #followUp() {
    const item = Card.element("li", "", this.#followUps[this.shown].question);
    item.tabIndex = -1;
    part("interview-follow-ups").append(item);
    this.shown += 1;
    this.#offer();
    item.focus();
  }

  #reveal() {
    this.#tick();
    clearInterval(this.timer);
    const { question, block } = this.#now;
    part("interview-answer").innerHTML = question.answer;
    if (Card.asksAbout(question)) part("interview-answer").prepend(Card.result(block));
    for (const { question: asked, answer } of this.#followUps) {
      part("interview-answer").append(Card.element("h4", "", asked));
      part("interview-answer").insertAdjacentHTML("beforeend", answer);
    }
    part("interview-page").href = question.url;
    part("interview-follow-ups").replaceChildren();
    Card.openable(part("interview-back"));
    part("interview-asking").hidden = true;
    part("interview-back").hidden = false;
    Card.reachable(part("interview-answer"));
    part("interview-verdict").focus();
  }

  #grade(grade) {
    const { card } = this.#now;
    this.#now.grade = grade;
    Schedule.grade(this.progress, card.id, grade, Date.now());
    this.at += 1;
    if (this.at < this.asked.length) this.#show();
    else this.#finish();
  }

  /** Say how it went, and what to read again. */
  #finish() {
    clearInterval(this.timer);
    this.at = this.asked.length;
    this.#keep();
    const done = this.asked.filter(({ grade }) => grade);
    const again = done.filter(({ grade }) => grade < 3);
    const total = done.reduce((sum, { seconds }) => sum + seconds, 0);
    const names = new Map(Interview.GRADES.map(([name, grade]) => [grade, name]));
    part("interview-tally").textContent = done.length
      ? `${done.length - again.length} of ${plural(done.length, "question")} answered well, in ${Interview.time(total)}.`
      : "No question was answered.";
    part("interview-result").replaceChildren(...done.map(({ question, grade, seconds }) => {
      const item = Card.element("li");
      const link = Object.assign(Card.element("a", "", question.title), { href: question.url });
      item.append(link, ` ${names.get(grade)}, ${Interview.time(seconds)}${grade < 3 ? ": read it again" : ""}`);
      return item;
    }));
    Card.openable(part("interview-result"));
    showOnly("interview-summary");
    part("interview-done").focus();
  }

  leave() {
    showOnly(null);
    this.onEnd();
  }
}
