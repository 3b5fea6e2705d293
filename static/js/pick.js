// Draws a field above a long list of choices in groups: what is typed there leaves only the choices that hold it.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function enhance(list) {
  const groups = [...list.querySelectorAll("details")].map(groupOf);
  const { input, status } = draw(list);

  input.addEventListener("input", () => {
    const typed = plain(input.value.trim());
    let found = 0;
    for (const group of groups) found += narrow(group, typed);
    status.textContent = typed ? `${list.dataset.found} ${found}` : "";
  });
  // Enter would send the form.
  input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());

  const count = () => groups.forEach((group) => tell(group, list.dataset.chosen));
  input.form.addEventListener("change", count);
  count();
}

function groupOf(details) {
  const choices = [...details.querySelectorAll(".choice")].map((label) => ({ label, text: plain(label.textContent), box: label.querySelector("input") }));
  return { details, choices, wasOpen: null, number: details.querySelector(".pick__count") };
}

function narrow(group, typed) {
  let found = 0;
  for (const { label, text } of group.choices) {
    label.hidden = !text.includes(typed);
    found += label.hidden ? 0 : 1;
  }
  group.wasOpen ??= group.details.open;
  group.details.hidden = !found;
  group.details.open = typed ? true : group.wasOpen;
  if (!typed) group.wasOpen = null;
  return found;
}

function tell({ choices, number }, word) {
  const chosen = choices.filter(({ box }) => box.checked).length;
  number.textContent = chosen && chosen < choices.length ? `${choices.length}, ${word} ${chosen}` : choices.length;
}

function draw(list) {
  const box = document.createElement("div");
  box.className = "pick__find";
  const label = document.createElement("label");
  label.className = "pick__label";
  const input = document.createElement("input");
  input.type = "search";
  input.id = label.htmlFor = `${list.id}-find`;
  input.autocomplete = "off";
  label.textContent = list.dataset.label;
  const status = document.createElement("p");
  status.className = "pick__status";
  status.setAttribute("role", "status");
  box.append(label, input, status);
  list.prepend(box);
  return { input, status };
}
