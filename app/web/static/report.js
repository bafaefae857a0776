"use strict";
// A line on the curve follows the picture that the clip shows, and the clip goes where the curve is tapped. Without this script the curve is a
// drawing and the clip has its own controls.
(() => {
  const oneDecimal = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping: false });
  const STEP_S = 0.1;
  const JUMP_S = 1;
  const SVG = "http://www.w3.org/2000/svg";

  const readPoints = (drawing) => [...drawing.querySelectorAll("path.curve")].flatMap((path) =>
    path.getAttribute("d").split(/[ML]/).filter(Boolean).map((pair) => pair.split(" ").map(Number)));

  const draw = (parent, name, values) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(values)) made.setAttribute(key, value);
    parent.append(made);
    return made;
  };

  const tie = (figure) => {
    const axes = JSON.parse(figure.dataset.axes);
    const drawing = figure.querySelector("svg");
    const player = figure.querySelector("details");
    const video = figure.querySelector("video");
    const points = readPoints(drawing);
    const width = axes.right - axes.left;
    const xOf = (time) => axes.left + width * Math.min(Math.max(time / axes.end_s, 0), 1);
    const yOf = (x) => {
      const after = points.findIndex((point) => point[0] >= x);
      if (after < 0) return null;
      const [x1, y1] = points[after];
      if (x1 === x) return y1;
      if (after === 0) return null;
      const [x0, y0] = points[after - 1];
      return x1 - x0 > (width * axes.gap_s) / axes.end_s ? null : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
    };

    const cursor = draw(drawing, "g", { class: "cursor", "aria-hidden": "true" });
    const line = draw(cursor, "line", { y1: axes.top, y2: axes.bottom });
    const dot = draw(cursor, "circle", { r: 3.5 });
    const text = draw(cursor, "text", { y: axes.top - 22 });
    let shown = 0;

    const show = (time) => {
      shown = Math.min(Math.max(time, 0), axes.end_s);
      const x = xOf(shown);
      const y = yOf(x);
      const angle = y === null ? null : axes.low_deg + ((axes.bottom - y) * (axes.high_deg - axes.low_deg)) / (axes.bottom - axes.top);
      const words = (angle === null ? figure.dataset.seen : figure.dataset.at)
        .replace("{time}", oneDecimal.format(shown)).replace("{angle}", angle === null ? "" : oneDecimal.format(angle).replace("-", "\u2212"));
      for (const name of ["x1", "x2"]) line.setAttribute(name, x);
      dot.setAttribute("cx", x);
      dot.setAttribute("cy", y === null ? axes.bottom : y);
      dot.classList.toggle("unseen-angle", y === null);
      text.setAttribute("x", x);
      text.setAttribute("text-anchor", x < axes.left + width / 3 ? "start" : x > axes.right - width / 3 ? "end" : "middle");
      text.textContent = words;
      drawing.setAttribute("aria-valuenow", shown.toFixed(2));
      drawing.setAttribute("aria-valuetext", words);
    };

    const seek = (time) => {
      show(time);
      player.open = true;
      if (video.readyState >= HTMLMediaElement.HAVE_METADATA) video.currentTime = shown;
      else if (video.preload !== "auto") {
        video.preload = "auto"; // the first tap loads the clip; where the line stands by then is where it begins
        video.addEventListener("loadedmetadata", () => { video.currentTime = shown; }, { once: true });
        video.load();
      }
    };

    const follow = (now, frame) => {
      // a frame of the place before may come late: where the line was led it stays
      if (!video.seeking) show(frame && !video.paused ? frame.mediaTime : video.currentTime);
      if (!video.paused || video.seeking) wait();
    };
    const wait = () => (video.requestVideoFrameCallback ? video.requestVideoFrameCallback(follow) : requestAnimationFrame((now) => follow(now)));
    for (const event of ["play", "seeking"]) video.addEventListener(event, wait);
    for (const event of ["seeked", "pause", "ended"]) video.addEventListener(event, () => show(video.currentTime));

    const timeAt = (event) => {
      const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
      return ((place.x - axes.left) / width) * axes.end_s;
    };
    drawing.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      video.pause();
      drawing.setPointerCapture(event.pointerId);
      seek(timeAt(event));
    });
    drawing.addEventListener("pointermove", (event) => { if (drawing.hasPointerCapture(event.pointerId)) seek(timeAt(event)); });
    drawing.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -STEP_S, ArrowDown: -STEP_S, ArrowRight: STEP_S, ArrowUp: STEP_S, PageDown: -JUMP_S, PageUp: JUMP_S }[event.key];
      const to = event.key === "Home" ? 0 : event.key === "End" ? axes.end_s : step === undefined ? null : shown + step;
      if (to === null || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      video.pause();
      seek(to);
    });

    const described = drawing.getAttribute("aria-labelledby").split(" ")[1];
    drawing.removeAttribute("aria-labelledby");
    const name = figure.querySelector("figcaption b").textContent;
    const said = { role: "slider", tabindex: 0, "aria-label": `${name}: ${figure.dataset.label}`, "aria-describedby": described };
    for (const [key, value] of Object.entries(said)) drawing.setAttribute(key, value);
    drawing.setAttribute("aria-valuemin", 0);
    drawing.setAttribute("aria-valuemax", axes.end_s.toFixed(2));
    drawing.classList.add("seekable");
    figure.querySelector(".tied").hidden = false;
    show(0);
  };

  for (const figure of document.querySelectorAll("figure[data-axes]")) tie(figure);
})();
