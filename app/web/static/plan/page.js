// The plan on a phone: today by the phone's own calendar, a timer, and a log that is kept without a connection and sent when there is one.
import { dropEntry, findDay, findEntries, keepEntry, keepPage, newKey, sendEntry } from "./queue.js";
import { addTimer } from "./timer.js";

const SETTLE_MS = 700;
const AGAIN_MS = 8000;
const SIGNED_OUT = 401;
/** Too early, too often: the same may be taken later. */
const NOT_NOW = [408, 425, 429];
/** Of the answers, not of a day: the service shows them whatever day it is. */
const TESTS = ["balance", "hop"];
const form = document.getElementById("day");

/** Return which part of a day a field belongs to: each exercise is one, and so is a list of boxes, which is said whole. */
const partOf = (name) => {
  const [, kind, of] = /^(mark|pain|pinched|flag)_(.+)$/.exec(name) ?? [];
  return kind ? { pinched: "pinched", flag: "red_flags" }[kind] ?? `item_${of}` : name;
};

/** Return what the form says of some parts of a day. The others are left out: what another page or phone said of them holds. */
const read = (form, day, parts) => {
  const said = new FormData(form);
  const yesNo = (name) => ({ yes: true, no: false })[said.get(name)] ?? null;
  const ticked = (kind) => [...said.keys()].filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));
  const items = ticked("mark_").filter((exercise) => parts.has(`item_${exercise}`)).map((exercise) => {
    const pain = said.get(`pain_${exercise}`);
    return { exercise, mark: said.get(`mark_${exercise}`), pain: pain ? Number(pain) : null };
  });
  const answers = Object.fromEntries(["usual_before", ...TESTS].map((name) => [name, yesNo(name)]));
  const rest = { ...answers, swelling: said.get("swelling") || null, pinched: ticked("pinched_"), red_flags: ticked("flag_") };
  return { day, items, ...Object.fromEntries(Object.entries(rest).filter(([name, value]) => parts.has(name) && value !== null)) };
};

/** Return the parts of a day that are said in what is to be sent. */
const partsOf = ({ day, items, ...rest }) => [...items.map(({ exercise }) => `item_${exercise}`), ...Object.keys(rest)];

/** Show what was said of a day, but for the parts that are not to be touched. */
const fill = (form, body, isFree) => {
  for (const { exercise, mark, pain } of body.items) {
    const choice = form.querySelector(`input[name="mark_${exercise}"][value="${mark}"]`);
    if (!choice || !isFree(`item_${exercise}`)) continue;
    choice.checked = true;
    form.elements[`pain_${exercise}`].value = pain ?? "";
  }
  const isSaid = (name) => (body[name] ?? null) !== null && isFree(name);
  for (const name of ["usual_before", ...TESTS]) if (form.elements[name] && isSaid(name)) form.elements[name].value = body[name] ? "yes" : "no";
  if (isSaid("swelling")) form.elements.swelling.value = body.swelling;
  if (isSaid("pinched")) for (const side of ["left", "right"]) form.elements[`pinched_${side}`].checked = body.pinched.includes(side);
  if (!isSaid("red_flags")) return;
  for (const box of form.querySelectorAll("input[name^=flag_]")) {
    box.checked = body.red_flags.includes(box.name.slice(5));
    if (box.checked) box.closest("details").open = true;
  }
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

/** Make the page of another day, kept by the phone or of a service in another time zone, one of this day of which nothing is said yet. */
const clear = (form, day, weekday) => {
  form.reset();
  for (const choice of form.querySelectorAll("input[type=radio], input[type=checkbox]")) choice.checked = false;
  for (const choice of form.querySelectorAll("select")) if (!TESTS.includes(choice.name)) choice.value = "";
  form.elements.day.value = day;
  arrange(form, weekday);
};

const start = (form) => {
  const { athlete } = form.dataset;
  const keeps = "keep" in form.dataset;
  const saved = document.getElementById("saved");
  const now = new Date();
  const day = [now.getFullYear(), String(now.getMonth() + 1).padStart(2, "0"), String(now.getDate()).padStart(2, "0")].join("-");
  const stale = form.elements.day.value !== day;
  if (stale) clear(form, day, (now.getDay() + 6) % 7);
  for (const card of form.querySelectorAll(".exercise-card")) addTimer(card, form.dataset);

  /** The number of the last change of each part, and the parts that were changed and are neither kept nor sent yet. */
  const changed = new Map(), unsaid = new Set();
  let changes = 0;
  const touch = (part) => { changes += 1; changed.set(part, changes); unsaid.add(part); };
  const settle = (parts, until) => { for (const part of parts) if (changed.get(part) <= until) unsaid.delete(part); };

  // Whether there is a connection is known by what comes through: a browser's own word for it is about the cable only.
  const offline = document.getElementById("offline");
  const keep = () => keepPage(location.pathname).then(() => { offline.hidden = true; }, () => { offline.hidden = false; });
  let turn = Promise.resolve(), again = 0, behind = false, refusal = "";
  const inTurn = (work) => { turn = turn.then(work, work); return turn; };
  const flush = () => inTurn(send);
  const isForLater = ({ status }) => status === 0 || status >= 500 || NOT_NOW.includes(status);
  const isTaken = ({ status }) => status >= 200 && status < 300;
  const tell = ({ problem }) => (problem ? `${problem.message} ${problem.advice}` : form.dataset.refused);
  const say = (words) => { saved.textContent = [refusal, words].filter(Boolean).join(" "); };

  const send = async () => {
    let went = false;
    for (const entry of await findEntries(athlete)) {
      const answer = await sendEntry(entry);
      if (answer.status === SIGNED_OUT) { say(form.dataset.signedOut); return; }
      if (isForLater(answer)) {
        say(answer.status ? form.dataset.busy : form.dataset.kept);
        behind = true;
        clearTimeout(again); again = setTimeout(flush, AGAIN_MS); // a browser does not always say that the line is back
        return;
      }
      await dropEntry(entry.key); // taken, or never to be taken
      if (isTaken(answer)) went = true; else refusal = tell(answer);
    }
    if (went || refusal) say(refusal ? "" : form.dataset.saved);
    if (!went) return;
    if (behind) { behind = false; refresh(); }
    await keep();
  };

  /** Show what waits here; `isFree` says which parts may be written over. */
  const showWaiting = async (isFree) => { for (const entry of keeps ? await findEntries(athlete) : []) if (entry.day === day) fill(form, entry.body, isFree); };
  /** Show what is logged of this day, here or elsewhere. What is not said yet, or is changed meanwhile, stays as it is on the page. */
  const show = async () => {
    const busy = new Set(unsaid), before = changes;
    const isFree = (part) => !busy.has(part) && !(changed.get(part) > before);
    const logged = await findDay(athlete, day);
    if (logged) fill(form, logged, isFree);
    await showWaiting(isFree);
  };
  const refresh = () => inTurn(show);

  /** Send an entry that cannot be kept here; resolves to whether it was taken. */
  const sendAtOnce = (entry, parts, until) => inTurn(async () => {
    const answer = await sendEntry(entry);
    const refused = !isTaken(answer) && !isForLater(answer) && answer.status !== SIGNED_OUT;
    if (isTaken(answer) || refused) settle(parts, until);
    say(isTaken(answer) ? form.dataset.saved : answer.problem || refused ? tell(answer) : form.dataset.lost);
    return isTaken(answer);
  });
  /** Keep and send what was changed; resolves to whether the service has all of it. */
  const save = async () => {
    const body = read(form, day, unsaid);
    const [parts, until] = [partsOf(body), changes];
    refusal = "";
    if (parts.length) {
      const entry = { key: newKey(), athlete, day, body, atMs: Date.now() };
      if (!keeps || !(await keepEntry(entry))) return sendAtOnce(entry, parts, until);
      settle(parts, until);
    }
    if (!keeps) return true;
    await flush();
    return !refusal && (await findEntries(athlete)).length === 0;
  };
  let later = 0;
  form.addEventListener("change", ({ target }) => { touch(partOf(target.name)); clearTimeout(later); later = setTimeout(save, SETTLE_MS); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(later);
    save().then((all) => { if (all) location.assign("#next"), location.reload(); });
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { if (keeps) flush(); refresh(); } });
  const begin = keeps ? showWaiting((part) => !changed.has(part)).then(flush) : Promise.resolve();
  if (stale) begin.then(refresh);
  if (!keeps) return;
  window.addEventListener("online", () => { flush().then(keep); refresh(); });
  begin.then(() => navigator.serviceWorker && navigator.serviceWorker.ready).then((ready) => ready && keep());
};

if (form) start(form);
