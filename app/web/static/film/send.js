// Hands clips to the service: piece by piece, going on after a lost connection, then what was said about them. How they travel is in sending.js.
import { postForm, sendFiles } from "../sending.js";

const ACCEPTED = 202;

/** What the service said when it did not take the clips, as its answer tells a reader. */
export class Refusal extends Error {
  constructor({ message, advice }) {
    super(message);
    this.advice = advice;
  }
}

/**
 * Make a screening of fields and clips; resolves to the service's answer, null when somebody cancelled a clip.
 *
 * fields: entries of a form. clips: {side, label, blob, name, filmedMs, gravity}; one that was filmed here is the same file after a reload, so that
 * it goes on where it was. box: where progress is shown.
 */
export const sendScreening = async (fields, clips, { box, athlete }) => {
  const metadata = athlete ? { athlete_id: athlete } : {};
  const items = clips.map((clip) => {
    const file = clip.blob instanceof File ? clip.blob : new File([clip.blob], clip.name, { type: clip.blob.type, lastModified: clip.filmedMs });
    return { file, label: clip.label, metadata, clip };
  });
  const sent = await sendFiles(items, box);
  const refused = sent.find(({ problem }) => problem);
  if (refused) throw new Refusal(refused.problem);
  if (sent.some(({ cancelled }) => cancelled)) return null;
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  for (const { id, item } of sent) {
    const { side, name, gravity } = item.clip;
    data.set(`${side}_upload`, id);
    data.set(`${side}_name`, name);
    if (gravity) data.set(`gravity_${side}`, JSON.stringify(gravity));
  }
  const answer = await postForm("/api/screenings", data, sent.map(({ id }) => id).join("-"));
  const body = await answer.json();
  if (answer.status === ACCEPTED || body.code === "unknown_upload") await Promise.all(sent.map(({ forget }) => forget()));
  if (answer.status !== ACCEPTED) throw new Refusal(body.shown);
  return body;
};
