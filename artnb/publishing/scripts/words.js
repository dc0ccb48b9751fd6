// The page's words, in the reader's language where there is a dictionary of it.

let words = {};

/** Put values into the braces of a sentence. */
export function say(word, values = {}) {
  const sentence = words[word] ?? word;
  return sentence.replace(/\{(\w+)\}/g, (braces, name) => values[name] ?? braces);
}

function languageOf(known) {
  const asked = new URLSearchParams(location.search).get("lang");
  const wished = [asked, ...navigator.languages].filter(Boolean);
  const found = wished.map((tag) => tag.toLowerCase().split("-")[0]).find((tag) => known.includes(tag));
  return found ?? known[0];
}

/**
 * Load the dictionary, and put its words where the page has those of the first language.
 *
 * Elements name a word in `data-word`; in `data-label` the one that a screen reader says.
 *
 * @param {string[]} known - the languages that there are dictionaries of; the page is in the first
 */
export async function loadWords(known) {
  const language = languageOf(known);
  words = await (await fetch(`words/${language}.json`)).json();
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = say(element.dataset.word, element.dataset);
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.ariaLabel = say(element.dataset.label, element.dataset);
  }
}

/** A number as the reader's language writes it, with one digit after the point. */
export function oneDigit(number) {
  const digits = { maximumFractionDigits: 1, minimumFractionDigits: 1 };
  return number.toLocaleString(document.documentElement.lang, digits);
}

/** A number of bytes as people read it. */
export const megabytes = (bytes) => oneDigit(bytes / 1e6);
