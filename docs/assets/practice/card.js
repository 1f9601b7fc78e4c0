"use strict";

/** How a card looks. `innerHTML` is only given what the build rendered from the site's own pages. */
const Card = {
  /** Show the front of a card; its back stays hidden. */
  front(card, { question, block }) {
    const predict = Deck.isBlock(card.id);
    part("about").textContent = [Deck.title(card.topic), card.level, ...(predict ? [question.title] : question.tags)].join(" · ");
    part("question").textContent = predict ? "What does this block print?" : question.title;
    part("source").innerHTML = predict || Card.asksAbout(question) ? block.source : "";
    if (question.kind === "exercise") part("source").append(Card.toSolve(question));
    part("predict").hidden = !predict;
    part("typed").value = "";
    part("reveal").textContent = predict ? "Show the output" : "Show the answer";
    part("reveal").hidden = false;
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
  back(card, { question, block }, typed) {
    const predict = Deck.isBlock(card.id);
    const answer = part("answer");
    let suggested = 0;
    if (predict) {
      const verdict = Card.compare(typed, block.output);
      part("verdict").textContent = verdict.text;
      answer.replaceChildren(Card.result(block));
      if (verdict.lines) answer.append(Card.prediction(verdict.lines));
      if (Card.asksAbout(question) && block.id === question.example) answer.insertAdjacentHTML("beforeend", question.answer);
      suggested = verdict.exact ? 3 : 0;
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
    link.href = question.url;
    link.textContent = predict ? `The page it stands on: ${question.title}` : "The whole answer";
    Card.openable(part("back"));
    part("predict").hidden = true;
    part("reveal").hidden = true;
    part("back").hidden = false;
    Card.reachable(answer);
    return suggested;
  },

  /**
   * Compare a prediction with the output, blanks at the ends of lines and blank lines around aside:
   * {text, exact, lines}, of which `lines` are the predicted ones as [line, right], absent where there is nothing to show.
   */
  compare(typed, output) {
    const lines = text => text.replace(/[^\S\n]+$/gm, "").replace(/^\n+|\n+$/g, "").split("\n");
    const [mine, real] = [lines(typed), lines(output)];
    if (!typed.trim()) return { text: "The output", exact: false };
    if (mine.join("\n") === real.join("\n")) return { text: "Exactly the output: Good is suggested", exact: true };
    const right = mine.filter((line, index) => line === real[index]).length;
    const bare = text => text.replace(/\s+/g, "");
    const text = bare(typed) === bare(output) ? "The output but for blanks" : `Not the output: ${right} of ${real.length} ${real.length === 1 ? "line" : "lines"} right`;
    return { text, exact: false, lines: mine.map((line, index) => [line, line === real[index]]) };
  },

  /** The output of a block as the pages show it. */
  result(block) {
    const result = Card.element("div", "result");
    result.append(Card.code(`language-${block.raises ? "pytb" : "text"} highlight`, [`${block.output}\n`]));
    return result;
  },

  prediction(lines) {
    const parts = lines.flatMap(([line, right]) => [right ? line : Card.element("mark", "", line), "\n"]);
    const code = Card.code("highlight practice-prediction", parts);
    code.firstChild.prepend(Card.element("span", "practice-caption", "Your prediction, what differs marked"));
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
