/**
 * The first name that an object of this JSON text has twice; null where there is none. `JSON.parse` keeps the last and
 * says nothing, and others keep the first: a request that two readers read differently is refused. One pass without
 * recursion. The text need not be valid; of invalid JSON the answer means nothing.
 */
export function repeatedMember(json: string): string | null {
  /** Of each open bracket, the names so far; null for an array. */
  const open: (Set<string> | null)[] = [];
  let last = "";
  for (let index = 0; index < json.length; index++) {
    switch (json.charCodeAt(index)) {
      case QUOTE: {
        const end = endOfString(json, index);
        last = json.slice(index, end);
        index = end - 1;
        break;
      }
      case COLON: {
        const name = nameOf(last);
        const names = open.at(-1);
        if (names?.has(name)) return name;
        names?.add(name);
        break;
      }
      case OPEN_BRACE:
        open.push(new Set());
        break;
      case OPEN_BRACKET:
        open.push(null);
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        open.pop();
        break;
    }
  }
  return null;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** The index after the closing quote, or the text's end. */
function endOfString(json: string, start: number): number {
  let quote = json.indexOf('"', start + 1);
  while (quote !== -1) {
    let backslashes = 0;
    while (json.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    quote = json.indexOf('"', quote + 1);
  }
  return json.length;
}

/** "\u006dodel" and "model" are one name. */
function nameOf(quoted: string): string {
  return quoted.includes("\\") ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
}
