// The plan on a phone: today by the phone's own calendar, a timer, and a log that is kept without a connection and sent when there is one.
import { dropEntry, findEntries, keepEntry, keepPage, newKey, sendEntry } from "./queue.js";
import { addTimer } from "./timer.js";

const SETTLE_MS = 700;
const AGAIN_MS = 8000;
const form = document.getElementById("day");

const read = (form, day) => {
  const said = new FormData(form);
  const yesNo = (name) => ({ yes: true, no: false })[said.get(name)] ?? null;
  const ticked = (kind) => [...said.keys()].filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));
  const items = ticked("mark_").map((exercise) => {
    const pain = said.get(`pain_${exercise}`);
    return { exercise, mark: said.get(`mark_${exercise}`), pain: pain ? Number(pain) : null };
  });
  const rest = Object.fromEntries(["usual_before", "balance", "hop"].map((name) => [name, yesNo(name)]));
  return { day, items, ...rest, swelling: said.get("swelling") || null, pinched: ticked("pinched_"), red_flags: ticked("flag_") };
};

const fill = (form, body) => {
  for (const { exercise, mark, pain } of body.items) {
    const choice = form.querySelector(`input[name="mark_${exercise}"][value="${mark}"]`);
    if (!choice) continue;
    choice.checked = true;
    form.elements[`pain_${exercise}`].value = pain ?? "";
  }
  for (const name of ["usual_before", "balance", "hop"]) if (form.elements[name] && body[name] !== null) form.elements[name].value = body[name] ? "yes" : "no";
  if (body.swelling) form.elements.swelling.value = body.swelling;
  for (const side of ["left", "right"]) form.elements[`pinched_${side}`].checked = body.pinched.includes(side);
  for (const box of form.querySelectorAll("input[name^=flag_]")) box.checked = body.red_flags.includes(box.name.slice(5));
};

/** Put the exercises of a weekday (0 is Monday) first, and the others where those of other days are. */
const arrange = (form, weekday) => {
  const [cards, others] = [form.querySelector("#cards"), form.querySelector("#others")];
  for (const card of form.querySelectorAll(".exercise-card")) {
    (card.dataset.days.split(",").includes(String(weekday)) ? cards : others).append(card);
  }
  form.querySelector("#nothing").hidden = cards.children.length > 0;
  form.querySelector("#rest-of-week").hidden = !others.children.length;
};

const start = (form) => {
  const { athlete } = form.dataset;
  const keeps = "keep" in form.dataset;
  const saved = document.getElementById("saved");
  const now = new Date();
  const day = [now.getFullYear(), String(now.getMonth() + 1).padStart(2, "0"), String(now.getDate()).padStart(2, "0")].join("-");
  const stale = form.elements.day.value !== day;
  if (stale) { // a page of another day, kept by the phone or of a service in another time zone
    form.reset();
    for (const choice of form.querySelectorAll("input[type=radio], input[type=checkbox]")) choice.checked = false;
    for (const choice of form.querySelectorAll("select")) choice.value = "";
    form.elements.day.value = day;
    arrange(form, (now.getDay() + 6) % 7);
  }
  for (const card of form.querySelectorAll(".exercise-card")) addTimer(card, form.dataset);

  // Whether there is a connection is known by what comes through: a browser's own word for it is about the cable only.
  const offline = document.getElementById("offline");
  const keep = () => keepPage(location.pathname).then(() => { offline.hidden = true; }, () => { offline.hidden = false; });
  let turn = Promise.resolve(), again = 0;
  const flush = () => { turn = turn.then(send, send); return turn; };
  const send = async () => {
    let went = false;
    for (const entry of await findEntries(athlete)) {
      const status = await sendEntry(entry);
      if (status === 0) {
        saved.textContent = form.dataset.kept;
        clearTimeout(again); again = setTimeout(flush, AGAIN_MS); // a browser does not always say that the line is back
        return;
      }
      if (status === 401 || status >= 500) { saved.textContent = form.dataset.signedOut; return; }
      await dropEntry(entry.key); // taken, or never to be taken
      went = status < 300;
    }
    if (went) { saved.textContent = form.dataset.saved; await keep(); }
  };
  const save = async () => {
    const body = read(form, day);
    const entry = { key: newKey(), athlete, day, body, atMs: Date.now() };
    try {
      if (!keeps) throw new Error("a plan of somebody else is not kept here");
      await keepEntry(entry);
    } catch {
      const status = await sendEntry(entry);
      saved.textContent = status >= 200 && status < 300 ? form.dataset.saved : form.dataset.lost;
      return;
    }
    await flush();
  };
  let later = 0;
  form.addEventListener("change", () => { clearTimeout(later); later = setTimeout(save, SETTLE_MS); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(later);
    save().then(() => { if (saved.textContent === form.dataset.saved) location.assign("#next"), location.reload(); });
  });
  if (!keeps) return;
  window.addEventListener("online", () => flush().then(keep));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  findEntries(athlete).then((waiting) => { for (const entry of waiting) if (entry.day === day) fill(form, entry.body); }).then(flush)
    .then(() => navigator.serviceWorker && navigator.serviceWorker.ready).then((ready) => ready && keep());
};

if (form) start(form);
