// Light or dark as chosen on this device. A classic script in the head: a page must not be drawn in one and then the other.
// The key and its values are those of Django's admin, so that one choice holds for both.
{
  const root = document.documentElement;

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
    document.querySelector('meta[name="color-scheme"]').content = theme === "auto" ? "light dark" : theme;
    for (const colour of document.querySelectorAll('meta[name="theme-color"]')) {
      const own = `(prefers-color-scheme: ${colour.dataset.theme})`;
      colour.media = theme === "auto" ? own : theme === colour.dataset.theme ? "all" : "not all";
    }
    for (const option of document.querySelectorAll("[data-theme-choice] input")) option.checked = option.value === theme;
  };

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
