import { element } from "./element.js";

// opened returns the recording that this file holds, or else the one that a person chooses. Of that
// one only the data is taken: it is read as text, and nothing in it is carried out.
export async function opened() {
  const own = JSON.parse(document.getElementById("data").textContent);
  if (own) return own;
  const choice = element("input", { type: "file", id: "file", accept: ".html,text/html" });
  const state = element("p", { role: "status" });
  const place = element("main", { class: "opening" }, element("h1", { text: "Open a recording" }), element("p", {}, element("label", { for: "file", text: "A file that explore, a test, the chat or the page has written: " }), choice), state);
  document.body.append(place);
  const chosen = await new Promise((resolve) =>
    choice.addEventListener("change", async () => {
      const [file] = choice.files;
      if (!file) return;
      try {
        const data = JSON.parse(/<script id="data" type="application\/json">([^]*?)<\/script>/.exec(await file.text())[1]);
        if (!Array.isArray(data.events)) throw new Error("it has no events");
        resolve(data);
      } catch {
        state.textContent = `${file.name} is no recording: want an HTML file that was saved as one.`;
      }
    }),
  );
  place.remove();
  document.title = chosen.title;
  return chosen;
}
