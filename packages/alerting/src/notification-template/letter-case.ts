/** Letters as Go changes them: each by itself, where JavaScript makes two of some, or looks at their neighbours. */

export function upperCase(text: string): string {
  return eachLetter(text, (letter) => {
    const upper = letter.toUpperCase();
    return [...upper].length === 1 ? upper : letter;
  });
}

export function lowerCase(text: string): string {
  return eachLetter(text, (letter) => String.fromCodePoint(letter.toLowerCase().codePointAt(0)!));
}

/** Made when it is first needed: it takes 10 ms, for which every start would wait. */
let words: Intl.Segmenter | undefined;

/** The first letter of each word is large, the others are small. golang.org/x/text: cases.Title */
export function titleCase(text: string): string {
  words ??= new Intl.Segmenter("en", { granularity: "word" });
  return Array.from(words.segment(text), ({ segment }) => {
    const parts = /^(\P{L}*)(\p{L})(.*)$/su.exec(segment.toLowerCase());
    return parts === null ? segment : parts[1]! + titleLetter(parts[2]!) + parts[3]!;
  }).join("");
}

/** Letters that are two in one, such as \u01c6, have a form of their own for titles. */
const DOUBLE_LETTERS: Readonly<Record<string, string>> = {
  \u01c4: "\u01c5",
  \u01c7: "\u01c8",
  \u01ca: "\u01cb",
  \u01f1: "\u01f2",
};

function titleLetter(letter: string): string {
  const [first = "", ...others] = letter.toUpperCase();
  return (DOUBLE_LETTERS[first] ?? first) + others.join("").toLowerCase();
}

function eachLetter(text: string, change: (letter: string) => string): string {
  return Array.from(text, change).join("");
}
