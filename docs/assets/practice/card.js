"use strict";

/** How a card looks. `innerHTML` is only given what the build rendered from the site's own pages. */
const Card = {
  /** Show the front of a card; its back stays hidden. */
  front(card, { question, block, claim }) {
    const predict = Deck.modeOf(card.id) === "predict";
    part("about").textContent = [Deck.title(card.topic), card.level, ...(predict || claim ? [question.title] : question.tags)].join(" · ");
    part("question").textContent = claim ? "True or false?" : predict ? "What does this block print?" : question.title;
    part("source").innerHTML = predict || (Card.asksAbout(question) && !claim) ? block.source : "";
    if (claim) part("source").append(Card.element("blockquote", "", claim.claim));
    else if (question.kind === "exercise" && !predict) part("source").append(Card.toSolve(question));
    part("predict").hidden = !predict;
    part("typed").value = "";
    part("reveal").textContent = predict ? "Show the output" : "Show the answer";
    part("reveal").hidden = Boolean(claim);
    part("judge").hidden = !claim;
    part("back").hidden = true;
    part("answer").replaceChildren();
  },

  /** Whether a question is about its first block, which then stands on the front. */
  asksAbout: ({ kind }) => kind === "predict" || kind === "debug",

  /** Where an exercise is solved: its page has the task, its notebook the judge. */
  toSolve({ url, notebook }) {
    const line = Card.element("p", "", "Solve it first: ");
    const links = [["the task", url], ["the notebook with its judge", notebook]].map(([text, href]) =>
      Object.assign(Card.element("a", "", text), { href }));
    line.append(links[0], " · ", links[1]);
    Card.openable(line);
    return line;
  },

  /** Show the back; return the grade that the comparison suggests, 0 for none. */
  back(card, { question, block, claim }, typed) {
    const predict = Deck.modeOf(card.id) === "predict";
    const answer = part("answer");
    let suggested = 0;
    if (predict) {
      const verdict = Card.compare(typed, block.output);
      part("verdict").textContent = verdict.text;
      answer.replaceChildren(Card.result(block));
      if (verdict.parts) answer.append(Card.prediction(verdict.parts));
      if (Card.asksAbout(question) && block.id === question.example) answer.insertAdjacentHTML("beforeend", question.answer);
      suggested = verdict.exact ? 3 : 0;
    } else if (claim) {
      const right = typed === String(claim.holds);
      part("verdict").textContent = `${typed ? `${right ? "Right" : "Wrong"}: it` : "It"} is ${claim.holds}`;
      answer.innerHTML = claim.truth;
      suggested = typed ? (right ? 3 : 1) : 0;
    } else {
      part("verdict").textContent = "Short answer";
      answer.innerHTML = question.answer;
      if (Card.asksAbout(question)) {
        answer.prepend(Card.result(block));
      } else if (block) {
        const source = document.createElement("div");
        source.innerHTML = block.source;
        answer.append(...source.children, Card.result(block));
      }
    }
    const link = part("page");
    link.href = claim ? `${question.url}#${claim.anchor}` : question.url;
    link.textContent = predict ? `The page it stands on: ${question.title}` : claim ? `The evidence: ${question.title}` : "The whole answer";
    Card.openable(part("back"));
    part("predict").hidden = true;
    part("reveal").hidden = part("judge").hidden = true;
    part("back").hidden = false;
    Card.reachable(answer);
    return suggested;
  },

  /** Compare a prediction with the output, token by token, blanks aside: {text, exact, parts}, `parts` as `diff` has them, absent where there is nothing to show. */
  compare(typed, output) {
    const [mine, real] = [Card.tokens(typed), Card.tokens(output)];
    if (!mine.length) return { text: "The output", exact: false };
    const parts = Card.diff(mine, real);
    const right = parts.filter(([kind]) => kind === "same").length;
    if (right === parts.length) return { text: "Exactly the output: Good is suggested", exact: true };
    const text = right === real.length ? `The output and ${plural(mine.length - right, "token")} more` : `${right} of ${plural(real.length, "token")} right`;
    return { text, exact: false, parts };
  },

  /** The words, numbers and signs of a text, each with the blanks before it. */
  tokens: text => [...text.matchAll(/(\s*)([\w.]+|[^\w\s])/g)].map(([, blanks, token]) => ({ blanks, token })),

  /** What two lists of tokens have in common, in as many as can be: [kind, token] in order; kinds are same, extra (of the first alone) and missing. */
  diff(mine, real) {
    const common = Array.from({ length: mine.length + 1 }, () => new Array(real.length + 1).fill(0));
    const equal = (i, j) => mine[i]?.token === real[j]?.token;
    for (let i = mine.length - 1; i >= 0; i--) {
      for (let j = real.length - 1; j >= 0; j--) common[i][j] = equal(i, j) ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
    const parts = [];
    for (let i = 0, j = 0; i < mine.length || j < real.length;) {
      if (equal(i, j)) {
        parts.push(["same", real[j++]]);
        i += 1;
      } else if (j === real.length || (i < mine.length && common[i + 1][j] >= common[i][j + 1])) {
        parts.push(["extra", mine[i++]]);
      } else {
        parts.push(["missing", real[j++]]);
      }
    }
    return parts;
  },

  /** The output of a block as the pages show it. */
  result(block) {
    const result = Card.element("div", "result");
    result.append(Card.code(`language-${block.raises ? "pytb" : "text"} highlight`, [`${block.output}\n`]));
    return result;
  },

  prediction(parts) {
    const tags = { extra: "del", missing: "ins" };
    const shown = parts.flatMap(([kind, { blanks, token }]) => [blanks, tags[kind] ? Card.element(tags[kind], "", token) : token]);
    const code = Card.code("highlight practice-prediction", [...shown, "\n"]);
    code.firstChild.prepend(Card.element("span", "practice-caption", "Your prediction: struck out is what was not printed, underlined what was missing"));
    return code;
  },

  code(classes, parts) {
    const box = Card.element("div", classes);
    const pre = Card.element("pre");
    const code = Card.element("code");
    code.append(...parts);
    pre.append(code);
    box.append(pre);
    return box;
  },

  element(tag, classes = "", text = "") {
    const element = document.createElement(tag);
    if (classes) element.className = classes;
    if (text) element.textContent = text;
    return element;
  },

  /** Opened from a file, the site's folders have no index page of their own accord: name it in the links. */
  openable(root) {
    if (location.protocol !== "file:") return;
    for (const link of root.querySelectorAll("a[href]")) {
      const url = new URL(link.href);
      if (url.protocol === "file:" && url.pathname.endsWith("/")) {
        url.pathname += "index.html";
        link.href = url.href;
      }
    }
  },

  /** Code that is wider than the page is scrolled by keyboard too. */
  reachable(root) {
    for (const code of root.querySelectorAll("pre > code")) {
      if (code.scrollWidth > code.clientWidth) code.tabIndex = 0;
    }
  },

  /** Write the next interval on each of the four buttons. */
  grades(options, suggested) {
    for (const [index, button] of part("grades").querySelectorAll("button").entries()) {
      button.querySelector("span").textContent = options[index].interval;
      button.classList.toggle("practice-suggested", index + 1 === suggested);
    }
  },
};
