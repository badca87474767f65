/* One part of a draft: its Chinese sentence follows what is typed, and words are put in with a click.
   Without this script 预览 does the first, and the words are there to be read. */
"use strict";

(() => {
  const form = document.getElementById("part");
  const sentence = document.getElementById("sentence");
  const wait = 500;
  let timer = 0;
  let asked = 0;
  let last = null;

  async function say() {
    const mine = ++asked;
    const data = new FormData(form);
    data.set("do", "sentence");
    try {
      const response = await fetch(window.location.href, { method: "POST", body: data, redirect: "manual" });
      if (!response.ok || mine !== asked) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      sentence.replaceChildren(...[...page.body.childNodes].map((node) => document.importNode(node, true)));
    } catch {
      // The page still has its buttons; saving says what is wrong.
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(say, wait);
  });
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("input[type=text], textarea")) last = event.target;
  });

  for (const word of document.querySelectorAll("[data-insert]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn sec";
    button.textContent = word.textContent;
    button.addEventListener("click", () => {
      if (!last) return;
      const text = word.dataset.insert;
      const name = text.split("：")[0];
      const before = last.value;
      const more = text.includes("：") && before.includes(`${name}：`) ? `、${text.split("：")[1]}` : (before && text.includes("：") ? "；" : before ? "、" : "") + text;
      last.value = before + more;
      last.focus();
      last.dispatchEvent(new Event("input", { bubbles: true }));
    });
    word.replaceWith(button);
  }
})();
