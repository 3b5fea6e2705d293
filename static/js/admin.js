// The fields in which one finds an entry by typing are drawn by Select2, which leaves them without the name of their label.
function name(root) {
  for (const select of root.querySelectorAll("select.select2-hidden-accessible")) {
    const label = document.querySelector(`label[for="${select.id}"]`);
    if (!label) continue;
    label.id ||= `${select.id}_label`;
    for (const part of select.nextElementSibling.querySelectorAll("[role=combobox], [role=textbox], [type=search]")) {
      const value = part.getAttribute("role") === "combobox" ? part.querySelector("[id]")?.id ?? "" : "";
      part.setAttribute("aria-labelledby", `${label.id} ${value}`.trim());
    }
  }
}

// After Django has let Select2 draw, which waits for the same moment.
window.django?.jQuery(() => setTimeout(() => name(document)));
document.addEventListener("formset:added", (event) => setTimeout(() => name(event.target)));
