/* A table as a grid (WAI-ARIA): one stop of the tabulator, arrows inside. Used by the sheet and by the overview.

   attendanceGrid(table, onKey): onKey(cell, event) is offered every other key and answers whether it took it.
   A cell that holds a link gives it the focus; a cell that holds selects keeps the focus, Enter goes in and Esc out. */
"use strict";

window.attendanceGrid = (table, onKey = () => false) => {
  const PAGE = 10;
  const rowsOf = () => [...table.tHead.rows, ...table.tBodies[0].rows].filter((row) => !row.hidden);
  const target = (cell) => cell.querySelector("a") || cell;
  let here = null;

  function stop(cell) {
    if (here) target(here).tabIndex = -1;
    here = cell;
    target(here).tabIndex = 0;
  }

  function go(cell) {
    if (!cell) return;
    stop(cell);
    target(cell).focus();
  }

  function move(event) {
    const rows = rowsOf();
    const y = rows.indexOf(here.parentElement);
    const cells = [...rows[y].cells];
    const x = cells.indexOf(here);
    const at = (row, column) => {
      const found = rows[Math.max(0, Math.min(rows.length - 1, row))].cells;
      return found[Math.max(0, Math.min(found.length - 1, column))];
    };
    const isWide = event.ctrlKey;
    const next = {
      ArrowUp: () => at(y - 1, x),
      ArrowDown: () => at(y + 1, x),
      ArrowLeft: () => at(y, x - 1),
      ArrowRight: () => at(y, x + 1),
      PageUp: () => at(y - PAGE, x),
      PageDown: () => at(y + PAGE, x),
      Home: () => at(isWide ? table.tHead.rows.length : y, 0),
      End: () => at(isWide ? rows.length : y, cells.length),
    }[event.key];
    if (!next || event.altKey || event.shiftKey) return false;
    go(next());
    return true;
  }

  function enter(cell) {
    const inside = cell.querySelector("select");
    if (!inside) return false;
    inside.focus();
    // Open: with the list closed, each arrow would already be a mark.
    try { inside.showPicker(); } catch { /* an older browser opens it with Alt and the arrow down */ }
    return true;
  }

  table.setAttribute("role", "grid");
  for (const one of table.querySelectorAll("tbody select, thead a, tbody a")) one.tabIndex = -1;
  for (const row of rowsOf()) for (const cell of row.cells) target(cell).tabIndex = -1;
  stop(table.tBodies[0].rows[0] ? table.tBodies[0].rows[0].cells[0] : table.tHead.rows[0].cells[0]);

  table.addEventListener("change", (event) => { if (event.target.matches("select:focus")) go(event.target.closest("td")); });
  table.addEventListener("focusin", (event) => {
    const cell = event.target.closest("th, td");
    if (cell && cell !== here && rowsOf().includes(cell.parentElement)) stop(cell);
  });
  table.addEventListener("keydown", (event) => {
    if (event.isComposing || !here) return;
    const cell = event.target.closest("th, td");
    const isInside = event.target.matches("select");
    // With its list open the select has its keys to itself; closed, an arrow would be a mark, so it goes on in the grid.
    if (isInside && event.altKey) return;
    if (event.key === "Enter" ? !enter(cell) : !onKey(cell, event) && !move(event)) {
      if (!isInside || event.key !== "Escape") return;
      go(cell);
    }
    event.preventDefault();
    event.stopPropagation();
  });
  return { go, cellOf: (row, column) => table.tBodies[0].rows[row].cells[column] };
};

/* The marks that one figure makes at a cell: 4 again and again goes on to the next. "" is 未登记. */
window.attendanceFigures = (figure, before) => {
  const late = ["late", "left_early", "partial"];
  if (figure === "4") return late[(late.indexOf(before) + 1) % late.length];
  return { 0: "", 1: "present", 2: "leave:personal", 3: "absent" }[figure];
};
