// Tells at once which chosen files are too large, and sends no form with them: the upload would take minutes for nothing.
export function enhance(input) {
  const { maxBytes, maxBytesInAll, tooLarge, tooLargeInAll } = input.dataset;
  const error = document.createElement("div");
  error.className = "field__error";
  error.id = `${input.id}_large`;
  error.setAttribute("role", "alert");
  input.before(error);

  function problems() {
    const files = [...input.files];
    const large = files.filter((file) => file.size > maxBytes);
    if (large.length) return large.map((file) => words(tooLarge, file.size, file.name));
    const all = files.reduce((sum, file) => sum + file.size, 0);
    return all > maxBytesInAll ? [words(tooLargeInAll, all)] : [];
  }

  function check() {
    const found = problems();
    error.replaceChildren(...found.map(lineOf));
    input.closest(".field").classList.toggle("field--error", found.length > 0);
    input.setAttribute("aria-invalid", String(found.length > 0));
    describe(input, error.id, found.length > 0);
  }

  check();
  input.addEventListener("change", check);
  input.form.addEventListener("submit", (event) => {
    if (!problems().length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    input.focus();
  });
}

function words(sentence, bytes, name = "") {
  const size = (bytes / 1024 ** 2).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
  return sentence.replace("{size}", size).replace("{name}", () => name);
}

function lineOf(text) {
  const line = document.createElement("p");
  line.textContent = text;
  return line;
}

function describe(input, id, isNeeded) {
  const ids = new Set((input.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (isNeeded) ids.add(id);
  else ids.delete(id);
  input.setAttribute("aria-describedby", [...ids].join(" "));
}
