/* 扫码签到 on the wall: shows the next code before the last one ends, without the page going white.
   Without this script the page reloads itself. */
"use strict";

(() => {
  const board = document.getElementById("board");
  const seconds = Number(board.dataset.renewed);
  let isStopped = false;

  async function renew() {
    try {
      const response = await fetch(window.location.pathname, { redirect: "manual", cache: "no-store" });
      if (!response.ok) throw new Error(response.status);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const next = page.getElementById("board");
      // Closed by now: the page says so, and there is nothing more to renew.
      isStopped = !next.querySelector(".code");
      board.replaceChildren(...[...next.childNodes].map((node) => document.importNode(node, true)));
    } catch {
      const code = board.querySelector(".code");
      if (code) code.classList.add("stale");
      document.getElementById("stale").hidden = false;
    }
    if (!isStopped) setTimeout(renew, seconds * 1000);
  }

  setTimeout(renew, seconds * 1000);
})();
