// Times the holds of an exercise, leg by leg and set by set; what is not held is counted by taps.
const REST_S = 3;

/** Build the list of what follows each other: {words, seconds} is timed, {words, count} is counted. */
const list = (card, words) => {
  const { sets, reps, hold, ways } = Object.fromEntries(["sets", "reps", "hold", "ways"].map((name) => [name, Number(card.dataset[name])]));
  const fill = (text, number, of) => text.replace("{number}", number).replace("{total}", of);
  const parts = [];
  for (const leg of card.dataset.legs ? card.dataset.legs.split(",") : [""]) {
    for (let set = 1; set <= sets; set += 1) {
      const where = [leg && words[leg], sets > 1 && fill(words.set, set, sets)].filter(Boolean);
      if (!hold) { parts.push({ words: [...where, words.count].join(", "), count: reps * ways }); continue; }
      for (let rep = 1; rep <= reps; rep += 1) {
        parts.push({ words: [...where, fill(words.holdWords, rep, reps)].join(", "), seconds: hold });
        parts.push({ words: words.rest, seconds: REST_S });
      }
    }
  }
  return parts.at(-1).words === words.rest ? parts.slice(0, -1) : parts;
};

export const addTimer = (card, words) => {
  const box = card.querySelector(".timer");
  const [go, stop] = [box.querySelector(".timer-go"), box.querySelector(".timer-stop")];
  const [says, number] = [box.querySelector(".timer-says"), box.querySelector(".timer-number")];
  let parts = [], place = 0, left = 0, ends = 0, tick = 0;
  box.hidden = false;

  const end = (finished) => {
    clearInterval(tick);
    parts = [];
    stop.hidden = true; go.hidden = false; go.textContent = words.start;
    number.textContent = "";
    says.textContent = finished ? words.finished : "";
    if (finished && navigator.vibrate) navigator.vibrate(200);
  };
  const begin = () => {
    clearInterval(tick);
    if (place >= parts.length) { end(true); return; }
    const part = parts[place];
    says.textContent = part.words;
    if (part.count) { left = part.count; number.textContent = left; go.textContent = words.oneMore; go.hidden = false; return; }
    go.hidden = true;
    ends = performance.now() + 1000 * part.seconds;
    const show = () => {
      left = Math.ceil((ends - performance.now()) / 1000);
      number.textContent = Math.max(left, 0);
      if (left > 0) return;
      place += 1;
      if (navigator.vibrate) navigator.vibrate(80);
      begin();
    };
    tick = setInterval(show, 200);
    show();
  };
  go.addEventListener("click", () => {
    if (parts.length) {
      left -= 1;
      number.textContent = left;
      if (left > 0) return;
      place += 1;
      begin();
      return;
    }
    parts = list(card, words); place = 0; stop.hidden = false;
    begin();
  });
  stop.addEventListener("click", () => { end(false); go.focus(); });
};
