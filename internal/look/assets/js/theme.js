// The three-way switch between the system's colours, light and dark.

const KEY = "paydial.theme";

function stored() {
  try {
    return localStorage.getItem(KEY) ?? "system";
  } catch {
    return "system";
  }
}

function apply(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function wireTheme(root) {
  const now = stored();
  for (const input of root.querySelectorAll("input[name=theme]")) {
    input.checked = input.value === now;
    input.addEventListener("change", () => {
      apply(input.value);
      try {
        localStorage.setItem(KEY, input.value);
      } catch {
        // no storage: the choice lasts until the page is left
      }
    });
  }
}
