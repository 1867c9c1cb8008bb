/** A place in a text that moves on by characters; a character beyond the first plane is one. */
export class Cursor {
  readonly input: string;
  position = 0;

  constructor(input: string) {
    this.input = input;
  }

  take(): string {
    const code = this.input.codePointAt(this.position);
    if (code === undefined) return "";
    const char = String.fromCodePoint(code);
    this.position += char.length;
    return char;
  }

  peek(): string {
    const code = this.input.codePointAt(this.position);
    return code === undefined ? "" : String.fromCodePoint(code);
  }

  accept(char: string): boolean {
    if (this.input[this.position] !== char) return false;
    this.position++;
    return true;
  }

  acceptAny(chars: string): boolean {
    const char = this.input[this.position];
    if (char === undefined || !chars.includes(char)) return false;
    this.position++;
    return true;
  }
}
