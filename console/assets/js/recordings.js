// One recording is heard at a time, and a player that is opened has the focus.

document.addEventListener("play", (event) => {
  for (const other of document.querySelectorAll("audio")) if (other !== event.target) other.pause();
}, true);

document.addEventListener("toggle", (event) => {
  const sound = event.target.querySelector?.(":scope > audio");
  if (!sound) return;
  if (event.target.open) sound.focus();
  else sound.pause();
}, true);
