/** What firmware calls itself, as an attribute can hold it: it may be anything, and a battery has been seen that is not UTF-8. */
export function cleanText(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  return text
    .replace(/[\p{Cc}\ufffd]/gu, " ")
    .replace(/ +/g, " ")
    .trim();
}
