/* The key / puts the cursor into the box that finds, unless something is being typed. The box works without this. */
"use strict";

document.addEventListener("keydown", (event) => {
  const box = document.getElementById("find");
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (!box || event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (typing && !["checkbox", "radio", "button", "submit"].includes(typing.type)) return;
  event.preventDefault();
  box.focus();
  box.select();
});
