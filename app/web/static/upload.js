// Sends the clips of a form piece by piece, then the form; without this script, or the library, the browser sends all of it by itself.
import { fill, megabytes, postForm, sendFiles } from "./sending.js";

const form = document.getElementById("form");
const send = document.getElementById("send");
const sending = document.getElementById("sending");
const problem = document.getElementById("problem");
const words = sending.dataset;
const maxBytes = Number(form.dataset.maxBytes);
const inputs = [...form.querySelectorAll("input[type=file]")];
const labelOf = (input) => input.labels[0].textContent;

const showProblem = (message, advice) => {
  document.getElementById("problem-message").textContent = message;
  document.getElementById("problem-advice").textContent = advice;
  problem.hidden = false;
  problem.focus();
};

const setSending = (on) => {
  send.disabled = on;
  sending.hidden = !on;
};

const findObjection = () => {
  const files = inputs.map((input) => input.files[0]).filter(Boolean);
  if (files.length === 0) return [words.none, inputs.length > 1 ? words.noneOfTwo : words.noneOfOne];
  const large = files.find((file) => file.size > maxBytes);
  if (large) return [fill(words.large, { name: large.name, size: megabytes(large.size), most: megabytes(maxBytes) }), words.largeAdvice];
  const empty = files.find((file) => file.size === 0);
  if (empty) return [fill(words.empty, { name: empty.name }), words.emptyAdvice];
  return null;
};

for (const input of inputs) {
  const noteOf = document.getElementById(input.id + "-note");
  const hint = noteOf.textContent;
  const show = () => {
    const file = input.files[0];
    input.closest(".clip").classList.toggle("chosen", Boolean(file));
    noteOf.textContent = file ? `${file.name}, ${megabytes(file.size)}` : hint;
  };
  input.addEventListener("change", show);
  show();
}

if (window.matchMedia("(pointer: coarse)").matches) {
  for (const button of document.querySelectorAll(".film")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const input = document.getElementById(button.dataset.for);
      input.setAttribute("capture", "environment");
      input.click();
      input.removeAttribute("capture");
    });
  }
}

const handIn = async (sent) => {
  const data = new FormData(form);
  for (const input of inputs) data.delete(input.name);
  for (const { id, item } of sent) {
    data.set(`${item.input.name}_upload`, id);
    data.set(`${item.input.name}_name`, item.file.name);
  }
  const answer = await postForm("/api/screenings", data, sent.map(({ id }) => id).join("-"));
  const body = await answer.json();
  if (answer.status !== 202) {
    if (body.code === "unknown_upload") await Promise.all(sent.map(({ forget }) => forget()));
    setSending(false);
    showProblem(body.shown.message, body.shown.advice);
    return;
  }
  await Promise.all(sent.map(({ forget }) => forget()));
  window.location.assign(body.links.page);
};

form.addEventListener("submit", async (event) => {
  if (!window.tus) return;
  event.preventDefault();
  problem.hidden = true;
  const objection = findObjection();
  if (objection) { showProblem(...objection); return; }
  const metadata = form.dataset.athlete ? { athlete_id: form.dataset.athlete } : {};
  const items = inputs.filter((input) => input.files[0]).map((input) => ({ file: input.files[0], label: labelOf(input), metadata, input }));
  setSending(true);
  try {
    const sent = await sendFiles(items, sending);
    const refused = sent.find((each) => each.problem);
    const cancelled = sent.filter((each) => each.cancelled);
    for (const { item } of cancelled) { item.input.value = ""; item.input.dispatchEvent(new Event("change")); }
    if (refused || cancelled.length) {
      setSending(false);
      if (refused) showProblem(refused.problem.message, refused.problem.advice);
      else showProblem(fill(words.cancelledSaid, { name: cancelled.map(({ item }) => item.label).join(", ") }), words.cancelledAdvice);
      return;
    }
    await handIn(sent);
  } catch {
    setSending(false);
    showProblem(words.broke, words.brokeAdvice);
  }
});

window.addEventListener("pageshow", () => setSending(false));
