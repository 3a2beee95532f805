// access defines what a test asks about what is visible: what has no name, what has too little
// contrast, what is wider than the window.
(() => {
  const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !e.closest(".unseen, .skip, noscript");
  const describe = (e) => `${e.tagName.toLowerCase()}.${e.className} “${(e.innerText || e.value || "").slice(0, 30)}”`;

  const unnamed = () => [...document.querySelectorAll("button, a[href], input, select, textarea, summary, img, [role=tab], [role=tabpanel], [role=listbox], [role=region], [role=option], [role=group], [tabindex='0'], section, aside, dialog, form, fieldset")]
    .filter((e) => seen(e) && !e.matches("img[alt='']"))
    .filter((e) => {
      const by = e.getAttribute("aria-labelledby");
      const name = e.getAttribute("aria-label") || (by && document.getElementById(by)?.innerText) || e.getAttribute("alt") || [...(e.labels ?? [])].map((l) => l.innerText).join("") || e.querySelector(":scope > legend")?.innerText || (e.matches("button, a, summary, [role=option], [role=tab], pre") && e.innerText);
      return !name?.trim();
    })
    .map(describe);

  // parts returns red, green, blue and alpha, of 1 at most.
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const parts = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].map((n) => n / 255);
  };
  const luminance = ([r, g, b]) => [r, g, b].map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const colour = parts(getComputedStyle(e).backgroundColor);
      if (colour[3] > 0.99) return colour;
    }
    return parts(getComputedStyle(document.documentElement).backgroundColor);
  };
  const contrast = (one, other) => {
    const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const faint = () => {
    const found = new Map();
    let looked = 0;
    for (const e of document.querySelectorAll("body *")) {
      const words = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || e.matches("input, textarea, select");
      if (!words || !seen(e) || e.closest(":disabled")) continue;
      looked++;
      const got = contrast(parts(getComputedStyle(e).color), ground(e));
      if (got < 4.5) found.set(describe(e), `${describe(e)}: ${got.toFixed(2)}`);
      if (e.placeholder) {
        const hint = contrast(parts(getComputedStyle(e, "::placeholder").color), ground(e));
        if (hint < 4.5) found.set(e.placeholder, `placeholder ${e.placeholder}: ${hint.toFixed(2)}`);
      }
    }
    return looked < 15 ? [`only ${looked} words were looked at`] : [...found.values()];
  };

  const wide = () => {
    const root = document.documentElement;
    return root.scrollWidth <= root.clientWidth ? [] : [...document.querySelectorAll("body *")].filter((e) => seen(e) && e.getBoundingClientRect().right > root.clientWidth + 1 && !e.parentElement.closest(".row")).map(describe).slice(0, 5).concat(`${root.scrollWidth} > ${root.clientWidth}`);
  };

  // small are the controls that are smaller than a finger can hit.
  const small = () => [...document.querySelectorAll("button, summary, select, input, textarea")].filter((e) => seen(e) && !e.matches("label > input") && e.getBoundingClientRect().height < 16).map(describe);

  window.access = { unnamed, faint, wide, small };
  return true;
})()
