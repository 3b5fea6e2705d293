// Draws a button behind a text that copies it. The words come from the page, so that they can be translated.
export function enhance(element) {
  if (!navigator.clipboard) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--quiet button--small";
  button.textContent = element.dataset.copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(element.textContent.trim());
    button.textContent = element.dataset.copied;
  });
  element.after(button);
}
