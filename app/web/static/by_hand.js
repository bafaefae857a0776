// Points of the key frame that can be dragged, each with its name, on a picture that can be made larger, with a magnifier; the server says what the numbers are.
"use strict";
(() => {
  const form = document.getElementById("hand");
  const view = document.getElementById("view");
  const editor = document.getElementById("editor");
  const picture = document.getElementById("picture");
  const part = JSON.parse(form.dataset.window);
  const LINES = [["outline_top", "outline_bottom", "outline"], ["vertical_top", "vertical_bottom", "vertical"], ["floor_start", "floor_end", "floor"], ["wall_top", "wall_bottom", "wall"]];
  const REACH_PX = 32;
  /** Times as wide as its window. */
  const SIZES = [1, 2, 3];
  /** Where a name may stand beside its ring: to which side, and how far from the middle, in its own widths and heights. */
  const BESIDE = [[0, -1], [0, 1], [1, 0], [-1, 0], [1, -1], [-1, -1], [1, 1], [-1, 1], [0, -2], [0, 2], [1, 2], [-1, 2], [1, -2], [-1, -2]];
  const RING_PX = 11;
  const LENS_PX = 144;
  const LENS_ZOOM = 3;
  const PREVIEW_AFTER_MS = 150;

  const toPicture = ([x, y]) => [(x - part.left_px + 0.5) * part.zoom_x - 0.5, (y - part.top_px + 0.5) * part.zoom_y - 0.5];
  const toFilmed = ([x, y]) => [(x + 0.5) / part.zoom_x - 0.5 + part.left_px, (y + 0.5) / part.zoom_y - 0.5 + part.top_px];
  const make = (name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  const drawing = make("svg", { class: "editor-lines", "aria-hidden": "true" });
  const lens = document.createElement("canvas");
  const points = new Map();
  const first = new Map();
  /** What the fields of each point hold, as it was before whatever is typed next. */
  const typed = new Map();
  const history = [];
  const back = document.getElementById("back");
  const reset = document.getElementById("reset");
  const sizes = { larger: document.getElementById("larger"), smaller: document.getElementById("smaller") };
  let asked = null;
  let timer = 0;
  let size = 0;

  const inputs = (name) => [form.elements[name + "_x"], form.elements[name + "_y"]];
  const read = (name) => {
    const at = inputs(name).map((input) => Number.parseFloat(input.value.replace(",", ".")));
    return at.every(Number.isFinite) ? at : null;
  };
  const readTexts = (name) => inputs(name).map((input) => input.value);
  const writeTexts = (name, texts) => inputs(name).forEach((input, axis) => { input.value = texts[axis]; });
  const write = (name, at) => inputs(name).forEach((input, axis) => { input.value = at === null ? "" : at[axis].toFixed(2); });

  const place = (name) => {
    const { handle, title } = points.get(name);
    const at = read(name);
    handle.hidden = at === null;
    if (at === null) return;
    const [x, y] = toPicture(at);
    handle.style.left = `${(100 * (x + 0.5)) / picture.naturalWidth}%`;
    handle.style.top = `${(100 * (y + 0.5)) / picture.naturalHeight}%`;
    handle.setAttribute("aria-label", `${title}: ${at[0].toFixed(1)}, ${at[1].toFixed(1)}. ${editor.dataset.help}`);
    nameAll();
  };

  /** Put each name beside its ring where it hides least of the rings and of the names before it, and nothing of it lies outside the picture. */
  const nameAll = () => {
    const seen = [...points.values()].filter(({ handle }) => !handle.hidden);
    const [width, height] = [editor.clientWidth, editor.clientHeight];
    const middle = ({ handle }) => [(parseFloat(handle.style.left) / 100) * width, (parseFloat(handle.style.top) / 100) * height];
    const taken = seen.map((point) => { const [x, y] = middle(point); return [x - RING_PX, y - RING_PX, x + RING_PX, y + RING_PX]; });
    const hides = ([a, b, c, d]) => taken.reduce((sum, [e, f, g, h]) => sum + Math.max(0, Math.min(c, g) - Math.max(a, e)) * Math.max(0, Math.min(d, h) - Math.max(b, f)), 0);
    for (const { label } of points.values()) label.hidden = true;
    for (const point of seen) {
      const { label } = point;
      label.hidden = false;
      const [x, y] = middle(point);
      const [w, h] = [label.offsetWidth, label.offsetHeight];
      const boxes = BESIDE.map(([dx, dy]) => {
        const left = Math.min(Math.max(x - w / 2 + dx * (w / 2 + RING_PX), 0), width - w);
        const top = Math.min(Math.max(y - h / 2 + Math.sign(dy) * (h / 2 + RING_PX) + (dy - Math.sign(dy)) * h, 0), height - h);
        return [left, top, left + w, top + h];
      });
      const best = boxes.reduce((found, box) => (hides(box) < hides(found) ? box : found));
      taken.push(best);
      label.style.left = `${best[0]}px`;
      label.style.top = `${best[1]}px`;
    }
  };

  /** Make the picture larger or smaller within its window; what is in the middle stays there. */
  const resize = (step) => {
    const [x, y] = [(view.scrollLeft + view.clientWidth / 2) / editor.clientWidth, (view.scrollTop + view.clientHeight / 2) / editor.clientHeight];
    view.style.height = `${view.offsetHeight}px`; // the window keeps its size, only the picture in it grows
    size = Math.min(Math.max(size + step, 0), SIZES.length - 1);
    editor.style.width = `${100 * SIZES[size]}%`;
    if (size === 0) view.style.height = "";
    view.scrollLeft = x * editor.clientWidth - view.clientWidth / 2;
    view.scrollTop = y * editor.clientHeight - view.clientHeight / 2;
    sizes.larger.disabled = size === SIZES.length - 1;
    sizes.smaller.disabled = size === 0;
    nameAll();
  };

  const drawLines = (seen) => {
    drawing.replaceChildren();
    for (const [from, to, role] of LINES) {
      if (!seen[from] || !seen[to]) continue;
      const [[x1, y1], [x2, y2]] = [toPicture(seen[from]), toPicture(seen[to])];
      drawing.append(make("line", { x1, y1, x2, y2, class: role, "vector-effect": "non-scaling-stroke" }));
    }
  };

  const moved = () => Object.fromEntries([...points.keys()].map((name) => [name, read(name)])
    .filter(([name, at]) => at !== null && (!first.get(name) || first.get(name).some((value, axis) => Math.abs(value - at[axis]) >= 0.02))));

  const show = (shown) => {
    for (const place of document.querySelectorAll("[data-number]")) place.textContent = shown.numbers[place.dataset.number];
    document.getElementById("lunges").textContent = shown.lunges;
    document.getElementById("problems").textContent = shown.problems;
    drawLines(shown.points_px);
  };

  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ points: moved() }), signal: asked.signal });
      const said = await answer.json();
      if (answer.ok) show(said.shown);
      else document.getElementById("problems").textContent = `${said.shown.message} ${said.shown.advice}`;
    } catch (error) {
      if (error.name === "AbortError") return;
      document.getElementById("problems").textContent = String(error.message);
    }
    form.removeAttribute("aria-busy");
  };

  const changed = (name) => {
    place(name);
    typed.set(name, readTexts(name));
    const any = Object.keys(moved()).length > 0;
    back.disabled = history.length === 0;
    reset.disabled = !any;
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, PREVIEW_AFTER_MS);
  };

  const move = (name, at) => { write(name, at); changed(name); };

  const magnify = (at) => {
    const [x, y] = toPicture(at);
    const ratio = window.devicePixelRatio || 1;
    lens.width = lens.height = LENS_PX * ratio;
    const pen = lens.getContext("2d");
    const shownZoom = (editor.clientWidth / picture.naturalWidth) * LENS_ZOOM * ratio;
    const span = lens.width / shownZoom;
    pen.drawImage(picture, x + 0.5 - span / 2, y + 0.5 - span / 2, span, span, 0, 0, lens.width, lens.height);
    for (const [width, colour] of [[3 * ratio, "#000"], [ratio, "#fff"]]) {
      pen.lineWidth = width;
      pen.strokeStyle = colour;
      pen.beginPath();
      pen.moveTo(lens.width / 2, 0); pen.lineTo(lens.width / 2, lens.height * 0.42);
      pen.moveTo(lens.width / 2, lens.height * 0.58); pen.lineTo(lens.width / 2, lens.height);
      pen.moveTo(0, lens.height / 2); pen.lineTo(lens.width * 0.42, lens.height / 2);
      pen.moveTo(lens.width * 0.58, lens.height / 2); pen.lineTo(lens.width, lens.height / 2);
      pen.stroke();
    }
    const shown = (((x + 0.5) / picture.naturalWidth) * editor.clientWidth - view.scrollLeft) / view.clientWidth;
    lens.classList.toggle("right", shown < 0.5);
    lens.hidden = false;
  };

  const findNearest = (event) => {
    // on a phone the handles overlap: whichever point is nearest is meant, not whichever lies on top
    const distance = ({ handle }) => {
      const box = handle.getBoundingClientRect();
      return handle.hidden ? Infinity : Math.hypot(event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2);
    };
    const [name, point] = [...points.entries()].reduce((best, each) => (distance(each[1]) < distance(best[1]) ? each : best));
    return distance(point) <= REACH_PX ? { name, handle: point.handle } : null;
  };

  const makeDraggable = () => {
    let grip = null;
    editor.addEventListener("pointerdown", (event) => {
      const nearest = findNearest(event);
      if (nearest === null) return;
      const { name, handle } = nearest;
      const box = picture.getBoundingClientRect();
      const at = read(name);
      const [x, y] = toPicture(at);
      const scale = picture.naturalWidth / box.width;
      // the finger may take hold beside the point; the point keeps its distance from it, so that it can be seen
      grip = { name, scale, dx: x - (event.clientX - box.left) * scale, dy: y - (event.clientY - box.top) * scale, from: at, texts: readTexts(name) };
      editor.setPointerCapture(event.pointerId);
      handle.focus();
      magnify(at);
      event.preventDefault();
    });
    editor.addEventListener("pointermove", (event) => {
      if (grip === null) return;
      const box = picture.getBoundingClientRect();
      const at = toFilmed([(event.clientX - box.left) * grip.scale + grip.dx, (event.clientY - box.top) * grip.scale + grip.dy]);
      move(grip.name, at);
      magnify(at);
    });
    const release = () => {
      if (grip === null) return;
      const at = read(grip.name);
      if (at.some((value, axis) => Math.abs(value - grip.from[axis]) > 1e-3)) { history.push([grip.name, grip.texts]); changed(grip.name); }
      grip = null;
      lens.hidden = true;
    };
    editor.addEventListener("pointerup", release);
    editor.addEventListener("pointercancel", release);
  };

  const followKeys = (name, handle) => {
    handle.addEventListener("keydown", (event) => {
      const step = (event.shiftKey ? 5 : 0.5);
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!way) return;
      event.preventDefault();
      const at = read(name);
      history.push([name, readTexts(name)]);
      const next = at.map((value, axis) => value + step * way[axis]);
      move(name, next);
      magnify(next);
    });
    handle.addEventListener("blur", () => { lens.hidden = true; });
  };

  const undo = () => {
    const last = history.pop();
    if (!last) return;
    writeTexts(...last);
    changed(last[0]);
  };

  const begin = () => {
    drawing.setAttribute("viewBox", `-0.5 -0.5 ${picture.naturalWidth} ${picture.naturalHeight}`);
    lens.className = "lens";
    lens.hidden = true;
    lens.setAttribute("aria-hidden", "true");
    editor.append(drawing);
    for (const field of document.querySelectorAll(".hand-point")) {
      const { name, title, short } = field.dataset;
      const handle = document.createElement("button");
      handle.type = "button";
      handle.className = `handle ${name}`;
      handle.title = title;
      const label = document.createElement("span");
      label.className = "handle-name";
      label.textContent = short;
      label.setAttribute("aria-hidden", "true"); // the handle says it in full
      points.set(name, { handle, title, label });
      first.set(name, read(name));
      typed.set(name, readTexts(name));
      editor.append(handle, label);
      place(name);
      followKeys(name, handle);
      inputs(name).forEach((input) => input.addEventListener("change", () => { history.push([name, typed.get(name)]); changed(name); }));
    }
    makeDraggable();
    view.after(lens);
    new ResizeObserver(nameAll).observe(editor);
    sizes.larger.addEventListener("click", () => resize(1));
    sizes.smaller.addEventListener("click", () => resize(-1));
    document.getElementById("tools").hidden = false;
    back.addEventListener("click", undo);
    reset.addEventListener("click", () => {
      history.length = 0;
      for (const [name, at] of first) { write(name, at); place(name); typed.set(name, readTexts(name)); }
      changed("toe");
    });
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "z" && !(event.target instanceof HTMLInputElement)) { event.preventDefault(); undo(); }
    });
    ask();
  };

  if (picture.complete && picture.naturalWidth) begin(); else picture.addEventListener("load", begin, { once: true });
})();
