import { isAlphaNumeric, isDigit, isHexDigit } from "./character-classes.ts";
import type { Cursor } from "./cursor.ts";

/** Digits with points, exponents and underscores, as Go allows them; leaves the position after what it has read. */
export function scanNumber(cursor: Cursor): boolean {
  const hexadecimal = cursor.accept("0") && cursor.acceptAny("xX");
  if (hexadecimal) cursor.accept("_");
  const isNumberDigit = hexadecimal ? isHexDigit : isDigit;
  cursor.accept(".");
  if (isNumberDigit(cursor.peek())) cursor.take();
  let point = false;
  let exponent = false;
  for (;;) {
    const char = cursor.peek();
    if (char === ".") {
      cursor.take();
      if (point || cursor.acceptAny("_.") || hexadecimal) return false;
      point = true;
    } else if (char === "_") {
      cursor.take();
      if (cursor.acceptAny("._eE") || cursor.peek() === "") return false;
    } else if (char === "e" || char === "E") {
      // In hexadecimal Prometheus takes the first e for an exponent too, as it asks for exponents first.
      if (exponent) {
        cursor.take();
        return false;
      }
      cursor.take();
      exponent = true;
      cursor.acceptAny("+-");
      if (cursor.acceptAny("._eE") || cursor.peek() === "") return false;
    } else if (isNumberDigit(char)) {
      while (isNumberDigit(cursor.peek())) cursor.take();
    } else break;
  }
  return !isAlphaNumeric(cursor.peek());
}

/** The rest of a duration whose first number has been read. */
export function scanDuration(cursor: Cursor): boolean {
  if (!cursor.acceptAny("smhdwy")) return false;
  cursor.accept("s");
  while (isDigit(cursor.peek())) {
    while (isDigit(cursor.peek())) cursor.take();
    if (!cursor.acceptAny("smhdw")) return false;
    cursor.accept("s");
  }
  if (!isAlphaNumeric(cursor.peek())) return true;
  cursor.take();
  return false;
}
