/* The search engine: the best pages for a query, and of each the line that matches best. It knows nothing of the page it runs in.
   Its numbers were chosen on the queries called tuning in tests/search_queries.yml. */
"use strict";

globalThis.SearchEngine = (() => {
  const BOOST = {title: 5, asked: 5, description: 4, headings: 2.5, names: 2, body: 1.5};
  const WORDING = 8; // how much it counts that one line says nearly what the query says
  const LINE = {title: 1, asked: 1, description: 0.8, headings: 0.8, body: 0.6}; // and which line
  const INEXACT = 0.9; // of the weight of a term that was corrected or completed
  const ERROR = 0.8; // of the score of a question, for an error message: it is short, and a word counts much there
  const PASTED = 1.2; // the same, for a query that is a pasted message
  const MESSAGE = /\w(Error|Exception|Warning): /;
  const OTHER = 0.5; // and for pages that are neither
  const SYNONYM = 0.5; // of the weight of a term, for one of its synonyms
  const FORGIVING = 20; // terms; a longer query is pasted and has no typos

  const SLICE = 30; // milliseconds
  const LONGEST = 400; // characters; what is pasted says at its end what went wrong

  const {WORD, words, terms, normal, phrase, isStem, strength} = globalThis.SearchTerms;

  /* The lines of a page that are searched, each with its field and the section it stands in. */
  const linesOf = (page) => {
    const line = (field, text, anchor = "") => ({field, text, anchor, terms: [...new Set(terms(text))]});
    return [
      line("title", page.title),
      line("description", page.description),
      ...(page.asked || []).map(([text, anchor]) => line("asked", text, anchor)),
      ...(page.sections || []).flatMap(([anchor, heading, texts]) => [line("headings", heading, anchor), ...texts.map((text) => line("body", text, anchor))]),
      line("names", page.names || ""),
      line("rest", page.rest || ""),
    ];
  };

  const byScore = (a, b) => b.score - a.score;

  class Engine {
    pages = new Map();
    lines = new Map();
    synonyms = new Map();
    frequency = new Map(); // of a term: on how many pages it stands

    constructor(synonyms) {
      for (const group of synonyms) {
        for (const words of group) this.synonyms.set(phrase(words), group.filter((other) => other !== words).flatMap(terms));
      }
      this.index = new MiniSearch({
        idField: "url",
        fields: Object.keys(BOOST),
        extractField: (page, field) => field === "url" ? page.url : [...this.fields[field] ?? []],
        stringifyField: (field) => field,
        tokenize: (field) => field,
        processTerm: (term) => term,
      });
    }

    add(page) {
      const lines = linesOf(page);
      const all = new Set();
      this.fields = {}; // the terms of each field of this page
      for (const {field, terms} of lines) {
        const into = this.fields[field === "rest" ? "body" : field] ??= new Set();
        for (const term of terms) {
          into.add(term);
          all.add(term);
        }
      }
      for (const term of all) this.frequency.set(term, (this.frequency.get(term) || 0) + 1);
      this.pages.set(page.url, page);
      this.lines.set(page.url, lines);
      this.index.add(page);
    }

    share({level, topic}, pasted) {
      return level ? 1 : topic ? (pasted ? PASTED : ERROR) : OTHER;
    }

    has(term) {
      return this.frequency.has(term);
    }

    weight(term) {
      return strength(term) * Math.log(1 + this.pages.size / (this.frequency.get(term) || 0.5));
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
      const others = [...single, ...pairs].flatMap((words) => this.synonyms.get(phrase(words)) || []);
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
    search(text, limit) {
      const query = text.slice(-LONGEST);
      const asked = this.understand(query);
      const last = terms(query).findLast((term) => !isStem(term));
      const synonyms = this.synonymsOf(query, asked);
      const pasted = MESSAGE.test(query);
      const found = this.index.search(query, {
        tokenize: () => [...asked, ...synonyms],
        boost: BOOST,
        weights: {fuzzy: 0.7, prefix: 0.375},
        boostTerm: (term) => strength(term) * (synonyms.includes(term) ? SYNONYM : 1),
        boostDocument: (url) => this.share(this.pages.get(url), pasted),
        prefix: (term) => term === last && !this.has(term),
        fuzzy: (term) => asked.length <= FORGIVING && term.length >= 4 && !isStem(term) && !this.has(term) && (term.length < 7 ? 1 : 2),
      });
      const total = asked.reduce((sum, term) => sum + this.weight(term), 0);
      const results = found.map((result) => ({...result, score: result.score / result.queryTerms.length * this.own(result.queryTerms, synonyms)}));
      const best = results.sort(byScore).slice(0, 3 * limit).map(({id, score, match}) => {
        const matched = new Map(Object.keys(match).map((term) => [term, asked.includes(term) ? 1 : synonyms.includes(term) ? SYNONYM : INEXACT]));
        const line = Math.max(...this.lines.get(id).map((line) => (LINE[line.field] || 0) * this.overlap(line, matched, total)));
        return {id, matched, score: score * (1 + WORDING * line * line)};
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
      for (const term of line.terms) {
        own += this.weight(term);
        common += (matched.get(term) || 0) * this.weight(term);
      }
      return 2 * common / (own + total || 1);
    }

    shown(id, matched, total) {
      const page = this.pages.get(id);
      /* A line that says what the query says, and nothing else, is what was looked for. */
      const near = (overlap) => (overlap > 0.99 ? 1 : 0.1 * overlap);
      const rank = (line) => this.common(line, matched) + near(this.overlap(line, matched, total)) + (line.field === "description" ? 0.2 : 0);
      const [best] = this.lines.get(id).filter(({field, text}) => text && LINE[field] && field !== "title").sort((a, b) => rank(b) - rank(a));
      const line = best && this.common(best, matched) ? best : this.ofCode(id, matched) || best;
      const anchor = line && line.anchor !== "short-answer" ? line.anchor : "";
      return {
        url: page.url + (anchor && `#${anchor}`), topic: page.topic, level: page.level,
        title: marked(page.title, matched), line: line ? marked(line.text, matched) : [],
      };
    }

    /* The names in a page's code that match, as a line; undefined where there are none. */
    ofCode(id, matched) {
      const names = (this.pages.get(id).names || "").split(" ").filter((name) => terms(name).some((term) => says(term, matched)));
      return names.length ? {text: `In its code: ${names.join(", ")}`, anchor: ""} : undefined;
    }

    common(line, matched) {
      return line.terms.reduce((sum, term) => sum + (matched.get(term) || 0) * this.weight(term), 0);
    }
  }

  /* Whether a term matched and says enough to be marked: not "torch". */
  const says = (term, matched) => matched.has(term) && strength(term) > 0.2;

  const marked = (text, matched) => {
    const parts = [];
    let end = 0;
    for (const {0: word, index} of text.matchAll(WORD)) {
      if (!terms(word).some((term) => says(term, matched))) continue;
      parts.push([text.slice(end, index), false], [word, true]);
      end = index + word.length;
    }
    return [...parts, [text.slice(end), false]].filter(([part]) => part);
  };

  /* Index the pages, with their details where there are some; after every SLICE let the browser answer. */
  const build = async ({pages, synonyms}, details = []) => {
    const engine = new Engine(synonyms);
    let since = performance.now();
    for (const [i, page] of pages.entries()) {
      engine.add(details[i] ? {...page, rest: "", ...details[i]} : page);
      if (performance.now() - since < SLICE) continue;
      await new Promise((resume) => setTimeout(resume));
      since = performance.now();
    }
    return engine;
  };

  return {build};
})();
