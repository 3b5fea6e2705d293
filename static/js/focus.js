// Moves the focus to what must be read first, so that a screen reader begins there.
export function enhance(element) {
  element.focus();
}
