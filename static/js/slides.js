/* 全会展示: one slide at a time, by keyboard, mouse or finger. Without this script the page scrolls. Nothing is fetched. */
"use strict";

(() => {
  const slides = [...document.querySelectorAll(".slide")];
  const controls = document.getElementById("controls");
  const start = document.getElementById("start");
  const title = document.title;
  const AWAKE = 3000; // milliseconds that the buttons stay after the mouse moved
  const SWIPE = 50;
  const STEPS = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, Enter: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Backspace: -1 };
  let here = 0;
  let timer = 0;
  let down = null;

  const isPlaying = () => document.body.classList.contains("playing");
  const isRoomy = () => window.innerWidth >= 900 && window.innerWidth > window.innerHeight;
  // Not in the address: with each change of that the browser asks for the page's icon again.
  const place = `slide of ${window.location.pathname}`;

  function go(to) {
    here = Math.max(0, Math.min(slides.length - 1, to));
    slides.forEach((slide, n) => slide.classList.toggle("here", n === here));
    window.sessionStorage.setItem(place, here);
    document.title = `${here + 1}/${slides.length} ${title}`;
    slides[here].focus({ preventScroll: true });
  }

  function play(from) {
    document.body.classList.add("playing");
    controls.hidden = false;
    start.hidden = true;
    wake();
    go(from);
  }

  function stop() {
    document.body.classList.remove("playing", "awake");
    controls.hidden = true;
    start.hidden = false;
    document.title = title;
    slides[here].scrollIntoView();
  }

  function wake() {
    document.body.classList.add("awake");
    window.clearTimeout(timer);
    timer = window.setTimeout(() => document.body.classList.remove("awake"), AWAKE);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const isOnButton = event.target.closest("button, a") && [" ", "Enter"].includes(event.key);
    if (!isPlaying() || isOnButton) return;
    const step = event.key === " " && event.shiftKey ? -1 : STEPS[event.key];
    if (step) go(here + step);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(slides.length - 1);
    else if (event.key === "Escape") stop();
    else return;
    event.preventDefault();
  });

  document.addEventListener("pointerdown", (event) => {
    down = event.target.closest("button, a") ? null : event.clientX;
  });
  document.addEventListener("pointerup", (event) => {
    if (!isPlaying() || down === null || event.button > 0) return;
    const moved = event.clientX - down;
    down = null;
    if (Math.abs(moved) >= SWIPE) go(here + (moved < 0 ? 1 : -1));
    else go(here + (event.clientX < window.innerWidth / 3 ? -1 : 1));
  });
  document.addEventListener("pointermove", () => isPlaying() && wake());

  controls.querySelectorAll("[data-go]").forEach((button) => {
    button.addEventListener("click", () => go(here + Number(button.dataset.go)));
  });
  document.getElementById("stop").addEventListener("click", stop);
  start.addEventListener("click", () => play(here));

  if (isRoomy()) play(Number(window.sessionStorage.getItem(place)));
  else start.hidden = false;
})();
