// A new meeting: what is usual for its kind is filled in and shown; what the user has set stays as it is.
(() => {
  const kind = document.getElementById("id_kind");
  const usual = [...document.querySelectorAll("[data-kind]")];
  const pattern = document.getElementById("id_pattern");
  const mandatory = document.getElementById("id_is_mandatory");
  const scopes = [...document.querySelectorAll("#id_scope input[type=checkbox]")];
  const touched = new Set();

  const fill = () => {
    for (const one of usual) {
      one.hidden = one.dataset.kind !== kind.value;
      one.open = !one.hidden;
    }
    const habit = usual.find((one) => !one.hidden).dataset;
    if (!touched.has("pattern")) pattern.value = habit.pattern;
    if (!touched.has("mandatory")) mandatory.value = habit.mandatory;
    if (!touched.has("scope")) for (const box of scopes) box.checked = box.value === habit.scope;
  };

  pattern.addEventListener("change", () => touched.add("pattern"));
  mandatory.addEventListener("change", () => touched.add("mandatory"));
  for (const box of scopes) box.addEventListener("change", () => touched.add("scope"));
  kind.addEventListener("change", fill);
  // A page that came back with an error, or from the browser's history, keeps what was on it.
  if (pattern.value) touched.add("pattern");
  if (mandatory.value) touched.add("mandatory");
  if (scopes.some((box) => box.checked)) touched.add("scope");
  fill();
})();
