// Names of figures become buttons that write themselves where the cursor is in the text.
(() => {
  const body = document.getElementById("id_body");
  if (!body) return;
  for (const one of document.querySelectorAll("[data-figure]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn sec";
    button.textContent = one.textContent;
    button.title = "写进正文光标处";
    button.addEventListener("click", () => {
      body.setRangeText(one.textContent, body.selectionStart, body.selectionEnd, "end");
      body.focus();
    });
    one.replaceChildren(button);
  }
})();
