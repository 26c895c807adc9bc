// Questions that need an answer before something happens. A dialog keeps the focus and gives it back.

import { $, fill, h } from "./desk-dom.js";
import { t } from "./desk-words.js";

// ask shows a question and tells what was answered: true for yes.
export function ask({ title, text, yes, no = t("goBack"), bad = false }) {
  const dialog = $("desk-ask");
  if (dialog.open) return Promise.resolve(false);
  fill(dialog, h("form", { method: "dialog" },
    h("h2", { id: "desk-ask-title" }, title),
    h("p", {}, text),
    h("div", { class: "desk-bar" },
      h("button", { class: "desk-button quiet", value: "no", "data-key": "no" }, no),
      h("button", { class: `desk-button ${bad ? "bad" : "strong"}`, value: "yes", "data-key": "yes", autofocus: true }, yes))));
  dialog.returnValue = "no";
  dialog.showModal();
  dialog.querySelector("[value=yes]").focus();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
  });
}

export const asking = () => document.querySelector("dialog[open]") !== null;
