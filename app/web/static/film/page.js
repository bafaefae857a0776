// The filming page: wires camera, coach and clips to what the template shows. Without it the page takes clips from the phone's own camera.
import { findHindrance } from "./camera.js";
import { judgeClip } from "./clip_check.js";
import { Coach } from "./coach.js";
import { inspectFile } from "./inspect.js";
import { dropClip, findClips, keepClip } from "./keep.js";
import { Refusal, sendScreening } from "./send.js";
import { Stage } from "./stage.js";
import { Voice } from "./voice.js";
import { megabytes, newId, word } from "./words.js";

const find = (id) => document.getElementById(id);
const SIDES = ["left", "right"];
const form = find("form");
const athlete = form.dataset.athlete;
const maxBytes = Number(form.dataset.maxBytes);
const voice = new Voice();
const coach = new Coach();
const stage = new Stage(coach, voice);
const clips = { left: null, right: null };
const playing = new Map();
let inspecting = new AbortController();

const showProblem = (message, advice = "") => {
  find("problem-message").textContent = message;
  find("problem-advice").textContent = advice;
  find("problem").hidden = false;
  find("problem").focus();
};

const describe = ({ seen, blob, filmedMs }) => word("clip", {
  time: new Date(filmedMs).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }),
  seconds: Math.round(seen.durationS), lunges: seen.lunges, size: megabytes(blob.size),
});

const listFound = (tile, found) => {
  const list = tile.querySelector(".found");
  list.replaceChildren(...found.map(({ name, percent }) => Object.assign(document.createElement("li"), { textContent: word(`found.${name}`, { percent }) })));
  tile.querySelector(".fine").hidden = found.length > 0;
};

const showClip = (side) => {
  const clip = clips[side];
  const tile = find(`tile-${side}`);
  const video = tile.querySelector("video");
  if (playing.has(side)) URL.revokeObjectURL(playing.get(side));
  playing.delete(side);
  tile.classList.toggle("chosen", Boolean(clip));
  tile.querySelector(".filmed").hidden = !clip;
  tile.querySelector(".picked").hidden = Boolean(clip);
  if (!clip) {
    video.removeAttribute("src");
    listFound(tile, []);
    tile.querySelector(".fine").hidden = true;
    return;
  }
  playing.set(side, URL.createObjectURL(clip.blob));
  video.src = playing.get(side);
  tile.querySelector(".about").textContent = describe(clip);
  const found = judgeClip({ sizeBytes: clip.blob.size, maxBytes, ...clip.seen });
  listFound(tile, found);
  clip.mustNot = found.some(({ must }) => must);
};

/** Look through a file that was chosen; whoever does not want to wait sends it meanwhile. */
const inspect = async (side) => {
  const tile = find(`tile-${side}`);
  const about = tile.querySelector(".about-file");
  const [file] = find(side).files;
  about.textContent = "";
  listFound(tile, []);
  tile.querySelector(".fine").hidden = true;
  if (!file || file.size === 0 || find("live").hidden) return;
  const { signal } = inspecting;
  try {
    await coach.start();
    const seen = await inspectFile(file, coach, { signal, onProgress: (share) => { about.textContent = word("inspecting", { percent: Math.floor(share * 10) * 10 }); } });
    if (find(side).files[0] !== file || clips[side]) return;
    about.textContent = seen ? word("inspected", { seconds: Math.round(seen.durationS), lunges: seen.lunges }) : word("unplayable");
    if (seen) listFound(tile, judgeClip({ sizeBytes: file.size, maxBytes, ...seen }));
  } catch { about.textContent = ""; } // the camera was opened, or the coach is gone: the service looks at the clip anyway
};

/** One file after the other: there is one coach. */
let turn = Promise.resolve();
const inspectInTurn = (side) => { turn = turn.then(() => inspect(side)); };

const film = async (side) => {
  inspecting.abort();
  inspecting = new AbortController();
  find("problem").hidden = true;
  voice.wake();
  try {
    const filmed = await stage.film(side, { lunges: Number(find("lunges").value), places: Number(find("places").value) });
    if (!filmed) return;
    if (clips[side]) await dropClip(clips[side].id);
    const ending = filmed.blob.type === "video/mp4" ? "mp4" : "webm";
    clips[side] = { ...filmed, id: newId(), athlete, name: `${side}.${ending}` };
    const kept = await keepClip(clips[side]);
    showClip(side);
    find("unkept").hidden = kept;
    find(`tile-${side}`).scrollIntoView({ block: "center" });
    find(`tile-${side}`).querySelector(".again-button").focus({ preventScroll: true });
    const other = SIDES.find((each) => each !== side);
    if (!clips[other]) find(`leg-${other}`).checked = true;
  } catch (error) {
    const known = ["denied", "no_camera"].includes(error.message) ? error.message : "no_coach";
    hinder(known);
    find("hindered").focus();
  }
};

const hinder = (name) => {
  find("live").hidden = true;
  find("hindered-words").textContent = word(`hindered.${name}`);
  find("hindered").hidden = false;
};

const drop = async (side) => {
  await dropClip(clips[side].id);
  clips[side] = null;
  showClip(side);
  find(side).focus();
};

/** What is to be sent: of each leg the clip filmed here, else the file that was chosen. */
const gather = () => SIDES.flatMap((side) => {
  const label = find(side).labels[0].textContent;
  if (clips[side]) return [{ ...clips[side], label }];
  const [file] = find(side).files;
  return file ? [{ side, label, blob: file, name: file.name, gravity: null, mustNot: file.size === 0 || file.size > maxBytes }] : [];
});

const setSending = (on) => {
  find("send").disabled = on;
  find("sending").hidden = !on;
};

const send = async () => {
  find("problem").hidden = true;
  const sent = gather();
  if (sent.length === 0) { showProblem(word("none"), word("none.advice")); return; }
  const wrong = sent.find((clip) => clip.mustNot);
  if (wrong) { showProblem(word("wrong", { side: word(wrong.side) }), word("wrong.advice", { most: megabytes(maxBytes) })); return; }
  const fields = [...new FormData(form)].filter(([name, value]) => !SIDES.includes(name) && value !== "");
  setSending(true);
  try {
    const screening = await sendScreening(fields, sent, { box: find("sending"), athlete });
    if (!screening) { setSending(false); return; }
    await Promise.all(sent.filter(({ id }) => id).map(({ id }) => dropClip(id)));
    window.location.assign(screening.links.page);
  } catch (error) {
    setSending(false);
    if (error instanceof Refusal) showProblem(error.message, error.advice);
    else showProblem(find("sending").dataset.broke, find("sending").dataset.brokeAdvice);
  }
};

form.addEventListener("submit", (event) => {
  if (!window.tus) return; // without the library the browser sends the files by itself
  event.preventDefault();
  send();
});
find("start-camera").addEventListener("click", () => film(document.querySelector("input[name=leg]:checked").value));
for (const side of SIDES) {
  const tile = find(`tile-${side}`);
  find(side).addEventListener("change", () => inspectInTurn(side));
  tile.querySelector(".again-button").addEventListener("click", () => film(side));
  tile.querySelector(".drop-button").addEventListener("click", () => drop(side));
}

const hindrance = findHindrance();
if (hindrance) hinder(hindrance);
else {
  find("live").hidden = false;
  const prepare = () => coach.start().catch(() => hinder("no_coach"));
  const today = document.querySelector("input[name=safety][value=no]");
  if (today.checked) prepare();
  else today.addEventListener("change", prepare, { once: true });
}

for (const clip of await findClips(athlete)) {
  if (clips[clip.side]) continue;
  clips[clip.side] = clip;
  showClip(clip.side);
  find("waiting").hidden = false;
}
form.dataset.ready = "true";
