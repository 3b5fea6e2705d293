// What a form of contributions gains by a script: an editor with a preview, and a copy of what is typed.
const PREFIX = "draft:";
const UNKEPT = new Set(["csrfmiddlewaretoken", "you-form_key", "you-opened", "you-homepage", "do", "remove", "different"]);
const MAX_AGE_MS = 30 * 24 * 60 * 60 * 1000;

const fieldsOf = (form) => [...form.elements].filter((field) => field.name && field.type !== "file" && !UNKEPT.has(field.name));
const valueOf = (field) => (field.type === "checkbox" || field.type === "radio" ? field.checked : field.value);

function keep(form, key) {
  const values = fieldsOf(form).map((field) => [field.name, field.type === "radio" || field.type === "checkbox" ? field.value : null, valueOf(field)]);
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), values }));
  } catch {
    // A full or forbidden store: the form works without.
  }
}

async function restore(form, values) {
  for (const [name, , count] of values.filter(([name]) => name.endsWith("-TOTAL_FORMS"))) {
    const group = form.elements[name]?.closest(".rows");
    if (group) (await import("./rows.js")).grow(group, Number(count));
  }
  for (const [name, choice, value] of values) {
    const field = fieldsOf(form).find((one) => one.name === name && (choice === null || one.value === choice));
    if (!field) continue;
    if (choice === null) field.value = value;
    else field.checked = value;
  }
}

function notice(form, key) {
  const box = document.createElement("div");
  box.className = "notice";
  box.setAttribute("role", "status");
  const text = document.createElement("p");
  text.textContent = form.dataset.restored;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--quiet button--small";
  button.textContent = form.dataset.forget;
  button.addEventListener("click", () => {
    localStorage.removeItem(key);
    location.assign(location.pathname);
  });
  box.append(text, button);
  form.before(box);
}

// Keeps what is typed into a form in this browser until it has been sent (see sent.js), and puts it back.
function keepTyped(form) {
  const key = PREFIX + location.pathname;
  const formKey = form.elements["you-form_key"];
  const sentKey = sessionStorage.getItem(`sent:${location.pathname}`);
  // Back from the page of what was sent: the same form, so that sending it again makes no second contribution.
  if (sentKey && performance.getEntriesByType("navigation")[0]?.type === "back_forward") formKey.value = sentKey;
  sessionStorage.removeItem("sent");
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem(key));
  } catch {
    return;
  }
  if (kept && Date.now() - kept.at < MAX_AGE_MS && !("filled" in form.dataset)) {
    restore(form, kept.values);
    notice(form, key);
  }
  let timer = null;
  const keepNow = () => {
    clearTimeout(timer);
    timer = null;
    keep(form, key);
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keepNow, 300);
  });
  // Whoever leaves within that time has typed the last words, too.
  addEventListener("pagehide", () => timer && keepNow());
  form.addEventListener("submit", () => {
    keepNow();
    sessionStorage.setItem("sent", JSON.stringify([key, location.pathname, formKey.value]));
  });
}

// Fetches the Markdown editor when somebody begins to write, and undoes two of its habits: it keeps the Tab key, a trap
// for keyboards, and forbids to drop a file.
function mendEditor(form) {
  const isEditorKey = (event) => event.target.matches(".markdownx-editor") && (event.key === "Tab" || event.ctrlKey || event.metaKey);
  form.addEventListener("focusin", (event) => event.target.matches(".markdownx-editor") && import(form.dataset.editor));
  form.addEventListener("keydown", (event) => isEditorKey(event) && event.stopPropagation(), true);
  for (const name of ["dragenter", "dragover", "drop"]) {
    form.addEventListener(name, (event) => event.target.type === "file" && event.stopPropagation());
  }
}

export function enhance(form) {
  mendEditor(form);
  if ("keep" in form.dataset) keepTyped(form);
}
