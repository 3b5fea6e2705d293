// Adds and empties rows without a journey to the server. The button of each group sends the form where no script runs.
export function enhance(group) {
  const total = group.querySelector('[name$="-TOTAL_FORMS"]');
  const prefix = total.name.replace(/-TOTAL_FORMS$/, "");
  const rows = () => [...group.querySelectorAll(".rows__row")];
  const blank = rows().at(-1)?.cloneNode(true);
  rows().forEach((row) => addRemove(row));
  if (!blank) return;

  group.querySelector('button[name="do"]').addEventListener("click", (event) => {
    event.preventDefault();
    const row = numbered(blank.cloneNode(true), Number(total.value));
    total.value = Number(total.value) + 1;
    rows().at(-1).after(row);
    addRemove(row);
    row.querySelector("input, select, textarea").focus();
  });

  function numbered(row, number) {
    const pattern = new RegExp(`${prefix}-\\d+-`, "g");
    for (const element of [row, ...row.querySelectorAll("*")]) {
      for (const name of ["id", "name", "for", "aria-describedby"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace(pattern, `${prefix}-${number}-`));
      }
    }
    row.setAttribute("aria-label", row.getAttribute("aria-label").replace(/\d+$/, number + 1));
    empty(row);
    return row;
  }

  function empty(row) {
    row.querySelectorAll(".field__error").forEach((error) => error.remove());
    row.querySelectorAll(".field--error").forEach((field) => field.classList.remove("field--error"));
    for (const field of row.querySelectorAll("input, select, textarea")) {
      field.removeAttribute("aria-invalid");
      if (field.tagName === "SELECT") field.selectedIndex = [...field.options].findIndex((option) => option.defaultSelected && field.name.endsWith("-role"));
      else field.value = "";
      if (field.tagName === "SELECT" && field.selectedIndex < 0) field.selectedIndex = 0;
    }
  }

  function addRemove(row) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet button--small";
    button.textContent = group.dataset.remove;
    button.addEventListener("click", () => {
      empty(row);
      row.hidden = true;
      group.querySelector('button[name="do"]').focus();
      group.dispatchEvent(new Event("input", { bubbles: true }));
    });
    row.append(button);
  }
}
