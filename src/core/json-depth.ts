/** No request and no answer is deeper that means to be read: 10^5 brackets are to break whoever walks them (T11). */
export const MOST_JSON_DEPTH = 64;

/**
 * Whether a text of JSON, valid or not, opens more than `most` brackets at once. Looks at each character once, before
 * anything is parsed.
 */
export function isTooDeep(json: string, most: number = MOST_JSON_DEPTH): boolean {
  let depth = 0;
  let isString = false;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (isString) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) isString = false;
    } else if (code === QUOTE) isString = true;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth++;
      if (depth > most) return true;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
