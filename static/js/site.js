// Finds what can be enhanced and fetches only the modules that this page needs. Every page works without them.
const modules = { copy: () => import("./copy.js"), focus: () => import("./focus.js"), form: () => import("./form.js") };

for (const element of document.querySelectorAll("[data-enhance]")) {
  modules[element.dataset.enhance]?.().then(({ enhance }) => enhance(element));
}
