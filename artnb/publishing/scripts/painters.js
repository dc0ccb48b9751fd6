// The thread in which networks run, asked for one picture at a time.

let thread = null;
let asked = null;
let count = 0;

function begin() {
  thread = new Worker("worker.js", { type: "module" });
  thread.addEventListener("message", ({ data }) => {
    if (data.id !== asked?.id) return;
    if (data.kind === "progress") asked.advance(data.word, data.done, data.total);
    else if (data.kind === "done") finish(data);
    else fail(data.reason);
  });
  thread.addEventListener("error", ({ target, message }) => {
    if (target === thread) fail(message || "worker.js cannot be loaded");
  });
}

function finish(made) {
  const { resolve } = asked;
  asked = null;
  resolve(made);
}

/** End the thread too: after an error it may have no memory left, or not run at all. */
function fail(reason) {
  const waiting = asked;
  thread?.terminate();
  thread = asked = null;
  waiting?.reject(new Error(reason));
}

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

/** End what is being made, in its midst; a thread with nothing to do keeps what it has loaded. */
export function cancel() {
  if (asked) fail("cancelled");
}
