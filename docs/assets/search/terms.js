/* The terms of a text: what of its words is indexed and searched. */
"use strict";

globalThis.SearchTerms = (() => {
  const STEM = 0.4; // of the weight of a term, for its stem

  const STOP = new Set((
    "a actually also am an and any are as at be been being between both but by can cannot could did do does dont each ever every exactly few for " +
    "from get getting got had has have he her his how i if im in into is isnt it its just let like many may me might more most much must my not " +
    "now of on only onto or other ought our please really shall she should so some such than that the their them then there these they this those " +
    "through to too us use used uses using versus very via vs was we were what whats when where whether which while who whose why will with " +
    "without would yet you your"
  ).split(" "));

  /* Words that are in every question or in none of the answers. */
  const WEAK = new Map([["pytorch", 0.1], ["torch", 0.2], ["nn", 0.4], ["f", 0.3], ["difference", 0.5], ["python", 0.5]]);
  for (const word of ["error", "runtimeerror", "valueerror", "typeerror"]) WEAK.set(word, 0.3);
  for (const word of ("beginner best code equivalent example explain explanation good help introduction key list main make mean meaning need purpose role simple " +
    "simply step tutorial type way work").split(" ")) WEAK.set(word, 0.4);

  const WORD = /[\p{L}\p{N}_]+(?:[._'’-][\p{L}\p{N}_]+)*/gu;
  /* Between the words of CrossEntropyLoss, MSELoss and Conv2d; there is none in ReLU and GPUs. */
  const HUMP = /(?<=[a-z0-9])(?=[A-Z][a-z]{2})|(?<=[A-Z])(?=[A-Z][a-z]{2})|(?<=[a-z]{2})(?=\d)/;

  const words = (text) => text.match(WORD) || [];

  /* One form for singular and plural, and for British and American spelling. */
  const FORMS = [
    [/ies$/, "y"], [/([^su])s$/, "$1"],
    [/^practis/, "practic"], [/^licenc/, "licens"], [/^grey/, "gray"], [/tre$/, "ter"],
    [/is(e|ed|er|ing|ation)$/, "iz$1"], [/lys(e|ed|er|ing)$/, "lyz$1"],
    [/our(|ed|ing|al|able)$/, "or$1"], [/ll(ed|ing|er)$/, "l$1"],
  ];
  const normal = (word) =>
    word.length < 4 || /\d/.test(word) ? word : FORMS.reduce((form, [british, american]) => form.replace(british, american), word);

  /* "~accumul" of accumulate, accumulated, accumulation, accumulator; nothing of what has no ending. */
  const ENDING = /^(.{3,}?)(ation(al|s)?|at(e|ed|ing|or)|ion(al|s)?|ings?|ed|ers?|ors?|al|ive|ly|e)$/;
  const stem = (term) => {
    const match = term.length > 4 && !/\d/.test(term) && term.match(ENDING);
    return match ? `~${match[1].replace(/([^ls])\1$/, "$1")}` : "";
  };

  /* Of torch.nn.CrossEntropyLoss: the whole, nn.crossentropyloss, nn, crossentropyloss, cross, entropy, loss; of from_numpy: from_numpy,
     fromnumpy, numpy; of mini-batch: minibatch, mini, batch. */
  const termsOf = (word) => {
    const found = new Set();
    const whole = word.replace(/['’]s$|['’]/g, "");
    const names = whole.split(".");
    if (names.length > 1) found.add(whole.toLowerCase()).add(names.slice(-2).join(".").toLowerCase());
    for (const name of names) {
      const parts = name.split(/[_-]+/).filter(Boolean);
      if (name.includes("_")) found.add(name.toLowerCase());
      if (parts.length > 1) found.add(parts.join("").toLowerCase());
      for (const part of parts) {
        const humps = part.split(HUMP);
        if (humps.length > 1) found.add(part.toLowerCase());
        for (const hump of humps) found.add(normal(hump.toLowerCase()));
      }
    }
    const kept = [...found].filter((term) => !STOP.has(term));
    return [...kept, ...kept.filter((term) => !/[._]/.test(term)).map(stem).filter(Boolean)];
  };
  const known = new Map();
  const terms = (text) => words(text).flatMap((word) => {
    if (!known.has(word)) known.set(word, termsOf(word));
    return known.get(word);
  });

  const isStem = (term) => term.startsWith("~");

  /* How much a term says by itself, from 0 to 1. */
  const strength = (term) => WEAK.get(term) || (isStem(term) ? STEM : 1);

  /* One or two words in the form in which synonyms are compared. */
  const phrase = (text) => words(text).map((word) => normal(word.toLowerCase())).join(" ");

  return {WORD, words, terms, normal, phrase, isStem, strength};
})();
