/* The search engine: terms of a text, ranked pages for a query, and of each page the line that matches best.
   It knows nothing of the page it runs in. Its numbers were chosen by tests/test_search.py on half of its queries. */
"use strict";

globalThis.SearchEngine = (() => {
  const BOOST = {title: 5, asked: 5, description: 4, headings: 2.5, names: 2, body: 1.5};
  const WORDING = 5; // how much it counts that one line says nearly what the query says
  const LINE = {title: 1, asked: 1, description: 0.8, headings: 0.8, body: 0.6}; // and which line
  const STEM = 0.4; // of the weight of a term, for its stem
  const INEXACT = 0.6; // of the weight of a term that was mended or completed
  const OTHER = 0.5; // of the score of a question, for pages that are none
  const SYNONYM = 0.5; // of the weight of a term, for one of its synonyms
  const FORGIVING = 20; // terms; a longer query is pasted and has no typos

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
  for (const word of ("beginner best code example explain explanation good help introduction key list main make mean meaning need purpose role simple " +
    "simply step tutorial type way work").split(" ")) WEAK.set(word, 0.4);

  const WORD = /[\p{L}\p{N}_]+(?:[._'’-][\p{L}\p{N}_]+)*/gu;
  /* Between the words of CrossEntropyLoss, MSELoss and Conv2d; there is none in ReLU and GPUs. */
  const HUMP = /(?<=[a-z0-9])(?=[A-Z][a-z]{2})|(?<=[A-Z])(?=[A-Z][a-z]{2})|(?<=[a-z]{2})(?=\d)/;

  const words = (text) => text.match(WORD) || [];

  /* One form for singular and plural, British and American spelling. */
  const normal = (word) =>
    word.length < 4 || /\d/.test(word) ? word
      : word.replace(/is(e|ed|es|er|ers|ing|ation|ations)$/, "iz$1").replace(/our$/, "or").replace(/ies$/, "y").replace(/([^su])s$/, "$1");

  /* "~accumul" of accumulate, accumulated, accumulation, accumulator; nothing of what has no ending. */
  const ENDING = /^(.{3,}?)(ation(al|s)?|at(e|ed|ing|or)|ion(al|s)?|ings?|ed|ers?|ors?|al|ive|ly|e)$/;
  const stem = (term) => {
    const match = term.length > 4 && !/\d/.test(term) && term.match(ENDING);
    return match ? `~${match[1].replace(/([^ls])\1$/, "$1")}` : "";
  };
  const isStem = (term) => term.startsWith("~");

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

  /* The lines of a page that are searched, each with its field and the section it stands in. */
  const linesOf = (page) => {
    const line = (field, text, anchor = "") => ({field, text, anchor, terms: terms(text)});
    return [
      line("title", page.title),
      line("description", page.description),
      ...(page.asked || []).map((text) => line("asked", text)),
      ...(page.sections || []).flatMap(([anchor, heading, texts]) => [line("headings", heading, anchor), ...texts.map((text) => line("body", text, anchor))]),
      line("names", page.names || ""),
      line("rest", page.rest || ""),
    ];
  };

  const general = (term) => WEAK.get(term) || (isStem(term) ? STEM : 1);

  /* The terms of one or two words, without stems, as one string. */
  const key = (text) => words(text).map((word) => normal(word.toLowerCase())).join(" ");

  const byScore = (a, b) => b.score - a.score;

  class Engine {
    pages = new Map();
    lines = new Map();
    synonyms = new Map();
    frequency = new Map(); // of a term: on how many pages it stands

    constructor(synonyms) {
      for (const group of synonyms) {
        for (const words of group) this.synonyms.set(key(words), group.filter((other) => other !== words).flatMap(terms));
      }
      this.index = new MiniSearch({
        idField: "url",
        fields: Object.keys(BOOST),
        extractField: (page, field) => field === "url" ? page.url : this.termsOfField(page, field),
        stringifyField: (field) => field,
        tokenize: (field) => field,
        processTerm: (term) => term,
      });
    }

    termsOfField(page, field) {
      const lines = this.lines.get(page.url).filter((line) => line.field === field || (line.field === "rest" && field === "body"));
      return [...new Set(lines.flatMap((line) => line.terms))];
    }

    add(page) {
      this.pages.set(page.url, page);
      this.lines.set(page.url, linesOf(page));
      for (const term of new Set(this.lines.get(page.url).flatMap((line) => line.terms))) this.frequency.set(term, (this.frequency.get(term) || 0) + 1);
      this.index.add(page);
    }

    has(term) {
      return this.frequency.has(term);
    }

    weight(term) {
      return general(term) * Math.log(1 + this.pages.size / (this.frequency.get(term) || 0.5));
    }

    /* The terms of a query: also of words written apart that the pages write together ("data loader", "zero grad"), and
       without letters swapped ("minst"), which count as two mistakes elsewhere. */
    understand(query) {
      const lower = words(query).map((word) => word.toLowerCase());
      const pairs = lower.slice(1).map((word, i) => normal(lower[i] + word));
      const triples = lower.slice(2).map((word, i) => normal(lower[i] + lower[i + 1] + word));
      const joined = [...pairs, ...triples].filter((term) => this.has(term));
      return [...new Set([...terms(query), ...joined])].map((term) => (term.length < 4 || isStem(term) || this.has(term) ? term : this.unswapped(term)));
    }

    /* What else the words of a query may be called. */
    synonymsOf(query, asked) {
      const single = words(query);
      const pairs = single.slice(1).map((word, i) => `${single[i]} ${word}`);
      const others = [...single, ...pairs].flatMap((words) => this.synonyms.get(key(words)) || []);
      return [...new Set(others)].filter((term) => this.has(term) && !asked.includes(term));
    }

    unswapped(term) {
      for (let i = 0; i + 1 < term.length; i++) {
        const other = normal(term.slice(0, i) + term[i + 1] + term[i] + term.slice(i + 2));
        if (this.has(other)) return other;
      }
      return term;
    }

    /* The best pages for a query: url, title, topic, level and the line that matches, texts as lists of [text, whether it matched]. */
    search(query, limit) {
      const asked = this.understand(query);
      const last = terms(query).findLast((term) => !isStem(term));
      const synonyms = this.synonymsOf(query, asked);
      const found = this.index.search(query, {
        tokenize: () => [...asked, ...synonyms],
        boost: BOOST,
        boostTerm: (term) => general(term) * (synonyms.includes(term) ? SYNONYM : 1),
        boostDocument: (url) => (this.pages.get(url).level ? 1 : OTHER),
        prefix: (term) => term === last && !this.has(term),
        fuzzy: (term) => asked.length <= FORGIVING && term.length >= 4 && !isStem(term) && !this.has(term) && 0.25,
      });
      const total = asked.reduce((sum, term) => sum + this.weight(term), 0);
      const results = found.map((result) => ({...result, score: result.score / result.queryTerms.length * this.own(result.queryTerms, synonyms)}));
      const best = results.sort(byScore).slice(0, 3 * limit).map(({id, score, match}) => {
        const matched = new Map(Object.keys(match).map((term) => [term, asked.includes(term) ? 1 : synonyms.includes(term) ? SYNONYM : INEXACT]));
        const line = Math.max(...this.lines.get(id).map((line) => (LINE[line.field] || 0) * this.overlap(line, matched, total)));
        return {id, matched, score: score * (1 + WORDING * line)};
      });
      return best.sort(byScore).slice(0, limit).map(({id, matched}) => this.shown(id, matched, total));
    }

    /* How many terms of the query a page has: MiniSearch has multiplied by all that matched, stems and synonyms too. */
    own(matched, synonyms) {
      return matched.filter((term) => !isStem(term) && !synonyms.includes(term)).length || 1;
    }

    /* From 0 to 1: what a line and the query have in common, of what both have, by weight. */
    overlap(line, matched, total) {
      let own = 0, common = 0;
      for (const term of new Set(line.terms)) {
        own += this.weight(term);
        common += (matched.get(term) || 0) * this.weight(term);
      }
      return 2 * common / (own + total || 1);
    }

    shown(id, matched, total) {
      const page = this.pages.get(id);
      const rank = (line) => this.common(line, matched) + 0.1 * this.overlap(line, matched, total) + (line.field === "description" ? 0.2 : 0);
      const [line] = this.lines.get(id).filter(({field, text}) => text && LINE[field] && field !== "title").sort((a, b) => rank(b) - rank(a));
      const anchor = line && line.anchor !== "short-answer" ? line.anchor : "";
      return {
        url: page.url + (anchor && `#${anchor}`), topic: page.topic, level: page.level,
        title: marked(page.title, matched), line: line ? marked(line.text, matched) : [],
      };
    }

    common(line, matched) {
      return [...new Set(line.terms)].reduce((sum, term) => sum + (matched.get(term) || 0) * this.weight(term), 0);
    }
  }

  const marked = (text, matched) => {
    const parts = [];
    let end = 0;
    for (const word of text.matchAll(WORD)) {
      if (!termsOf(word[0]).some((term) => matched.has(term) && general(term) > 0.2)) continue;
      parts.push([text.slice(end, word.index), false], [word[0], true]);
      end = word.index + word[0].length;
    }
    return [...parts, [text.slice(end), false]].filter(([part]) => part);
  };

  /* Index the pages, a few at a time, so that the browser can answer in between. */
  const build = async ({pages, synonyms}) => {
    const engine = new Engine(synonyms);
    for (const [number, page] of pages.entries()) {
      engine.add(page);
      if (number % 8 === 7) await new Promise((resume) => setTimeout(resume));
    }
    return engine;
  };

  return {build};
})();
