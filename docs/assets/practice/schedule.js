"use strict";

/** When cards come back. The intervals are those of ts-fsrs with its default parameters and without its random fuzz. */
const Schedule = {
  GRADES: ["Again", "Hard", "Good", "Easy"],
  /** A practice day begins at four in the morning, so that a late evening counts as one day. */
  DAY_BEGINS: 4,
  /** Where nothing else is left, a card that is being learned is asked this much early rather than ending the session. */
  AHEAD: 20 * 60_000,
  LEARNED: 2, // ts-fsrs' State.Review

  startOfDay(time) {
    const start = new Date(time);
    if (start.getHours() < Schedule.DAY_BEGINS) start.setDate(start.getDate() - 1);
    return start.setHours(Schedule.DAY_BEGINS, 0, 0, 0);
  },

  /** When a card may be asked again: to the minute while it is learned, from the start of its day once its interval is in days. */
  dueAt(record) {
    const due = Date.parse(record.due);
    return record.state === Schedule.LEARNED ? Schedule.startOfDay(due) : due;
  },

  /** What each grade would make of a card: [{name, record, interval}], `interval` in words; `record` is undefined for a new card. */
  options(record, now) {
    // A clock that was set back must not let a card be reviewed before its last review.
    const time = new Date(Math.max(now, record ? Date.parse(record.last_review) : 0));
    const outcomes = FSRS.fsrs({ enable_fuzz: false }).repeat(record ?? FSRS.createEmptyCard(time), time);
    return Schedule.GRADES.map((name, index) => {
      const { elapsed_days, ...card } = outcomes[index + 1].card; // ts-fsrs computes it anew, and drops it in its next version
      const next = JSON.parse(JSON.stringify({ ...card, first: record?.first ?? time }));
      return { name, record: next, interval: Schedule.words(card.due - time) };
    });
  },

  /** Keep a grade, 1 to 4, of the card `id`: {before, name, record, interval}, `before` its record until then. */
  grade(progress, id, grade, now) {
    let graded;
    progress.update(({ cards }) => {
      graded = { before: cards[id], ...Schedule.options(cards[id], now)[grade - 1] };
      cards[id] = graded.record;
    });
    return graded;
  },

  /** A length of time in milliseconds, in words. */
  words(length) {
    const units = [["minute", 60_000], ["hour", 3_600_000], ["day", 86_400_000], ["month", 30.44 * 86_400_000], ["year", 365.25 * 86_400_000]];
    const [unit, size] = units.findLast(([, size]) => length >= size) ?? units[0];
    const digits = unit === "month" || unit === "year" ? 1 : 0;
    const number = Math.max(1, Number((length / size).toFixed(digits)));
    return new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "short" }).format(number);
  },

  /** A time to come, in words. */
  when(time, now) {
    const days = Math.round((Schedule.startOfDay(time) - Schedule.startOfDay(now)) / 86_400_000);
    if (days <= 0) return `at ${new Date(time).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
    const day = new Date(time).toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" });
    return `${new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(days, "day")} (${day})`;
  },

  /**
   * Where the reader stands with some cards: lists {due, fresh, learning, learned}, of which `due` is in the order of
   * asking and `fresh` are the cards never seen; `next` is when the next one comes due, undefined where none will.
   */
  standing(cards, records, now) {
    const seen = cards.filter(({ id }) => records[id]);
    const dueAt = ({ id }) => Schedule.dueAt(records[id]);
    const later = seen.filter(card => dueAt(card) > now).map(dueAt);
    return {
      due: seen.filter(card => dueAt(card) <= now).sort((a, b) => dueAt(a) - dueAt(b)),
      fresh: cards.filter(({ id }) => !records[id]),
      learning: seen.filter(({ id }) => records[id].state !== Schedule.LEARNED).sort((a, b) => dueAt(a) - dueAt(b)),
      learned: seen.filter(({ id }) => records[id].state === Schedule.LEARNED),
      next: later.length ? Math.min(...later) : undefined,
    };
  },

  /** How many cards of a mode were seen for the first time today. */
  introduced(mode, records, now) {
    const today = Schedule.startOfDay(now);
    const same = mode === "exercises" ? "questions" : mode;
    return Object.entries(records)
      .filter(([id, { first }]) => Deck.modeOf(id) === same && Schedule.startOfDay(Date.parse(first)) === today).length;
  },

  /** The card to ask now: what is due, then what is new while `allowed` lasts, then what is nearly due; undefined where there is none. */
  next({ due, fresh, learning }, records, allowed, now) {
    const soon = learning.find(({ id }) => Schedule.dueAt(records[id]) <= now + Schedule.AHEAD);
    return due[0] ?? (allowed > 0 ? fresh[0] : undefined) ?? soon;
  },
};
