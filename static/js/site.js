// Finds what can be enhanced and fetches each module when somebody comes to need it. Every page works without them.
const modules = {
  copy: [now, () => import("./copy.js")],
  focus: [now, () => import("./focus.js")],
  form: [kept, () => import("./form.js")],
  pick: [near, () => import("./pick.js")],
  reason: [now, () => import("./reason.js")],
  rows: [near, () => import("./rows.js")],
  sent: [now, () => import("./sent.js")],
  suggest: [combobox, () => import("./suggest.js")],
};

for (const element of document.querySelectorAll("[data-enhance]")) {
  for (const name of element.dataset.enhance.split(" ")) {
    const [when, load] = modules[name] ?? [];
    when?.(element, async () => (await load()).enhance(element));
  }
}

function now(element, start) {
  start();
}

// Half a screen before it comes into sight.
function near(element, start) {
  const watch = new IntersectionObserver(
    ([{ isIntersecting }]) => {
      if (!isIntersecting) return;
      watch.disconnect();
      start();
    },
    { rootMargin: "50%" },
  );
  watch.observe(element);
}

function used(element, start) {
  const signs = ["focusin", "pointerdown", "input", "change"];
  const begin = () => {
    for (const sign of signs) element.removeEventListener(sign, begin);
    start();
  };
  for (const sign of signs) element.addEventListener(sign, begin);
  if (element.contains(document.activeElement)) begin();
}

// A form that is new is fetched its script when it is used; at once where form.js left something in this browser.
function kept(form, start) {
  try {
    const path = location.pathname;
    if (localStorage.getItem(`draft:${path}`) ?? sessionStorage.getItem(`sent:${path}`) ?? sessionStorage.getItem("sent")) return start();
  } catch {} // storage is forbidden
  used(form, start);
}

// The role is there before the script: a screen reader says it when the focus comes.
function combobox(input, start) {
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "false");
  used(input, start);
}
