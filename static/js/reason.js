// Choosing a reason writes its words into the note, unless the moderator has written words of their own.
export function enhance(select) {
  const note = document.getElementById(select.dataset.note);
  const words = new Map([...select.options].map((option) => [option.value, option.dataset.text ?? ""]));
  select.addEventListener("change", () => {
    if (!note.value.trim() || [...words.values()].includes(note.value)) note.value = words.get(select.value);
  });
}
