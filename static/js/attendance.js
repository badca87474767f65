/* 出席登记: one box takes a name, its pinyin, a number or a seat; each mark is shown and saved at once.

   A mark is a pair [outcome, part] as the page's selects name them. `stored` is what the server is known to hold,
   `wanted` what the page shows; what differs is sent, with what was seen, so that nobody is written over unseen.
   Without this script the page is a plain form that does the same. */
"use strict";

(() => {
  const sheet = document.getElementById("sheet");
  if (!sheet) return;
  const form = document.getElementById("roll-form");
  const [box, list, as, said, saved, conflicts, undoButton, completeButton, state] = [
    "box", "candidates", "as", "said", "saved", "conflicts", "undo", "complete", "state",
  ].map((id) => document.getElementById(id));

  const UNKNOWN = ["", ""];
  const CYCLE = ["leave:personal", "absent", "late", "left_early", "partial"];
  const SHOWN = 8;
  const PATIENCE = 20000;
  const KEPT = `attendance ${sheet.dataset.url}`;
  const shortcuts = document.getElementById("shortcuts");
  const carryButton = sheet.querySelector("[data-carry]");
  const same = (one, other) => one[0] === other[0] && one[1] === other[1];
  const spelled = (text) => text.normalize("NFKC").toLowerCase().replace(/[\s'’·.-]/g, "").replace(/ü/g, "v");
  const labels = Object.fromEntries([...document.querySelector("select[name^=mark-]").options].map((o) => [o.value, o.text]));

  const shown = JSON.parse(form.elements.shown.value);
  const rows = [...document.querySelectorAll("tr[data-seat]")].map((line, order) => ({
    key: line.dataset.seat,
    order,
    line,
    name: line.cells[0].textContent.trim(),
    sector: line.cells[2].textContent.trim(),
    number: line.cells[1].textContent.trim(),
    place: line.cells[3].textContent.trim(),
    plainName: spelled(line.cells[0].textContent),
    plainNumber: spelled(line.cells[1].textContent).replace(/^0+/, ""),
    plainPlace: spelled(line.cells[3].textContent),
    initials: line.dataset.initials,
    pinyin: line.dataset.pinyin,
    mark: line.querySelector("select[name^=mark-]"),
    part: line.querySelector("select[name^=part-]"),
    stored: shown[line.dataset.seat] || UNKNOWN,
    wanted: shown[line.dataset.seat] || UNKNOWN,
  }));
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const complete = { stored: shown.complete, wanted: shown.complete };
  const done = kept();
  let isRestWanted = false;
  let isSending = false;
  let isStopped = false;
  let attempts = 0;
  let timer = 0;

  // ------------------------------------------------------------ showing
  function showRow(row) {
    [row.mark.value, row.part.value] = row.wanted;
    row.line.dataset.state = row.wanted[0].split(":")[0];
    row.line.classList.toggle("unsaved", attempts > 0 && !same(row.wanted, row.stored));
  }

  function showCounts() {
    const counts = { all: rows.length };
    for (const row of rows) {
      const outcome = row.wanted[0].split(":")[0] || "unknown";
      const name = ["left_early", "partial"].includes(outcome) ? "late" : outcome;
      counts[name] = (counts[name] || 0) + 1;
    }
    for (const shownCount of document.querySelectorAll("[data-count]")) {
      shownCount.textContent = counts[shownCount.dataset.count] || 0;
    }
    undoButton.disabled = done.length === 0;
    completeButton.textContent = complete.wanted ? "改回登记中" : "登记完毕（F9）";
    state.textContent = complete.wanted ? state.dataset.yes : state.dataset.no;
  }

  function isUnsaved() {
    return isRestWanted || complete.wanted !== complete.stored || rows.some((row) => !same(row.wanted, row.stored));
  }

  function clock() {
    const now = new Date();
    return `${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`;
  }

  // ------------------------------------------------------------ changing and taking back
  /* What can be taken back outlasts the page: in this tab one may go to the next half-day and return. */
  function kept() {
    try {
      const entries = JSON.parse(sessionStorage.getItem(KEPT)) || [];
      return entries.map((entry) => ({
        ...entry,
        changes: entry.changes.map(([key, before, after]) => ({ row: byKey.get(key), before, after })).filter(({ row }) => row),
      }));
    } catch {
      return [];
    }
  }

  function keep() {
    const entries = done.map((entry) => ({
      ...entry,
      changes: entry.changes.map(({ row, before, after }) => [row.key, before, after]),
    }));
    try { sessionStorage.setItem(KEPT, JSON.stringify(entries)); } catch { /* full: this page still remembers */ }
  }

  function change(changes, label, completeTo = complete.wanted) {
    const real = changes.filter(({ row, after }) => !same(row.wanted, after));
    if (!real.length && completeTo === complete.wanted) {
      said.textContent = `${label}：没有变动`;
      return;
    }
    const entry = { label, changes: real.map(({ row, after }) => ({ row, after, before: row.wanted })), complete: null };
    if (completeTo !== complete.wanted) entry.complete = { before: complete.wanted, after: completeTo };
    for (const { row, after } of real) row.wanted = after;
    complete.wanted = completeTo;
    done.push(entry);
    keep();
    for (const { row } of real) showRow(row);
    said.textContent = label;
    showCounts();
    send();
  }

  function undo() {
    const entry = done.pop();
    if (!entry) return;
    keep();
    const [mine, others] = [[], []];
    for (const each of entry.changes) (same(each.row.wanted, each.after) ? mine : others).push(each);
    for (const { row, before } of mine) row.wanted = before;
    if (entry.complete && complete.wanted === entry.complete.after) complete.wanted = entry.complete.before;
    if (!complete.wanted) isRestWanted = false;
    for (const { row } of mine) showRow(row);
    said.textContent = others.length
      ? `已撤销：${entry.label}；${others.map(({ row }) => row.name).join("、")}已被别人改过，没有动`
      : `已撤销：${entry.label}`;
    showCounts();
    send();
  }

  function markRow(row, code) {
    const keepsPart = !/^(leave|absent|exempt|$)/.test(code);
    const after = [code, keepsPart ? row.wanted[1] : ""];
    change([{ row, after }], `${row.name} ${labels[code]}`);
  }

  function finish() {
    if (complete.wanted) {
      said.textContent = "已经登记完毕";
      return;
    }
    const rest = rows.filter((row) => row.wanted[0] === "");
    isRestWanted = rest.length > 0;
    change(rest.map((row) => ({ row, after: ["present", ""] })), `登记完毕，其余 ${rest.length} 人出席`, true);
  }

  function carry(button) {
    const marks = Object.entries(JSON.parse(button.dataset.carry));
    const unknown = marks.map(([key, after]) => ({ row: byKey.get(key), after })).filter(({ row }) => row && row.wanted[0] === "");
    change(unknown, `沿用上一半天的例外 ${unknown.length} 人`);
  }

  // ------------------------------------------------------------ saving
  function batch() {
    const sent = new Map(rows.filter((row) => !same(row.wanted, row.stored)).map((row) => [row.key, row.wanted]));
    const marks = {};
    for (const [key, mark] of sent) {
      const seen = byKey.get(key).stored;
      // Whoever is unknown when it arrives becomes present; a mark of somebody else's meanwhile stands.
      if (!(isRestWanted && seen[0] === "" && same(mark, ["present", ""]))) marks[key] = { seen, mark };
    }
    const isComplete = complete.wanted === complete.stored ? null : complete.wanted;
    return { sent, isComplete, body: { marks, rest: isRestWanted ? "present" : "", is_complete: isComplete } };
  }

  async function send() {
    if (isSending || isStopped || !isUnsaved()) return;
    clearTimeout(timer);
    isSending = true;
    const one = batch();
    if (!attempts) saved.textContent = "正在保存…";
    let response = null;
    let answer = null;
    try {
      const abort = new AbortController();
      const patience = setTimeout(() => abort.abort(), PATIENCE);
      response = await fetch(sheet.dataset.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
        body: JSON.stringify(one.body),
        redirect: "manual",
        signal: abort.signal,
      });
      if ([200, 400, 409].includes(response.status)) answer = await response.json();
      clearTimeout(patience);
    } catch {
      answer = null;
    }
    isSending = false;
    if (answer) answered(response.status, one, answer);
    else if (response && (response.type === "opaqueredirect" || [403, 404].includes(response.status))) stop();
    else retry();
  }

  function answered(status, one, answer) {
    const wasUnsaved = attempts > 0;
    attempts = 0;
    if (status === 200) accept(one, answer);
    else if (status === 409) refuse(answer);
    else giveUp(one, answer);
    if (wasUnsaved) rows.forEach(showRow);
    showCounts();
    if (isUnsaved()) send();
    else if (status !== 400) saved.textContent = `已保存 ${clock()}`;
  }

  /* Who checks in at the door, and what the other clerk marks, appears while this page only waits. */
  async function look() {
    if (isSending || isStopped || isUnsaved() || document.hidden) return;
    try {
      const response = await fetch(sheet.dataset.url, { redirect: "manual", cache: "no-store" });
      const answer = response.ok ? await response.json() : null;
      if (!answer || isSending || isUnsaved()) return;
      said.textContent = "";
      accept({ sent: new Map(), isComplete: null, body: {} }, answer);
      showCounts();
    } catch { /* the next look may succeed; a mark that fails says so itself */ }
  }

  function accept(one, answer) {
    isRestWanted = isRestWanted && !one.body.rest;
    const others = [];
    for (const row of rows) {
      const before = one.sent.get(row.key) || row.stored;
      const mine = row.wanted;
      row.stored = answer.marks[row.key] || UNKNOWN;
      if (!same(row.stored, before) && !same(row.stored, mine)) {
        // Somebody else's, and not seen when this one was chosen: what waits to be sent must not go over it unasked.
        const isOfTheRest = isRestWanted && same(mine, ["present", ""]);
        row.wanted = row.stored;
        row.line.classList.add("others");
        if (same(mine, before) || isOfTheRest) others.push(`${row.name} ${labels[row.wanted[0]]}`);
        else {
          forget(row);
          showConflict(row, mine, row.stored, "别人");
        }
      }
      showRow(row);
    }
    if (others.length) said.textContent += `${said.textContent ? "；" : ""}别人刚记了 ${others.slice(0, 3).join("、")}${others.length > 3 ? ` 等 ${others.length} 人` : ""}`;
    const before = one.isComplete === null ? complete.stored : one.isComplete;
    complete.stored = answer.is_complete;
    if (complete.wanted === before) complete.wanted = complete.stored;
  }

  /* Somebody else changed these rows: theirs is shown, both are named, and the user decides. */
  function refuse(answer) {
    for (const [key, theirs, who] of answer.conflicts) {
      const row = byKey.get(key);
      const mine = row.wanted;
      row.wanted = row.stored = theirs;
      forget(row);
      showRow(row);
      row.line.classList.add("others");
      showConflict(row, mine, theirs, who);
    }
  }

  function forget(row) {
    for (const entry of done) entry.changes = entry.changes.filter((each) => each.row !== row);
    for (let i = done.length - 1; i >= 0; i -= 1) if (!done[i].changes.length && !done[i].complete) done.splice(i, 1);
    keep();
  }

  function showConflict(row, mine, theirs, who) {
    const note = document.createElement("div");
    note.className = "message error";
    const text = document.createElement("p");
    text.textContent = `${row.name}：${who}已记为“${labels[theirs[0]]}”，您记的是“${labels[mine[0]]}”，没有保存。请选一个。`;
    const buttons = document.createElement("div");
    buttons.className = "buttons";
    for (const [label, isMine] of [[`保留“${labels[theirs[0]]}”`, false], [`改为“${labels[mine[0]]}”`, true]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn sec";
      button.textContent = label;
      button.addEventListener("click", () => {
        note.remove();
        if (isMine) change([{ row, after: mine }], `${row.name} ${labels[mine[0]]}`);
        box.focus();
      });
      buttons.append(button);
    }
    note.append(text, buttons);
    conflicts.append(note);
  }

  /* The server says what is wrong with this request: sending it again would not help. */
  function giveUp(one, answer) {
    isRestWanted = false;
    complete.wanted = complete.stored;
    for (const key of one.sent.keys()) {
      const row = byKey.get(key);
      row.wanted = row.stored;
      forget(row);
      showRow(row);
    }
    saved.textContent = answer.errors.join(" ");
  }

  function retry() {
    attempts += 1;
    saved.textContent = `未保存，正在重试（第 ${attempts} 次）`;
    rows.forEach(showRow);
    timer = setTimeout(send, Math.min(15000, 500 * 2 ** (attempts - 1)));
  }

  function stop() {
    isStopped = true;
    attempts += 1;
    rows.forEach(showRow);
    saved.textContent = "未保存：登录已失效，或不再由您登记。请另开一页重新登录，再刷新这一页，补记黄色的行。";
  }

  // ------------------------------------------------------------ the box
  let found = [];
  let chosen = 0;

  function rank(row, text) {
    if ([row.initials, row.plainName, row.plainNumber, row.plainPlace].includes(text)) return 6;
    if (text.replace(/^0+/, "") === row.plainNumber) return 6;
    if (row.plainName.startsWith(text)) return 5;
    if (row.initials.startsWith(text)) return 4;
    if (row.pinyin.startsWith(text)) return 3;
    // 张jg: the input method has turned the first letters into characters already.
    const mixed = text.match(/^([\u3400-\u9fff]+)([a-z]+)$/);
    if (mixed && row.plainName.startsWith(mixed[1]) && row.initials.slice(mixed[1].length).startsWith(mixed[2])) return 3;
    return row.plainName.includes(text) || row.plainPlace.startsWith(text) ? 1 : 0;
  }

  function search(typed) {
    const text = spelled(typed);
    found = [];
    if (text) {
      found = rows.map((row) => [rank(row, text), row]).filter(([fit]) => fit);
      // Of equals those come first of whom nothing is known yet.
      found.sort(([fit, row], [otherFit, other]) =>
        otherFit - fit || (row.wanted[0] !== "") - (other.wanted[0] !== "") || row.order - other.order);
      found = found.slice(0, SHOWN).map(([, row]) => row);
      if (!found.length) said.textContent = `没有找到“${typed}”，请核对，或改填编号`;
    }
    chosen = 0;
    showCandidates();
  }

  function showCandidates() {
    list.replaceChildren(...found.map((row, index) => {
      const option = document.createElement("li");
      option.id = `candidate-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", String(index === chosen));
      const name = document.createElement("strong");
      name.textContent = row.name;
      const place = row.place ? ` 座位 ${row.place}` : "";
      const known = row.wanted[0] ? ` ${labels[row.wanted[0]]}` : "";
      option.append(name, ` ${row.sector} 编号 ${row.number}${place}${known}`);
      option.addEventListener("mousedown", (event) => event.preventDefault());
      option.addEventListener("click", () => choose(index));
      return option;
    }));
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(found.length > 0));
    if (found.length) box.setAttribute("aria-activedescendant", `candidate-${chosen}`);
    else box.removeAttribute("aria-activedescendant");
  }

  function choose(index) {
    const row = found[index];
    if (!row) return;
    box.value = "";
    search("");
    markRow(row, as.value);
  }

  let committed = "";
  box.addEventListener("compositionstart", () => { committed = box.value; });
  box.addEventListener("compositionupdate", (event) => search(committed + (event.data || "")));
  box.addEventListener("compositionend", () => search(box.value));
  box.addEventListener("input", (event) => { if (!event.isComposing) search(box.value); });
  box.addEventListener("keydown", (event) => {
    // While the input method is open, its keys are its own.
    if (event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") choose(chosen);
    else if (event.key === "Escape") { box.value = ""; search(""); }
    else if (step && found.length) { chosen = (chosen + step + found.length) % found.length; showCandidates(); }
    else return;
    event.preventDefault();
  });

  // ------------------------------------------------------------ keys and buttons of the page
  function otherSitting(step) {
    const links = [...document.querySelectorAll("[data-sittings] a")];
    const next = links[links.findIndex((link) => link.hasAttribute("aria-current")) + step];
    if (next) next.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || shortcuts.open) return;
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
    if (event.key === "F2" && isPlain) as.value = CYCLE[(CYCLE.indexOf(as.value) + 1) % CYCLE.length];
    else if (event.key === "F8" && isPlain) { if (!event.repeat && carryButton) carry(carryButton); }
    else if (event.key === "F9" && isPlain) { if (!event.repeat) finish(); }
    else if (/^[?？]$/.test(event.key) && !(event.target === box && box.value)) shortcuts.showModal();
    else if (isUndo && !box.value) undo();
    else if (event.altKey && event.key === "ArrowLeft") otherSitting(-1);
    else if (event.altKey && event.key === "ArrowRight") otherSitting(1);
    else return;
    event.preventDefault();
  });
  undoButton.addEventListener("click", () => { undo(); box.focus(); });
  completeButton.addEventListener("click", () => {
    if (complete.wanted) change([], "改回登记中", false);
    else finish();
    box.focus();
  });
  if (carryButton) carryButton.addEventListener("click", () => { carry(carryButton); box.focus(); });
  document.getElementById("keys-button").addEventListener("click", () => shortcuts.showModal());
  window.attendanceGrid(document.getElementById("roll-table"), (cell, event) => {
    const row = byKey.get(cell.parentElement.dataset.seat);
    const code = window.attendanceFigures(event.key, row && row.wanted[0]);
    if (!row || code === undefined || event.ctrlKey || event.altKey || event.metaKey) return false;
    markRow(row, code);
    return true;
  });
  if (sheet.dataset.look) setInterval(look, Number(sheet.dataset.look) * 1000);
  document.getElementById("roll-table").addEventListener("change", (event) => {
    const row = byKey.get(event.target.closest("tr").dataset.seat);
    row.line.classList.remove("others");
    if (event.target === row.part && row.mark.value === "") row.mark.value = "present";
    const after = [row.mark.value, row.mark.value ? row.part.value : ""];
    change([{ row, after }], `${row.name} ${labels[after[0]]}`);
    showRow(row);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("beforeunload", (event) => { if (isUnsaved()) event.preventDefault(); });

  for (const plain of document.querySelectorAll("[data-plain]")) plain.hidden = true;
  sheet.hidden = false;
  rows.forEach(showRow);
  showCounts();
  if (window.matchMedia("(pointer: fine)").matches) box.focus();
})();
