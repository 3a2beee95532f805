// rawOf returns the text of a field's value in a JSON object, byte by byte: parsing and
// writing it again would lose how it was escaped. "": there is no such field.
export function rawOf(text, field) {
  let at = text.indexOf("{") + 1;
  while (at > 0 && at < text.length) {
    const name = /\s*,?\s*("(?:[^"\\]|\\.)*")\s*:\s*/y;
    name.lastIndex = at;
    const found = name.exec(text);
    if (!found) return "";
    const end = endOf(text, name.lastIndex);
    if (JSON.parse(found[1]) === field) return text.slice(name.lastIndex, end);
    at = end;
  }
  return "";
}

// endOf returns where the value that begins at a place ends.
function endOf(text, at) {
  let depth = 0;
  while (at < text.length) {
    const sign = text[at];
    if (sign === '"') {
      const string = /"(?:[^"\\]|\\.)*"/y;
      string.lastIndex = at;
      string.exec(text);
      at = string.lastIndex || text.length;
    } else {
      if (depth === 0 && (sign === "," || sign === "}" || sign === "]")) return at;
      if (sign === "{" || sign === "[") depth++;
      if (sign === "}" || sign === "]") depth--;
      at++;
    }
    if (depth === 0 && (text[at - 1] === "}" || text[at - 1] === "]" || sign === '"')) return at;
  }
  return at;
}
