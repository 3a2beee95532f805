// drawStrip draws all events as a strip above the slider: messages as ticks of their side's
// colour, faults, what failed, and where the property broke.
export function drawStrip(canvas, story, broke) {
  const scale = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth * scale, canvas.clientHeight * scale];
  if (width === 0) return;
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d");
  const colours = getComputedStyle(document.documentElement);
  const colour = (name) => colours.getPropertyValue(`--${name}`).trim();
  const inset = 8 * scale; // half of the slider's thumb
  const place = (n) => inset + ((n - 1) / Math.max(1, story.events.length - 1)) * (width - 2 * inset);
  const tick = (n, name, from, to, thick) => {
    pen.fillStyle = name;
    pen.fillRect(Math.round(place(n) - (thick * scale) / 2), from * height, thick * scale, (to - from) * height);
  };
  const [line, person, bot, fault, failed] = ["line", "person", "bot", "fault", "failed"].map(colour);
  const rare = story.events.length < 2000;
  for (const event of story.events) {
    const tone = story.tone(event);
    if (tone === "fault") tick(event.n, fault, 0, 1, 2);
    else if (tone === "failed") tick(event.n, failed, 0.3, 1, 2);
    else if (event.what === "says") tick(event.n, person, 0.1, 1, 2);
    else if (story.isMessage(event)) tick(event.n, bot, 0.35, 1, 2);
    else if (rare) tick(event.n, line, 0.75, 1, 1);
  }
  if (!broke) return;
  tick(broke, failed, 0, 1, 3);
  pen.beginPath();
  pen.moveTo(place(broke) - 6 * scale, 0);
  pen.lineTo(place(broke) + 6 * scale, 0);
  pen.lineTo(place(broke), 8 * scale);
  pen.fill();
}
