"use strict";

/** Puts the page together: choice, session, keys, export and import. */
(() => {
  const root = document.getElementById("practice");
  // Where a script has not been loaded, the name that it gives is unknown and this ends here: what the shell says then stays.
  void [FSRS, Deck, Progress, Schedule, Choice, Card, Session, Interview];
  if (!Deck.topics.length) throw new Error("practice/index.js is not there");
  Deck.folder = root.dataset.folder;

  const progress = new Progress();
  const choice = new Choice(progress);
  function chooseAgain() {
    choice.show();
    part("choice").querySelector("[type=submit]").focus();
  }
  const session = new Session(progress, chooseAgain);
  const interview = new Interview(progress, chooseAgain);

  function start(selection) {
    if (selection.mode === "interview") interview.start(selection, selection.number);
    else session.start(selection);
  }

  function warn() {
    part("trouble").hidden = !progress.trouble;
    part("trouble").textContent = progress.trouble;
  }

  function refresh() {
    choice.show();
    session.refresh();
  }

  /** Pick what the address asks for. */
  function follow() {
    const unknown = choice.fill();
    tell(unknown.length ? `The address asks for what is not here: ${unknown.join(", ")}.` : "");
  }

  /** Who comes for one question, or for a path, need not choose any more. */
  function begin() {
    if (choice.settled && !choice.fault) start(choice.selection);
  }

  part("choice").addEventListener("submit", event => {
    event.preventDefault();
    tell(choice.fault);
    if (!choice.fault) start(choice.selection);
  });
  addEventListener("hashchange", () => {
    if (!Choice.asked) return;
    if (session.state) session.leave();
    follow();
    begin();
  });
  addEventListener("storage", event => {
    if (event.key === null || event.key === Progress.KEY) refresh();
  });
  document.addEventListener("visibilitychange", refresh);

  // Keys. The site's own are / s (search), and the theme's n . and p , (next and previous page), which would leave a session.
  const useKeys = part("use-keys");
  useKeys.checked = progress.read().settings.keys !== false;
  useKeys.addEventListener("change", () => progress.update(state => { state.settings.keys = useKeys.checked; }));
  document.addEventListener("keydown", event => {
    const { key, target } = event;
    if (session.state?.card && "n.p,".includes(key)) event.stopPropagation();
    if (event.isComposing || event.repeat) return;
    if (target === part("typed")) {
      if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        session.reveal();
      }
      return;
    }
    const elsewhere = target !== document.body && !root.contains(target);
    if (!useKeys.checked || elsewhere || event.ctrlKey || event.metaKey || event.altKey || target.matches("input[type=number]")) return;
    if (key === "?") {
      part("keys").open = !part("keys").open;
      if (part("keys").open) part("keys").querySelector("summary").focus();
    } else if ("1234".includes(key)) {
      session.grade(Number(key));
    } else if (key === "t" || key === "f") {
      session.judge(key === "t" ? "true" : "false");
    } else if (key === "u") {
      session.undo();
    } else if ((key === " " || key === "Enter") && session.asking && !target.closest("a, button, summary, input")) {
      event.preventDefault();
      session.reveal();
    }
  });

  // An app: what it needs is kept for times without a connection.
  if (location.protocol !== "file:") {
    document.head.append(Object.assign(document.createElement("link"), { rel: "manifest", href: "../manifest.webmanifest" }));
    navigator.serviceWorker?.register("../service-worker.js").catch(() => {}); // without it, practice needs a connection
  }

  // Export, import, reset.
  part("export").addEventListener("click", () => {
    const now = Date.now();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([progress.export(now)], { type: "application/json" }));
    link.download = `pytorch-answered-progress-${new Date(now).toISOString().slice(0, 10)}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  });
  part("import").addEventListener("click", () => part("file").click());
  part("file").addEventListener("change", async () => {
    const [file] = part("file").files;
    if (!file) return;
    try {
      if (file.size > 10_000_000) throw new Refused("it is too large to be one");
      const { added, updated, kept } = progress.merge(await file.text(), Date.now());
      tell(`Imported ${file.name}: ${plural(added, "card")} added, ${updated} updated, ${kept} kept as they were.`, "file-message");
      refresh();
    } catch (error) {
      tell(`${file.name} was not imported: ${error.message}. Nothing has changed.`, "file-message");
    }
    part("file").value = ""; // so that the same file can be chosen again
  });
  part("reset").addEventListener("click", () => {
    const number = Object.keys(progress.read().cards).length;
    if (!confirm(`Delete the progress of ${plural(number, "card")}, in all modes? This cannot be undone; an export can be imported again.`)) return;
    progress.reset();
    if (session.state) session.leave();
    warn();
    choice.show();
    tell("Progress deleted.", "file-message");
  });

  progress.onTrouble = warn;
  warn();
  follow();
  if (!session.resume() && !interview.resume()) begin();
  root.hidden = false;
  document.getElementById("practice-loading").remove();
})();
