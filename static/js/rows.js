// Adds and empties rows without a journey to the server. The button of each group sends the form where no script runs.
const ready = new WeakSet();
const rowsOf = (group) => [...group.querySelectorAll(".rows__row")];
const totalOf = (group) => group.querySelector('[name$="-TOTAL_FORMS"]');

export function enhance(group) {
  if (ready.has(group) || !rowsOf(group).length) return;
  ready.add(group);
  group.querySelector(".rows__help")?.remove();
  rowsOf(group).forEach((row) => addRemove(group, row));
  group.querySelector('button[name="do"]').addEventListener("click", (event) => {
    event.preventDefault();
    addRow(group).querySelector("input, select, textarea").focus();
  });
}

// Makes a group as long as it was when it was kept (see form.js).
export function grow(group, count) {
  enhance(group);
  while (ready.has(group) && Number(totalOf(group).value) < count) addRow(group);
}

function addRow(group) {
  const total = totalOf(group);
  const row = rowsOf(group).at(-1).cloneNode(true);
  renumber(row, total.name.replace(/-TOTAL_FORMS$/, ""), Number(total.value));
  row.hidden = false;
  row.querySelector(":scope > button").remove();
  empty(row);
  rowsOf(group).at(-1).after(row);
  addRemove(group, row);
  total.value = Number(total.value) + 1;
  return row;
}

function renumber(row, prefix, number) {
  const pattern = new RegExp(`${prefix}-\\d+-`, "g");
  for (const element of row.querySelectorAll("*")) {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.replace(pattern, `${prefix}-${number}-`));
    }
  }
  row.setAttribute("aria-label", row.getAttribute("aria-label").replace(/\d+$/, number + 1));
}

function empty(row) {
  row.querySelectorAll(".field__error").forEach((error) => error.remove());
  row.querySelectorAll(".field--error").forEach((field) => field.classList.remove("field--error"));
  for (const field of row.querySelectorAll("input, select, textarea")) {
    field.removeAttribute("aria-invalid");
    if (field.tagName !== "SELECT") field.value = "";
  }
}

function addRemove(group, row) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--quiet button--small";
  button.textContent = group.dataset.remove;
  button.setAttribute("aria-label", `${group.dataset.remove}: ${row.getAttribute("aria-label")}`);
  button.addEventListener("click", () => {
    for (const select of row.querySelectorAll("select")) select.selectedIndex = 0;
    empty(row);
    row.hidden = true;
    group.querySelector('button[name="do"]').focus();
    group.dispatchEvent(new Event("input", { bubbles: true }));
  });
  row.append(button);
}
