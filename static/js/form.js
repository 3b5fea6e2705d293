// Undoes two habits of the Markdown editor: it keeps the Tab key, a trap for keyboards, and forbids to drop a file.
export function enhance(form) {
  const isEditorKey = (event) => event.target.matches(".markdownx-editor") && (event.key === "Tab" || event.ctrlKey || event.metaKey);
  form.addEventListener("keydown", (event) => isEditorKey(event) && event.stopPropagation(), true);
  for (const name of ["dragenter", "dragover", "drop"]) {
    form.addEventListener(name, (event) => event.target.type === "file" && event.stopPropagation());
  }
}
