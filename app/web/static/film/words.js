// The page's own sentences: the template writes them, in the reader's language; scripts only choose among them.
const known = new Map([...document.querySelectorAll("#words [data-word]")].map((element) => [element.dataset.word, element.textContent.trim()]));

/** Return a sentence by its name, with the numbers that belong into it. */
export const word = (name, values = {}) => (known.get(name) ?? name).replace(/\{(\w+)\}/g, (_, key) => String(values[key]));

export const megabytes = (bytes) => `${(bytes / 1e6).toLocaleString(document.documentElement.lang, { minimumFractionDigits: bytes < 1e7 ? 1 : 0, maximumFractionDigits: bytes < 1e7 ? 1 : 0 })} MB`;

/** A name that nobody else gives; `randomUUID` is not there on every page that may send a clip. */
export const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
