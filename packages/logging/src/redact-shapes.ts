/** Secrets that are told by how they look, wherever in a line they stand: in a message, under any key, at any depth. */

/**
 * `card`: payment card numbers, checked by their last digit. `email`: addresses. `token`: bearer and basic authorization, JSON
 * web tokens, private keys, passwords in URLs, and the keys of well-known services. `key`: texts under keys such as `password`,
 * `secret`, `authorization`, `cookie`, `api_key`. `iban`: bank accounts.
 */
export type RedactedShape = "card" | "email" | "token" | "key" | "iban";

export interface ShapeRedactionOptions {
  readonly shapes?: readonly RedactedShape[];
  /** Your own; a match is replaced as a whole. Each must match within one text of a line of JSON. */
  readonly patterns?: readonly RegExp[];
  /** @default "[Redacted]" */
  readonly censor?: string;
}

interface Shape {
  /** A line without all of these has none of it: finding a text costs a tenth of what matching an expression does. */
  readonly clues?: readonly string[];
  readonly pattern: RegExp;
  readonly replace: (censor: string) => (...match: string[]) => string;
}

const whole = (censor: string) => (): string => censor;
const afterFirstGroup =
  (censor: string) =>
  (_match: string, kept: string): string =>
    `${kept}${censor}`;

const shapes: Readonly<Record<RedactedShape, readonly Shape[]>> = {
  card: [{ pattern: /(?<![\w.-])[2-6](?:[ -]?\d){12,18}(?![\w-]|\.\d)/g, replace: cardReplacer }],
  email: [
    { clues: ["@"], pattern: /[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+/g, replace: whole },
  ],
  token: [
    {
      clues: ["earer ", "asic "],
      pattern: /\b((?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{6,}/gi,
      replace: afterFirstGroup,
    },
    { clues: ["eyJ"], pattern: /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g, replace: whole },
    { clues: ["://"], pattern: /(:\/\/[^\s/:@"\\]*:)[^\s/@"\\]+(?=@)/g, replace: afterFirstGroup },
    {
      clues: ["PRIVATE KEY"],
      pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*?(?:-----END [A-Z ]*PRIVATE KEY-----|(?="))/g,
      replace: whole,
    },
    { clues: ["AKIA", "ASIA"], pattern: /\bA[KS]IA[0-9A-Z]{16}\b/g, replace: whole },
    { clues: ["AIza"], pattern: /\bAIza[\w-]{35}/g, replace: whole },
    {
      clues: ["gh", "npm_", "glpat-"],
      pattern: /\b(?:gh[pousr]_\w{36,}|github_pat_\w{22,}|npm_\w{36}|glpat-[\w-]{20,})/g,
      replace: whole,
    },
    {
      clues: ["xox", "k_live_", "sk-"],
      pattern: /\b(?:xox[abeoprs]-[\w-]{10,}|[sr]k_live_\w{16,}|sk-[\w-]{20,})/g,
      replace: whole,
    },
  ],
  key: [
    {
      pattern:
        /("(?:[\w-]*(?:password|passwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|(?:access|refresh|auth|id|session)[_-]?token)|authorization|cookie|set-cookie|pin|cvv|cvc)":)"(?:[^"\\]|\\.)*"/gi,
      replace: (censor) => (_match, key) => `${key}${JSON.stringify(censor)}`,
    },
  ],
  iban: [{ pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b/g, replace: ibanReplacer }],
};

export const redactedShapes: readonly RedactedShape[] = Object.keys(shapes) as RedactedShape[];

/** Takes a line and returns it without what looks like those secrets; `undefined` when there is nothing to look for. */
export function shapeRedaction(options: ShapeRedactionOptions): ((line: string) => string) | undefined {
  const { patterns = [], censor = "[Redacted]" } = options;
  const wanted: readonly Shape[] = [
    ...(options.shapes ?? []).flatMap((shape) => shapes[shape]),
    ...patterns.map((pattern) => ({ pattern: global(pattern), replace: whole })),
  ];
  if (wanted.length === 0) return undefined;
  // Within quotes of a line of JSON.
  const escaped = JSON.stringify(censor).slice(1, -1);
  const steps = wanted.map(({ clues, pattern, replace }) => ({ clues, pattern, replacer: replace(escaped) }));
  return (line) => {
    // Ids of spans are made of digits, too; what the application said begins after them.
    const start = Math.max(0, line.indexOf(',"logger":'));
    let said = start === 0 ? line : line.slice(start);
    for (const { clues, pattern, replacer } of steps) {
      if (clues === undefined || clues.some((clue) => said.includes(clue))) said = said.replace(pattern, replacer);
    }
    return start === 0 ? said : line.slice(0, start) + said;
  };
}

function global(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, pattern.flags.includes("g") ? pattern.flags : `${pattern.flags}g`);
}

/** Issuers' first digits and lengths; times in milliseconds, which have thirteen digits, are none. */
const issued =
  /^(?:4\d{15}(?:\d{3})?|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}|6(?:011|5\d\d|4[4-9]\d)\d{12,15}|62\d{14,17})$/;

function cardReplacer(censor: string): (...match: string[]) => string {
  return (match, ...rest) => {
    const digits = match.replace(/[ -]/g, "");
    if (!issued.test(digits) || !passesLuhn(digits)) return match;
    const [at, line] = rest as unknown as [number, string];
    return isBareNumber(line, at, match.length) ? `"${censor}"` : censor;
  };
}

/** A number of JSON, which has to become a text: it has no quote on either side, only what separates values. */
function isBareNumber(line: string, at: number, length: number): boolean {
  return /[:[,]/.test(line[at - 1] ?? "") && /[,\]}]/.test(line[at + length] ?? "") && !isInsideText(line, at);
}

function isInsideText(line: string, at: number): boolean {
  let inside = false;
  for (let i = 0; i < at; i++) {
    if (line[i] === "\\") i++;
    else if (line[i] === '"') inside = !inside;
  }
  return inside;
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}

function ibanReplacer(censor: string): (...match: string[]) => string {
  return (match) => (hasIbanChecksum(match.replaceAll(" ", "")) ? censor : match);
}

/** ISO 13616: the account and then its head, letters as numbers, leave 1 when divided by 97. */
function hasIbanChecksum(iban: string): boolean {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    for (const digit of Number.parseInt(character, 36).toString()) remainder = (remainder * 10 + Number(digit)) % 97;
  }
  return remainder === 1;
}
