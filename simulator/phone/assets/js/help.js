// The help dialog: what the phone understands. The browser's own dialog traps the focus and gives it back.

import { $, h } from "./dom.js";
import { t } from "./strings.js";

const TOPICS = ["Digits", "Enter", "Cards", "Silence", "Privacy"];

export function wireHelp() {
  for (const topic of TOPICS) {
    $("help-list").append(h("dt", {}, t(`help${topic}`)), h("dd", {}, t(`help${topic}Text`)));
  }
  $("help-open").addEventListener("click", () => $("help").showModal());
}
