// The thread in which networks run, asked for one picture at a time.

let thread = null;
let asked = null;
let count = 0;

function begin() {
  thread = new Worker("worker.js", { type: "module" });
  thread.addEventListener("message", ({ data }) => {
    if (data.id !== asked?.id) return;
    if (data.kind === "progress") asked.advance(data.word, data.done, data.total);
    else if (data.kind === "done") asked.resolve(data);
    else asked.reject(new Error(data.reason));
  });
  thread.addEventListener("error", (event) => asked?.reject(new Error(event.message)));
}

/** Why there is no picture: somebody cancelled. */
export class Cancelled extends Error {}

/**
 * Have a picture made.
 *
 * @param {object} wish - what `worker.js` takes
 * @param {(word: string, done: number, total: number) => void} advance - told how far it has got
 * @returns {Promise<{picture: object, engine: string}>} the picture, and what computed it
 */
export function make(wish, advance) {
  if (!thread) begin();
  count += 1;
  const id = count;
  return new Promise((resolve, reject) => {
    asked = { id, advance, resolve, reject };
    thread.postMessage({ id, ...wish });
  });
}

/** End what is being made, in its midst. */
export function cancel() {
  thread?.terminate();
  thread = null;
  asked?.reject(new Cancelled());
  asked = null;
}
