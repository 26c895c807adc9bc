// Runs before the first paint, so that a chosen colour scheme does not flash.
(() => {
  try {
    const theme = localStorage.getItem("paydial.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // no storage: the system decides
  }
})();
