/** What is wrong with an HTTP header, `undefined` when nothing; its value is never part of the answer. */
export function headerFault(name: string, value: unknown): string | undefined {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) {
    return "is not the name of a header; give letters, digits and dashes, such as x-api-key";
  }
  if (typeof value !== "string") return "is not a text; give the header's value as a text";
  // Tab and the bytes that can be printed: https://www.rfc-editor.org/rfc/rfc9110#name-field-values
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    return "has a character that a header cannot carry, such as a line break; take it out";
  }
  return undefined;
}
