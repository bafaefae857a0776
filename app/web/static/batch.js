// Sends the clips of a squad piece by piece and says beside each what became of it; without this script the browser sends the form.
import { fill, postForm, sendFiles } from "./sending.js";

/** The service takes no more parts than this in one form: clips, and what was said about all of them. */
const MOST_PARTS = 200;
const form = document.getElementById("batch");
const send = document.getElementById("send");
const sending = document.getElementById("sending");
const words = sending.dataset;
const clips = form.querySelector("input[type=file]");
const problem = document.getElementById("problem");

const show = ({ note, row }, line) => {
  row.classList.toggle("left-out", !line.screening && !line.waiting);
  if (line.waiting) { note.textContent = `${words.waits} ${line.shown}`; return; }
  if (!line.screening) { note.textContent = `${words.leftOut} ${line.shown}`; return; }
  const link = document.createElement("a");
  link.href = `/screenings/${line.screening}`;
  link.textContent = words.taken;
  note.replaceChildren(link);
};

const showProblem = (message, advice = "") => {
  document.getElementById("problem-message").textContent = message;
  document.getElementById("problem-advice").textContent = advice;
  problem.hidden = false;
  problem.focus();
};

/** Say how it ended, and lead to where clips are told whose leg they show while one waits for that. */
const conclude = (lines, all) => {
  const waiting = lines.filter((line) => !line.screening && line.waiting).length;
  const taken = lines.filter((line) => line.screening).length;
  const leftOut = all.length - waiting - taken;
  const said = waiting > 1 ? words.someWait : waiting ? words.oneWaits : leftOut === all.length ? words.nothing : leftOut ? words.leftOutSaid : words.done;
  const ending = fill(said, { count: waiting || leftOut, all: all.length });
  for (const place of [sending.querySelector("[aria-live]"), document.getElementById("ended")]) place.textContent = ending;
  document.getElementById("say-whose").hidden = waiting === 0;
  document.getElementById("handed-in").hidden = false;
};

/** Return what is handed in besides the clips. */
const readFields = () => {
  const data = new FormData(form);
  data.delete(clips.name);
  return data;
};

form.addEventListener("submit", async (event) => {
  if (!window.tus) return;
  event.preventDefault();
  problem.hidden = true;
  document.getElementById("handed-in").hidden = true;
  const most = MOST_PARTS - [...readFields()].length;
  const count = clips.files.length;
  if (count > most) { // told before anything is sent: all of it would be refused at the end
    showProblem(fill(form.dataset.many, { count, most }), form.dataset.manyAdvice);
    return;
  }
  const items = [...clips.files].map((file) => ({ file, label: file.name, metadata: { squad_id: form.dataset.squad, filename: file.name } }));
  send.disabled = true;
  sending.hidden = false;
  try {
    const all = await sendFiles(items, sending);
    // A name that does not say whose leg it shows: the clip goes along with the form, whole, and waits to be told.
    const goesAlong = ({ problem }) => problem && problem.code === "malformed";
    for (const each of all) if (each.problem && !goesAlong(each)) each.note.textContent = `${words.leftOut} ${each.problem.message}`;
    const sent = all.filter((each) => each.id || goesAlong(each));
    if (!sent.length) { conclude([], all); return; }
    const data = readFields();
    for (const { id, item } of sent) if (id) data.append("uploads", `${id} ${item.file.name}`); else data.append(clips.name, item.file);
    const answer = await postForm(form.dataset.address, data);
    const body = await answer.json();
    if (!answer.ok) { showProblem(body.shown.message, body.shown.advice); return; }
    body.forEach((line, place) => show(sent[place], line));
    await Promise.all(sent.map(({ forget }) => forget?.()));
    clips.value = "";
    conclude(body, all);
  } catch {
    showProblem(words.broke, words.brokeAdvice);
  } finally {
    send.disabled = false;
  }
});
