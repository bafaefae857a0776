// Sends clips piece by piece, two at a time, and goes on where it was after a lost connection or a reload of the page.
const AT_ONCE = 2;
const PIECE_BYTES = 16e6;
const RETRY_MS = [0, 1000, 3000, 5000, 10000, 20000, 30000, 60000];
const STORED = "kneewall-upload:";
const STORED_MS = 24 * 3600 * 1000;

export const megabytes = (bytes) => (bytes / 1e6).toLocaleString(document.documentElement.lang, { minimumFractionDigits: bytes < 1e7 ? 1 : 0, maximumFractionDigits: bytes < 1e7 ? 1 : 0 }) + " MB";
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** A browser may keep nothing for a page, and say so by an error: then clips are sent all the same, and do not go on after a reload. */
const quietly = (work, otherwise) => { try { return work(window.localStorage); } catch { return otherwise; } };

// Only addresses are kept in the browser, each under a hash that says nothing of the file's name.
const storage = {
  findAllUploads: async () => [],
  findUploadsByFingerprint: async (mark) => quietly((kept) => {
    const said = kept.getItem(STORED + mark);
    return said ? [{ ...JSON.parse(said), metadata: {}, parallelUploadUrls: null, urlStorageKey: mark }] : [];
  }, []),
  removeUpload: async (mark) => quietly((kept) => kept.removeItem(STORED + mark)),
  addUpload: async (mark, { size, creationTime, uploadUrl }) => {
    quietly((kept) => kept.setItem(STORED + mark, JSON.stringify({ size, creationTime, uploadUrl })));
    return mark;
  },
};

const isOld = (said) => quietly(() => !(Date.now() - Date.parse(JSON.parse(said).creationTime) < STORED_MS), true);
quietly((kept) => { for (const key of Object.keys(kept)) if (key.startsWith(STORED) && isOld(kept.getItem(key))) kept.removeItem(key); });

/** Resolves to a hash by which the same file is known again, null where none can be made. */
const markFile = async (file, options) => {
  if (!window.crypto.subtle) return null;
  const said = JSON.stringify([file.name, file.size, file.lastModified, options.metadata]);
  try {
    const hash = await window.crypto.subtle.digest("SHA-256", new TextEncoder().encode(said));
    return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  } catch { return null; }
};

const isWorthTrying = (error) => {
  const status = error.originalResponse ? error.originalResponse.getStatus() : 0;
  if (status === 503 && error.originalResponse.getHeader("Retry-After")) return readProblem(error, {}).code === "service_stopping";
  if (status === 409) return readProblem(error, {}).code === "offset_conflict"; // the service has more or less of it than this page thinks
  return status === 0 || (status >= 500 && status !== 507);
};

const readProblem = (error, words) => {
  try {
    const { code, shown } = JSON.parse(error.originalResponse.getBody());
    return { code, ...shown };
  } catch {
    return { message: words.broke, advice: words.brokeAdvice };
  }
};

// One line of the list: name, bar, how far it is, and a button to cancel.
const addRow = (box, label, onCancel) => {
  const row = box.querySelector("template").content.firstElementChild.cloneNode(true);
  const [name, bar, note, button] = ["name", "bar", "note", "cancel"].map((part) => row.querySelector(`.send-${part}`));
  name.textContent = label;
  bar.setAttribute("aria-label", label);
  button.setAttribute("aria-label", fill(box.dataset.cancel, { name: label }));
  button.addEventListener("click", onCancel);
  box.querySelector(".sendlist").append(row);
  return { row, bar, note, button };
};

// Sends one file; what it comes to is { id, forget }, { problem } or { cancelled }.
const sendFile = ({ file, label, metadata }, view, box, say) => new Promise((resolve) => {
  const words = box.dataset;
  let quarter = 0;
  let percentShown = -1;
  let cancelled = false;
  const upload = new window.tus.Upload(file, {
    endpoint: "/api/uploads",
    metadata,
    chunkSize: PIECE_BYTES,
    retryDelays: RETRY_MS,
    urlStorage: storage,
    fingerprint: markFile,
    // cancelled while the library still reads the file: it begins all the same, and must not get further than this
    onBeforeRequest: (request) => { if (cancelled && request.getMethod() !== "DELETE") throw new Error("cancelled"); },
    onShouldRetry: (error) => {
      const again = !cancelled && isWorthTrying(error);
      if (again) { percentShown = -1; view.note.textContent = words.lost; }
      return again;
    },
    onProgress: (sent, total) => {
      const percent = Math.floor((100 * sent) / total);
      view.bar.value = sent / total;
      if (percent === percentShown) return;
      percentShown = percent;
      view.note.textContent = fill(words.progress, { percent, sent: megabytes(sent), size: megabytes(total) });
      if (Math.floor(percent / 25) > quarter) { quarter = Math.floor(percent / 25); say(fill(words.said, { name: label, percent })); }
    },
    onSuccess: () => {
      view.bar.value = 1;
      view.note.textContent = words.there;
      resolve({ id: upload.url.split("/").pop(), forget: async () => storage.removeUpload(await markFile(file, { metadata })) });
    },
    onError: (error) => resolve({ problem: readProblem(error, words) }),
  });
  view.cancel = async () => {
    cancelled = true;
    view.button.disabled = true;
    try { await upload.abort(true); } catch { /* the service forgets it by itself after a day */ }
    view.note.textContent = words.cancelled;
    say(fill(words.cancelledSaid, { name: label }));
    resolve({ cancelled: true });
  };
  upload.findPreviousUploads().catch(() => []).then((earlier) => {
    if (cancelled) return;
    if (earlier.length) upload.resumeFromPreviousUpload(earlier[0]);
    upload.start();
  });
});

// Sends all files and returns what each came to, in their order, with its row.
export const sendFiles = async (items, box) => {
  const live = box.querySelector("[aria-live]");
  const say = (text) => { live.textContent = text; };
  box.querySelector(".sendlist").replaceChildren();
  const jobs = items.map((item) => {
    const job = { item, outcome: null };
    job.view = addRow(box, item.label, () => {
      if (job.view.cancel) { job.view.cancel(); return; }
      job.outcome = { cancelled: true };
      job.view.button.disabled = true;
      job.view.note.textContent = box.dataset.cancelled;
    });
    job.view.note.textContent = box.dataset.waiting;
    return job;
  });
  const waiting = [...jobs];
  const work = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      job.outcome ??= await sendFile(job.item, job.view, box, say);
      job.view.button.hidden = true;
      if (job.outcome.problem) job.view.note.textContent = `${job.outcome.problem.message} ${job.outcome.problem.advice}`;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return jobs.map(({ item, view, outcome }) => ({ ...outcome, item, row: view.row, note: view.note }));
};

// Posts a form; a lost connection is tried again, under a key that makes twice the same once.
export const postForm = async (address, data, key) => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await window.fetch(address, { method: "POST", body: data, headers: { Accept: "application/json", ...(key ? { "Idempotency-Key": key } : {}) } });
    } catch (error) {
      if (!key || attempt >= 3) throw error;
      await new Promise((resolve) => { window.setTimeout(resolve, 1000 * 3 ** attempt); });
    }
  }
};
