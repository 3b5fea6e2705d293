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
    return; // A full or forbidden store: the form works without.
  }
  tell(form);
}

// Said aloud once, when the first copy is made; after that only the time moves on.
function tell(form) {
  const status = form.querySelector("[data-kept]");
  if (!status.firstChild) {
    const time = document.createElement("span");
    time.setAttribute("aria-hidden", "true");
    status.append(`${form.dataset.kept} `, time);
  }
  const now = new Date();
  status.lastChild.textContent = now.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
}

function isTouched(field) {
  if (field.tagName === "SELECT") return field.selectedIndex > 0 && !field.options[field.selectedIndex].defaultSelected;
  return field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

async function restore(form, values) {
  // On a slow line somebody may have begun to type before this script came: that stays.
  const touched = new Set(fieldsOf(form).filter(isTouched).map((field) => field.name));
  for (const [name, , count] of values.filter(([name]) => name.endsWith("-TOTAL_FORMS"))) {
    const group = form.elements[name]?.closest(".rows");
    if (group) (await import("./rows.js")).grow(group, Number(count));
  }
  for (const [name, choice, value] of values) {
    const field = fieldsOf(form).find((one) => one.name === name && (choice === null || one.value === choice));
    if (!field || touched.has(name)) continue;
    if (choice === null) field.value = value;
    else field.checked = value;
  }
  form.dispatchEvent(new Event("change")); // for what counts the chosen
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
  } else if (fieldsOf(form).some(isTouched)) {
    keep(form, key); // typed while this script was on its way
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
  const isEditor = (element) => element.matches(".markdownx-editor");
  const isEditorKey = (event) => isEditor(event.target) && (event.key === "Tab" || event.ctrlKey || event.metaKey);
  form.addEventListener("focusin", (event) => isEditor(event.target) && import(form.dataset.editor));
  if (isEditor(document.activeElement)) import(form.dataset.editor);
  form.addEventListener("keydown", (event) => isEditorKey(event) && event.stopPropagation(), true);
  for (const name of ["dragenter", "dragover", "drop"]) {
    form.addEventListener(name, (event) => event.target.type === "file" && event.stopPropagation());
  }
}

// Fetches the check of the files when the first is chosen; the server checks them in any case.
function checkFiles(input) {
  const check = async () => (await import("./files.js")).enhance(input);
  if (input?.files.length) check();
  else input?.addEventListener("change", check, { once: true });
}

export function enhance(form) {
  mendEditor(form);
  checkFiles(form.querySelector("input[type=file]"));
  if ("keep" in form.dataset) keepTyped(form);
}
