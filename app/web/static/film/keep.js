// Clips stay on the phone until the service has them, so that a lost connection or a closed page loses nothing; after a week they go anyway.
import { buildAct } from "../storing.js";

const NAME = "kneewall-film";
const WEEK_MS = 7 * 24 * 3600 * 1000;

const act = buildAct(NAME, "clips", "id");

/** A clip: {id, athlete, side, blob, filmedMs, gravity, ...what was seen}. Resolves to whether there was room for it. */
export const keepClip = (clip) => act("readwrite", (store) => store.put(clip)).then(() => true, () => false);

export const dropClip = (id) => act("readwrite", (store) => store.delete(id)).catch(() => {}); // where nothing can be kept, nothing is left

/** Return the clips that wait for one athlete, newest first; forget those that waited too long. */
export const findClips = async (athlete) => {
  try {
    const all = await act("readonly", (store) => store.getAll());
    const old = all.filter((clip) => clip.filmedMs < Date.now() - WEEK_MS);
    await Promise.all(old.map((clip) => dropClip(clip.id)));
    return all.filter((clip) => clip.athlete === athlete && !old.includes(clip)).sort((a, b) => b.filmedMs - a.filmedMs);
  } catch { return []; } // a private window keeps nothing
};
