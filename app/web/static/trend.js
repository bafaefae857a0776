// Draws the courses of a trend so that each session can be read by touch, mouse or arrow keys. Without it the plain drawings stay.
"use strict";
(() => {
  if (typeof uPlot === "undefined") return;
  const DAY = 86400;
  const HEIGHT = 250;
  const STEPS = [1, 2, 7, 14, 28, 56, 91, 182, 364].map((days) => days * DAY);
  const TICK_WIDTH = 64;
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short", timeZone: "UTC" });
  const dayOfYear = new Intl.DateTimeFormat(document.documentElement.lang, { month: "short", year: "2-digit", timeZone: "UTC" });

  const colours = (figure) => {
    const style = getComputedStyle(figure);
    return (name) => style.getPropertyValue("--" + name).trim();
  };

  // Sessions that one band holds together: those of one series, without what is left out.
  const splitSeries = (points) => {
    const runs = [[]];
    for (const point of points) {
      if (point.new_series) runs.push([]);
      if (!point.left_out) runs[runs.length - 1].push(point);
    }
    return runs.filter((run) => run.length);
  };

  const draw = (chart, data, colour) => {
    const ink = chart.ctx;
    const scale = devicePixelRatio;
    const x = (point) => chart.valToPos(point.at, "x", true);
    const y = (value) => chart.valToPos(value, "y", true);
    const box = chart.bbox;
    const line = (x1, y1, x2, y2, width, dash) => {
      ink.beginPath(); ink.setLineDash(dash.map((length) => length * scale)); ink.lineWidth = width * scale;
      ink.moveTo(x1, y1); ink.lineTo(x2, y2); ink.stroke();
    };
    ink.save();
    const side = colour("side");
    ink.fillStyle = colour("soft"); ink.globalAlpha = 0.35;
    for (const week of data.weeks) { // on how many of its days something was done
      const left = Math.max(chart.valToPos(week.at, "x", true), box.left);
      const right = Math.min(chart.valToPos(week.at + 7 * DAY, "x", true), box.left + box.width);
      const height = (0.15 * box.height * week.days) / 7;
      if (right - left > 2) ink.fillRect(left + scale, box.top + box.height - height, right - left - 2 * scale, height);
    }
    ink.fillStyle = side; ink.strokeStyle = side; ink.globalAlpha = 0.14;
    for (const run of splitSeries(data.points)) {
      ink.beginPath();
      run.forEach((point, place) => (place ? ink.lineTo(x(point), y(point.value + point.half)) : ink.moveTo(x(point), y(point.value + point.half))));
      for (const point of [...run].reverse()) ink.lineTo(x(point), y(point.value - point.half));
      ink.closePath(); ink.fill();
    }
    const last = data.points[data.points.length - 1];
    if (data.level) {
      ink.globalAlpha = 0.22;
      const top = y(data.level.value + data.level.half);
      ink.fillRect(x(last) - 8 * scale, top, 16 * scale, y(data.level.value - data.level.half) - top);
    }
    ink.globalAlpha = 1; ink.strokeStyle = colour("soft");
    const begins = data.points.find((point) => point.begins_baseline);
    if (begins) line(x(begins), y(data.baseline), x(last), y(data.baseline), 1, []);
    for (const point of data.points) {
      if (point.new_series) line(x(point) - 7 * scale, box.top, x(point) - 7 * scale, box.top + box.height, 1, [3, 3]);
    }
    ink.font = 11 * scale + "px system-ui, sans-serif";
    for (const point of data.points) {
      ink.strokeStyle = side; ink.globalAlpha = 0.55;
      line(x(point), y(point.value - point.half), x(point), y(point.value + point.half), 1.5, []);
      ink.globalAlpha = 1; ink.setLineDash([]); ink.lineWidth = 1.5 * scale;
      ink.fillStyle = point.counts ? side : colour("card");
      ink.beginPath(); ink.arc(x(point), y(point.value), 4.5 * scale, 0, 2 * Math.PI); ink.fill(); ink.stroke();
      ink.textAlign = "right"; ink.fillStyle = colour("soft");
      if (point.at_least) ink.fillText("≥", x(point) - 8 * scale, y(point.value) - 5 * scale);
      ink.textAlign = "center"; ink.fillStyle = colour("warn");
      if (point.mark) ink.fillText(point.mark, x(point), box.top - 3 * scale);
    }
    ink.restore();
  };

  const build = (figure) => {
    const data = JSON.parse(figure.dataset.chart);
    const colour = colours(figure);
    const low = Math.min(...data.points.map((point) => point.value - point.half));
    const high = Math.max(...data.points.map((point) => point.value + point.half));
    const from = data.points[0].at, to = data.points[data.points.length - 1].at;
    const aside = Math.max(2 * DAY, 0.04 * (to - from));
    const holder = document.createElement("div");
    const readout = document.createElement("output");
    holder.className = "chart"; readout.className = "readout";
    for (const [name, value] of Object.entries({ role: "slider", tabindex: "0", "aria-label": figure.dataset.label, "aria-valuemin": "1", "aria-valuemax": data.points.length })) {
      holder.setAttribute(name, value);
    }
    holder.title = figure.dataset.help;
    readout.setAttribute("aria-hidden", "true"); // the slider says the same
    let chosen = data.points.length - 1;
    const read = (place) => {
      chosen = place;
      readout.textContent = data.points[place].text;
      holder.setAttribute("aria-valuenow", place + 1);
      holder.setAttribute("aria-valuetext", data.points[place].text);
    };
    const years = to - from > 300 * DAY ? dayOfYear : day;
    const numbers = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });
    // Whole days or weeks from the first session on, as far apart as their names are wide.
    const splitDays = (self) => {
      const step = STEPS.find((each) => (to - from) / each <= Math.max(1, Math.floor(self.width / TICK_WIDTH) - 1)) || STEPS[STEPS.length - 1];
      return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, place) => from + place * step);
    };
    const axis = { stroke: () => colour("soft"), grid: { stroke: () => colour("grid"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
    const chart = new uPlot({
      width: figure.clientWidth || 320,
      height: HEIGHT,
      padding: [18, 12, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 14, width: 2, fill: "transparent", stroke: () => colour("ink") } },
      scales: { x: { time: true, range: [from - aside, to + aside] }, y: { range: [low - 0.05 * (high - low), high + 0.05 * (high - low)] } },
      axes: [
        { ...axis, splits: splitDays, values: (_, at) => at.map((each) => years.format(each * 1000)) },
        { ...axis, size: 40, values: (_, at) => at.map((each) => numbers.format(each).replace("-", "−")) },
      ],
      series: [{}, { paths: () => null, points: { show: false }, stroke: () => colour("side") }],
      hooks: { draw: [(self) => draw(self, data, colour)], setCursor: [(self) => { if (self.cursor.idx != null) read(self.cursor.idx); }] },
    }, [data.points.map((point) => point.at), data.points.map((point) => point.value)], holder);
    const goTo = (place) => {
      const point = data.points[Math.min(Math.max(place, 0), data.points.length - 1)];
      chart.setCursor({ left: chart.valToPos(point.at, "x"), top: chart.valToPos(point.value, "y") });
    };
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -Infinity, End: Infinity };
    holder.addEventListener("keydown", (event) => {
      if (!(event.key in steps)) return;
      event.preventDefault();
      goTo(chosen + steps[event.key]);
    });
    const follow = (event) => {
      if (event.pointerType === "mouse") return; // uPlot follows a mouse by itself
      const box = chart.over.getBoundingClientRect();
      chart.setCursor({ left: event.clientX - box.left, top: event.clientY - box.top });
    };
    chart.over.addEventListener("pointerdown", follow);
    chart.over.addEventListener("pointermove", follow);
    figure.querySelector("svg").setAttribute("hidden", "");
    figure.append(holder, readout);
    read(chosen);
    new ResizeObserver(() => chart.setSize({ width: holder.clientWidth, height: HEIGHT })).observe(holder);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => chart.redraw());
  };

  for (const figure of document.querySelectorAll("figure[data-chart]")) build(figure);
})();
