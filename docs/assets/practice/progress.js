"use strict";

/** A problem to be told to the reader in these words. */
class Refused extends Error {}

/**
 * What the reader has done: {cards, settings}, in local storage under one key, or in memory where that is not to be had.
 *
 * `cards` maps a card's id to its record: the fields of a ts-fsrs card and `first`, the time of its first review; times
 * are ISO strings. Records of cards that the site no longer has are kept.
 */
class Progress {
  static KEY = "pytorch-answered/practice/1";
  static FORMAT = "pytorch-answered practice progress";
  static VERSION = 1;
  static #DAY = 86_400_000;

  #memory = { cards: {}, settings: {} };
  /** Why nothing is kept; "" where it is. */
  trouble = "";
  /** Called when trouble begins. */
  onTrouble = () => {};

  constructor() {
    try {
      const probe = `${Progress.KEY}/probe`;
      localStorage.setItem(probe, "");
      localStorage.removeItem(probe);
    } catch {
      this.#lost("This browser does not let the site keep anything (local storage is blocked or full).");
      return;
    }
    this.read();
  }

  #lost(reason) {
    this.trouble = `${reason} You can practice, but your progress is lost when you close or reload this page. Export it if you want to keep it.`;
    this.onTrouble();
  }

  /** The present state, read anew: another tab may have written. */
  read() {
    if (this.trouble) return this.#memory;
    try {
      const text = localStorage.getItem(Progress.KEY);
      this.#memory = text === null ? { cards: {}, settings: {} } : Progress.#parsed(text);
    } catch (error) {
      this.#lost(`The progress stored in this browser cannot be read (${error.message}). It is left as it is until you reset it.`);
    }
    return this.#memory;
  }

  /** Read anew, let `change` alter the state, and write it. */
  update(change) {
    const state = this.read();
    change(state);
    if (this.trouble) return;
    try {
      localStorage.setItem(Progress.KEY, JSON.stringify(state));
    } catch {
      this.#lost("This browser no longer lets the site keep anything (local storage is blocked or full).");
    }
  }

  /** Forget all cards; settings stay. */
  reset() {
    const { settings } = this.read();
    this.#memory = { cards: {}, settings };
    try {
      localStorage.setItem(Progress.KEY, JSON.stringify(this.#memory));
      this.trouble = "";
    } catch { /* as before: this.trouble says so */ }
  }

  /** The text of a file that `merge` takes. */
  export(now) {
    const { cards } = this.read();
    return `${JSON.stringify({ format: Progress.FORMAT, version: Progress.VERSION, exported: new Date(now).toISOString(), cards }, null, 1)}\n`;
  }

  /**
   * Take in an exported file: of each card the newest review wins. Returns how many {added, updated, kept}.
   * Throws Refused, and changes nothing, where the file is not such a one.
   */
  merge(text, now) {
    const cards = Progress.#imported(text, now);
    const count = { added: 0, updated: 0, kept: 0 };
    this.update(state => {
      for (const [id, record] of Object.entries(cards)) {
        const mine = state.cards[id];
        const newer = mine && Date.parse(record.last_review) > Date.parse(mine.last_review);
        count[!mine ? "added" : newer ? "updated" : "kept"] += 1;
        if (!mine || newer) state.cards[id] = record;
      }
    });
    return count;
  }

  static #imported(text, now) {
    let data;
    try {
      data = JSON.parse(text);
    } catch {
      throw new Refused("it is not JSON");
    }
    if (data?.format !== Progress.FORMAT) throw new Refused("it was not exported from this page");
    if (data.version !== Progress.VERSION) throw new Refused(`it has version ${JSON.stringify(data.version)}; this page reads version ${Progress.VERSION}`);
    const cards = Progress.#records(data.cards);
    for (const [id, record] of Object.entries(cards)) {
      if (Date.parse(record.last_review) > now + Progress.#DAY) throw new Refused(`card ${id} was reviewed in the future (${record.last_review})`);
    }
    return cards;
  }

  static #parsed(text) {
    const { cards, settings } = JSON.parse(text);
    return { cards: Progress.#records(cards), settings: isObject(settings) ? settings : {} };
  }

  /** The records with the fields they have, and no others; throws Refused where one is wrong. */
  static #records(cards) {
    if (!isObject(cards)) throw new Refused("it has no cards");
    return Object.fromEntries(Object.entries(cards).map(([id, record]) => {
      if (!/^[a-z0-9-]+\/[a-z0-9-]+([#!][0-9a-f]{8})?$/.test(id)) throw new Refused(`${JSON.stringify(id.slice(0, 80))} is not the name of a card`);
      return [id, Progress.#record(id, record)];
    }));
  }

  static #record(id, record) {
    const time = value => typeof value === "string" && !Number.isNaN(Date.parse(value));
    const count = value => Number.isInteger(value) && value >= 0;
    const fields = {
      due: time, last_review: time, first: time,
      stability: value => Number.isFinite(value) && value > 0,
      difficulty: value => Number.isFinite(value) && value >= 1 && value <= 10,
      scheduled_days: count, learning_steps: count, reps: count, lapses: count,
      state: value => [1, 2, 3].includes(value),
    };
    const wrong = Object.keys(fields).find(name => !fields[name](record?.[name]));
    if (wrong) throw new Refused(`card ${id} has a wrong value for ${wrong}: ${JSON.stringify(record?.[wrong])?.slice(0, 40)}`);
    return Object.fromEntries(Object.keys(fields).map(name => [name, record[name]]));
  }
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
