// Before anything is painted: the remembered colours and language, so that nothing flashes.
(() => {
  const root = document.documentElement;
  let theme = null;
  let lang = null;
  try {
    theme = localStorage.getItem("theme");
    lang = localStorage.getItem("lang");
  } catch {
    // Storage can be refused; the device's own settings then apply.
  }
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if ((lang ?? navigator.language ?? "").startsWith("en")) {
    root.lang = "en";
    document.title = "Denwaban";
  }
})();
