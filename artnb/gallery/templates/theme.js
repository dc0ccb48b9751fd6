"use strict";
// In the head, so that nobody sees the other theme first.
(() => {
  try {
    const chosen = localStorage.getItem("artnb-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // A browser may forbid pages from disk to remember anything.
  }
})();
