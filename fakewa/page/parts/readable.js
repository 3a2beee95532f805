// The trace has messages as people read them: "[image] my cat", and under what can be tapped
// "[1] Orders  [2] Help". readable takes such a text apart again, to draw it.
//
// It returns {tag, body, choices}: tag is what the message is instead of a text, choices are
// {title, detail}.
export function readable(type, text) {
  if (!type || type === "text") return { tag: "", body: text, choices: [] };
  let body = text;
  const choices = [];
  if (type === "interactive" || type === "template") {
    const kept = [];
    for (const line of body.split("\n")) {
      if (!/^\[\d+\] /.test(line)) {
        kept.push(line);
        continue;
      }
      for (const part of line.split(/ {2}(?=\[\d+\] )/)) {
        const [title, ...detail] = part.replace(/^\[\d+\] /, "").split(" – ");
        choices.push({ title, detail: detail.join(" – ") });
      }
    }
    body = kept.join("\n");
  }
  const tagged = /^\[([^\]\n]*)\]\s*/.exec(body);
  if (!tagged) return { tag: "", body, choices };
  return { tag: tagged[1], body: body.slice(tagged[0].length), choices };
}
