// Finds what can be enhanced and fetches only the modules that this page needs. Every page works without them.
const modules = {
  copy: () => import("./copy.js"),
  focus: () => import("./focus.js"),
  form: () => import("./form.js"),
  pick: () => import("./pick.js"),
  reason: () => import("./reason.js"),
  rows: () => import("./rows.js"),
  sent: () => import("./sent.js"),
  suggest: () => import("./suggest.js"),
};

for (const element of document.querySelectorAll("[data-enhance]")) {
  for (const name of element.dataset.enhance.split(" ")) {
    modules[name]?.().then(({ enhance }) => enhance(element));
  }
}
