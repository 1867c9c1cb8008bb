/** What characters may be part of which tokens. */

export function isSpace(char: string | undefined): boolean {
  return char === " " || char === "\t" || char === "\n" || char === "\r";
}

export function isDigit(char: string): boolean {
  return char >= "0" && char <= "9" && char.length === 1;
}

export function isHexDigit(char: string): boolean {
  return /^[0-9a-fA-F]$/.test(char);
}

export function isAlpha(char: string): boolean {
  return char === "_" || (char.length === 1 && ((char >= "a" && char <= "z") || (char >= "A" && char <= "Z")));
}

export function isAlphaNumeric(char: string): boolean {
  return isAlpha(char) || isDigit(char);
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** Half of a surrogate pair cannot be UTF-8; Go reads it, and the replacement character itself, as an error. */
export function isReplacement(char: string): boolean {
  const code = char.codePointAt(0)!;
  return code === 0xfffd || (code >= 0xd800 && code < 0xe000);
}
