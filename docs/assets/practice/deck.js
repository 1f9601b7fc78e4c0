"use strict";

/**
 * The cards: one for every question, one for every block whose output can be predicted, one for every claim, refuted or true.
 *
 * practice/index.js, written by the build, says which there are and calls `setIndex`; what stands on them comes from one
 * script a topic, which calls `setTopic` and is loaded when its first card is due. They are scripts, not JSON, because a
 * page opened from a file may not fetch.
 *
 * A card is {id, topic, level}; its id is "topic/slug" for a question, "topic/slug#hash" for a block and "topic/slug!hash"
 * for a claim.
 */
const Deck = {
  /** Set from the page: where the scripts lie. */
  folder: "",
  levels: [],
  topics: [],
  /** The ids of all questions, those asked most first, and {id, title, questions} of each path. */
  order: [],
  paths: [],
  loaded: new Map(),
  loading: new Map(),

  setIndex({ levels, topics, order, paths }) {
    Object.assign(Deck, { levels, topics, order, paths });
  },

  setTopic(id, questions) {
    Deck.loaded.set(id, new Map(questions.map(question => [question.id, question])));
  },

  /** The mode in which a card is asked; exercises are questions. */
  modeOf: id => id.includes("#") ? "predict" : id.includes("!") ? "claims" : "questions",

  /**
   * The cards of a selection, in the order in which new ones are asked: that of the path, or by importance; of blocks,
   * the first of each question before all second ones. Topics, levels and questions may be null, for all, and so may the path
   * and `only`, a list of cards' ids.
   */
  cards({ mode, topics, levels, questions, path, only }) {
    const order = Deck.paths.find(({ id }) => id === path)?.questions ?? Deck.order;
    const rank = new Map(order.map((id, index) => [id, index]));
    const cards = Deck.topics
      .filter(topic => !topics || topics.includes(topic.id))
      .flatMap(topic => topic.questions
        .filter(question => rank.has(question.id) && (!questions || questions.includes(question.id)))
        .filter(question => !levels || levels.includes(question.level))
        .filter(question => mode !== "exercises" || question.kind === "exercise")
        .flatMap(question => Deck.idsOf(question, mode)
          .map((id, turn) => ({ id, topic: topic.id, level: question.level, turn, rank: rank.get(question.id) }))));
    return cards.filter(({ id }) => !only || only.includes(id)).sort((a, b) => a.turn - b.turn || a.rank - b.rank).map(({ id, topic, level }) => ({ id, topic, level }));
  },

  idsOf({ id, blocks, claims }, mode) {
    if (mode === "predict") return blocks.map(hash => `${id}#${hash}`);
    if (mode === "claims") return claims.map(hash => `${id}!${hash}`);
    return [id];
  },

  title: topic => Deck.topics.find(({ id }) => id === topic).title,

  /** What stands on a card: {question, block, claim}; null where the page and its index are not of one build. Rejects where nothing can be loaded. */
  async content({ id, topic }) {
    if (!Deck.loaded.has(topic)) await Deck.load(topic);
    const [name, hash] = id.split(/[#!]/);
    const question = Deck.loaded.get(topic)?.get(name);
    const block = question?.blocks.find(block => block.id === (hash ?? question.example));
    const claim = question?.claims.find(claim => claim.id === hash);
    return question && (!hash || block || claim) ? { question, block, claim } : null;
  },

  /** Load a topic's script, once however often it is asked for meanwhile. */
  load(topic) {
    const loading = Deck.loading.get(topic) ?? new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${Deck.folder}/${topic}.js`;
      script.onload = resolve;
      script.onerror = () => {
        script.remove();
        reject(new Error(`The questions of “${Deck.title(topic)}” could not be loaded. Check the connection and try again.`));
      };
      document.head.append(script);
    }).finally(() => Deck.loading.delete(topic));
    Deck.loading.set(topic, loading);
    return loading;
  },
};
