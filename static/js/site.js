// What all pages share, in one file: a request less. A classic script in the head: a page must not be drawn in one theme
// and then the other.
"use strict";

// Light or dark as chosen on this device.
// The key and its values are those of Django's admin, so that one choice holds for both.
{
  const root = document.documentElement;
  const scheme = document.querySelector('meta[name="color-scheme"]');

  const chosen = () => {
    try {
      const theme = localStorage.getItem("theme");
      return theme === "light" || theme === "dark" ? theme : "auto";
    } catch {
      return "auto"; // storage is forbidden
    }
  };

  const apply = (theme) => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    scheme.content = theme === "auto" ? "light dark" : theme;
    for (const colour of document.querySelectorAll('meta[name="theme-color"]')) {
      const own = `(prefers-color-scheme: ${colour.dataset.theme})`;
      colour.media = theme === "auto" ? own : theme === colour.dataset.theme ? "all" : "not all";
    }
    for (const option of document.querySelectorAll("[data-theme-choice] input")) option.checked = option.value === theme;
  };

  // The pages of the admin that use the enhancements below have a script of their own for this.
  if (scheme) {
    apply(chosen());
    addEventListener("storage", () => apply(chosen()));
    addEventListener("pageshow", (event) => event.persisted && apply(chosen()));
    document.addEventListener("DOMContentLoaded", () => {
      for (const choice of document.querySelectorAll("[data-theme-choice]")) {
        choice.hidden = false;
        choice.addEventListener("change", ({ target }) => {
          try {
            localStorage.setItem("theme", target.value);
          } catch {} // the choice then holds for this page
          apply(target.value);
        });
      }
      apply(chosen());
    });
  }
}

// Finds what can be enhanced and fetches each module when somebody comes to need it. Every page works without them.
{
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

  document.addEventListener("DOMContentLoaded", () => {
    for (const element of document.querySelectorAll("[data-enhance]")) {
      for (const name of element.dataset.enhance.split(" ")) {
        const [when, load] = modules[name] ?? [];
        when?.(element, async () => (await load()).enhance(element));
      }
    }
  });

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
}
