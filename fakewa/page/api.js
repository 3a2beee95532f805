// The HTTP interface of the fake: GET /_fakewa/openapi.yaml describes it.

let base = "/_fakewa/"; // of the business that is shown

export const platform = "/_fakewa/";
export const world = "/_sim/";

// chooseBusiness sets whose paths of calls are; "": the first one.
export function chooseBusiness(id) {
  base = id ? `/_fakewa/businesses/${encodeURIComponent(id)}/` : platform;
}

// Refused is an answer that is no success, in the words of the fake.
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

// call calls an endpoint, relative to the business if it has no / in front, and returns its JSON.
export async function call(method, path, body) {
  const request = { method, cache: "no-store" };
  if (body !== undefined) Object.assign(request, { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
  let response;
  try {
    response = await fetch(urlOf(path), request);
  } catch {
    throw new Refused(0, "There is no answer: is it still running?");
  }
  const text = await response.text();
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    answer = { error: text };
  }
  if (!response.ok) throw new Refused(response.status, String(answer.error ?? text).replace(/^(fakewa|web|sim): /, "") || `status ${response.status}`);
  return answer;
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);

// urlOf returns the URL of an endpoint.
export const urlOf = (path) => (path.startsWith("/") ? path : base + path);

// userPath returns a path of a user, with the parts that follow.
export const userPath = (user, ...parts) => ["users", user.replace(/^\+/, ""), ...parts].map(encodeURIComponent).join("/");

// curlOf writes a call as a line for a shell.
export function curlOf(method, url, headers, body) {
  const quoted = (text) => `'${String(text).replaceAll("'", `'\\''`)}'`;
  const parts = ["curl", "-X", method, ...Object.entries(headers).flatMap(([name, value]) => ["-H", quoted(`${name}: ${value}`)])];
  if (body) parts.push("--data-binary", quoted(body));
  return [...parts, quoted(url)].join(" ");
}
