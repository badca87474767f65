/* 出席总览: one cell is put right with the arrows and one figure, saved at once; the sums follow.

   A mark is a pair [outcome, part]; what was seen goes along, so that nobody is written over unseen. Without this
   script each half-day's own sheet does the same. */
"use strict";

(() => {
  const table = document.getElementById("matrix");
  const said = document.getElementById("said");
  const token = document.getElementById("overview-form").elements.csrfmiddlewaretoken.value;
  const labels = JSON.parse(table.dataset.labels);
  const head = [...table.tHead.rows[0].cells];
  const totals = head.map((cell, column) => ({ column, codes: (cell.dataset.codes || "").split(" ") })).filter(({ codes }) => codes[0]);
  const sittings = head.filter((cell) => cell.dataset.marks).length;
  const KEPT = ["present", "late", "left_early", "partial"];
  const done = [];
  const waiting = [];
  let isSending = false;
  let attempts = 0;

  const pair = (cell) => [cell.dataset.mark || "", cell.dataset.part || ""];
  const outcome = ([code]) => code.split(":")[0] || "unknown";
  const same = (one, other) => one[0] === other[0] && one[1] === other[1];
  const called = (cell) => `${cell.parentElement.cells[0].firstChild.textContent.trim()} ${head[cell.cellIndex].querySelector("a").textContent}`;

  function show(cell, mark) {
    const [symbol, ...words] = labels[mark[0]];
    cell.className = outcome(mark);
    [cell.dataset.mark, cell.dataset.part] = mark;
    const [seen, heard] = cell.children;
    seen.textContent = symbol;
    seen.title = heard.textContent = words.join("").trim();
    count(cell);
  }

  function count(cell) {
    const row = [...cell.parentElement.cells].slice(1, 1 + sittings).map((one) => outcome(pair(one)));
    const column = [...table.tBodies[0].rows].map((line) => outcome(pair(line.cells[cell.cellIndex])));
    const attended = row.filter((one) => KEPT.includes(one)).length;
    const counted = row.filter((one) => one !== "exempt").length;
    const unknown = row.filter((one) => one === "unknown").length;
    const isEnough = (days) => days * 3 >= counted * 2;
    const cells = cell.parentElement.cells;
    cells[1 + sittings].textContent = `${attended}/${counted}`;
    cells[2 + sittings].textContent = !counted ? "—" : isEnough(attended) ? "✓ 达到" : isEnough(attended + unknown) ? "？待定" : "✗ 不足";
    totals.forEach(({ column: at, codes }, index) => {
      const within = (one) => codes.includes(one);
      cells[at].textContent = row.filter(within).length;
      const foot = table.tFoot.rows[index];
      foot.cells[cell.cellIndex].textContent = column.filter(within).length;
      const sums = [...foot.cells].slice(1, 1 + sittings).map((one) => Number(one.textContent));
      foot.querySelector("span").textContent = sums.reduce((all, one) => all + one, 0);
    });
  }

  function change(cell, after, isUndo = false) {
    const before = pair(cell);
    if (same(before, after)) return;
    if (!isUndo) done.push({ cell, before, after });
    show(cell, after);
    // What is not sent yet is sent once, from what was stored to what is wanted last.
    const queued = waiting.find((one) => one.cell === cell && one !== isSending);
    if (queued) queued.after = after;
    else waiting.push({ cell, before, after });
    send();
  }

  function undo() {
    const last = done.pop();
    if (!last) said.textContent = "没有可以撤销的";
    else if (!same(pair(last.cell), last.after)) said.textContent = `${called(last.cell)} 已被别人改过，没有动`;
    else {
      change(last.cell, last.before, true);
      said.textContent = `已撤销：${called(last.cell)}`;
    }
  }

  async function send() {
    if (isSending || !waiting.length) return;
    const one = waiting[0];
    isSending = one;
    const change = { seen: one.before, mark: one.after };
    let answer = null;
    let status = 0;
    try {
      const response = await fetch(head[one.cell.cellIndex].dataset.marks, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ marks: { [one.cell.parentElement.dataset.seat]: change }, rest: "", is_complete: null }),
        redirect: "manual",
      });
      status = response.type === "opaqueredirect" ? 403 : response.status;
      if ([200, 400, 409].includes(status)) answer = await response.json();
    } catch { /* told and tried again below */ }
    isSending = false;
    if (answer) {
      attempts = 0;
      waiting.shift();
      settle(one, status, answer);
      send();
    } else if ([403, 404].includes(status)) {
      one.cell.classList.add("unsaved");
      said.textContent = "未保存：登录已失效，或不再由您登记。请另开一页重新登录，再刷新这一页补记。";
    } else {
      attempts += 1;
      one.cell.classList.add("unsaved");
      said.textContent = `未保存，正在重试（第 ${attempts} 次）`;
      setTimeout(send, Math.min(15000, 500 * 2 ** (attempts - 1)));
    }
  }

  function settle(one, status, answer) {
    if (status === 200) {
      one.cell.classList.remove("unsaved");
      said.textContent = `已保存：${called(one.cell)} ${labels[one.after[0]]}`;
      return;
    }
    if (status === 409) {
      const [, theirs, who] = answer.conflicts[0];
      show(one.cell, theirs);
      said.textContent = `${called(one.cell)}：${who}已记为“${labels[theirs[0]]}”，您记的是“${labels[one.after[0]]}”，没有保存。要改请再按一次。`;
    } else {
      show(one.cell, one.before);
      said.textContent = answer.errors.join(" ");
    }
    for (let i = done.length - 1; i >= 0; i -= 1) if (done[i].cell === one.cell) done.splice(i, 1);
  }

  const grid = window.attendanceGrid(table, (cell, event) => {
    const isMark = cell.parentElement.dataset.seat && cell.cellIndex > 0 && cell.cellIndex <= sittings;
    const before = pair(cell);
    const code = window.attendanceFigures(event.key, before[0]);
    if (!isMark || code === undefined || event.ctrlKey || event.altKey || event.metaKey) return false;
    change(cell, [code, KEPT.includes(code) ? before[1] : ""]);
    return true;
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    undo();
  });
  window.addEventListener("beforeunload", (event) => { if (waiting.length) event.preventDefault(); });
  // The grid is the stop of the tabulator now, not the box that scrolls it.
  table.parentElement.removeAttribute("tabindex");
  if (table.tBodies[0].rows.length) grid.go(grid.cellOf(0, 1));
})();
