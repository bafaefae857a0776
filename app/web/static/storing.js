// One store of a database of the browser's own; whoever uses it says what lies in it and for how long.

const open = (name, store, keyPath) => new Promise((resolve, reject) => {
  const request = indexedDB.open(name, 1);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore(store, { keyPath }));
  request.addEventListener("success", () => resolve(request.result));
  request.addEventListener("error", () => reject(request.error));
});

/** Return act(mode, work): `work` gets the store and returns a request, whose result it resolves to once all of it is written; rejects where nothing can be kept. */
export const buildAct = (name, store, keyPath) => async (mode, work) => {
  const database = await open(name, store, keyPath);
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode);
      const request = work(transaction.objectStore(store));
      transaction.addEventListener("complete", () => resolve(request.result));
      transaction.addEventListener("error", () => reject(transaction.error));
      transaction.addEventListener("abort", () => reject(transaction.error));
    });
  } finally { database.close(); }
};
