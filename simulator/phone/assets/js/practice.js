// "The caller answers by themselves": a choice of habits and of the card they hold, so that an agent can practise
// alone. What is chosen is told to the simulator, which presses the keys when an agent asks for something.

import { CARDS } from "./cards.js";
import { h } from "./dom.js";
import { t } from "./strings.js";

export const OFF = "off";
const HABITS = { [OFF]: "habitOff", patient: "habitPatient", mistakes: "habitMistakes", slow: "habitSlow", double: "habitDouble", impatient: "habitImpatient", leaves: "habitLeaves" };

// practice makes the two choices; chosen(habit, card) is called for each change.
export function practice({ habit = OFF, card = "visa" } = {}, chosen) {
  const habits = h("select", { name: "habit" }, ...Object.entries(HABITS).map(([value, word]) => h("option", { value, selected: value === habit }, t(word))));
  const cards = h("select", { name: "card" }, ...CARDS.map((c) => h("option", { value: c.name, selected: c.name === card }, t(c.label))));
  const holds = h("label", { class: "practice-card", hidden: habit === OFF }, h("span", {}, t("practiceCard")), cards);
  for (const select of [habits, cards]) {
    select.addEventListener("change", () => {
      holds.hidden = habits.value === OFF;
      chosen(habits.value, cards.value);
    });
  }
  return h("div", { class: "practice" }, h("label", {}, h("span", {}, t("practice")), habits), holds);
}

// show brings the choices in step with what the simulator says, unless somebody is choosing.
export function show(root, { habit = OFF, card } = {}) {
  if (!root || root.contains(document.activeElement)) return;
  root.querySelector("[name=habit]").value = habit;
  if (card) root.querySelector("[name=card]").value = card;
  root.querySelector(".practice-card").hidden = habit === OFF;
}

export const valueOf = (root) => ({ habit: root.querySelector("[name=habit]").value, card: root.querySelector("[name=card]").value });
