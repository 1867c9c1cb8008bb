/** What the messages of all integrations are made with. */

/** A template of the notification's as text. @throws Error when it fails */
export type Expand = (text: string) => string;

type Texts = Readonly<Record<string, string>>;

export function withoutEmpty(fields: Texts): Texts {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
}

/** Templates by their names, as texts. */
export function expandAll(fields: Texts, expand: Expand): Texts {
  return Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, expand(text)]));
}

/** To so many characters, the last of them an ellipsis. */
export function truncated(text: string, limit: number): string {
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join("")}…`;
}
