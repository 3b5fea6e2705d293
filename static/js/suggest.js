// Suggests entries while somebody types, as WAI-ARIA 1.2 has a combobox with a list. The form works without it.
const MIN_CHARS = 2;
const DELAY_MS = 120;

export function enhance(input) {
  const { list, status } = draw(input);
  let options = [];
  let active = -1;
  let timer;
  let request = new AbortController();

  function show(found) {
    options = found.suggestions.map((suggestion, number) => optionOf(suggestion, `${list.id}-${number}`));
    list.replaceChildren(...options.map(({ element }) => element));
    status.textContent = found.status;
    open(options.length > 0);
  }

  function open(isOpen) {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    activate(-1);
  }

  function activate(number) {
    active = number;
    options.forEach(({ element }, place) => element.setAttribute("aria-selected", String(place === number)));
    if (number < 0) {
      input.removeAttribute("aria-activedescendant");
    } else {
      input.setAttribute("aria-activedescendant", options[number].element.id);
      options[number].element.scrollIntoView({ block: "nearest" });
    }
  }

  function close() {
    clearTimeout(timer);
    request.abort();
    status.textContent = "";
    open(false);
  }

  async function ask() {
    request.abort();
    request = new AbortController();
    const text = input.value.trim();
    try {
      const answer = await fetch(`${input.dataset.suggest}&q=${encodeURIComponent(text)}`, { signal: request.signal });
      if (answer.ok) show(await answer.json());
      else close();
    } catch (error) {
      if (error.name !== "AbortError") close(); // without a connection there is nothing to suggest
    }
  }

  // One step beyond either end is the text itself.
  function step(by) {
    const places = options.length + 1;
    activate(((active + 1 + by + places) % places) - 1);
  }

  const keys = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Escape: close,
    Enter: () => location.assign(options[active].url),
  };

  function typed() {
    clearTimeout(timer);
    if (input.value.trim().length < MIN_CHARS) close();
    else timer = setTimeout(ask, DELAY_MS);
  }

  input.addEventListener("input", typed);
  if (input.value !== input.defaultValue) typed(); // while this script was on its way
  input.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "Home" || event.key === "End") activate(-1); // and the browser moves the caret
    if (!keys[event.key] || (event.key === "Enter" && active < 0)) return;
    event.preventDefault();
    keys[event.key]();
  });
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // or the text would lose the focus
  list.addEventListener("click", (event) => {
    const option = options.find(({ element }) => element.contains(event.target));
    if (option) location.assign(option.url);
  });
}

function draw(input) {
  const list = document.createElement("ul");
  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.label);
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  const combobox = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
  for (const [name, value] of Object.entries(combobox)) input.setAttribute(name, value);
  input.after(list, status);
  return { list, status };
}

function optionOf({ title, kind, url }, id) {
  const element = document.createElement("li");
  element.id = id;
  element.className = "suggestions__option";
  element.setAttribute("role", "option");
  element.setAttribute("aria-selected", "false");
  element.append(lineOf("suggestions__title", title), " ", lineOf("suggestions__kind", kind));
  return { element, url };
}

function lineOf(className, text) {
  const line = document.createElement("span");
  line.className = className;
  line.textContent = text;
  return line;
}
