// Sends the form with a progress bar; without this script the browser sends it by itself.
"use strict";
(() => {
  const form = document.getElementById("form");
  const send = document.getElementById("send");
  const sending = document.getElementById("sending");
  const bar = document.getElementById("upload-bar");
  const note = document.getElementById("upload-note");
  const problem = document.getElementById("problem");
  const maxBytes = Number(form.dataset.maxBytes);
  const inputs = [...form.querySelectorAll("input[type=file]")];
  let saidPercent = -1;

  const megabytes = (bytes) => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0) + " MB";

  const showProblem = (message, advice) => {
    document.getElementById("problem-message").textContent = message;
    document.getElementById("problem-advice").textContent = advice;
    problem.hidden = false;
    problem.focus();
  };

  const setSending = (on) => {
    send.disabled = on;
    sending.hidden = !on;
    if (!on) { bar.value = 0; saidPercent = -1; }
  };

  const findObjection = () => {
    const files = inputs.map((input) => input.files[0]).filter(Boolean);
    if (files.length === 0) return ["No clip is chosen yet.", inputs.length > 1 ? "Choose or film a clip of each leg, or of one." : "Choose or film a clip of the leg."];
    const large = files.find((file) => file.size > maxBytes);
    if (large) return [`${large.name} has ${megabytes(large.size)}; at most ${megabytes(maxBytes)} are accepted.`, "Film three to five lunges, at most a minute, at 1080p."];
    const empty = files.find((file) => file.size === 0);
    if (empty) return [`${empty.name} is empty.`, "Play the clip once to see that it was saved, then choose it again."];
    return null;
  };

  for (const input of inputs) {
    const noteOf = document.getElementById(input.id + "-note");
    const hint = noteOf.textContent;
    const show = () => {
      const file = input.files[0];
      input.closest(".clip").classList.toggle("chosen", Boolean(file));
      noteOf.textContent = file ? `${file.name}, ${megabytes(file.size)}` : hint;
    };
    input.addEventListener("change", show);
    show();
  }

  if (window.matchMedia("(pointer: coarse)").matches) {
    for (const button of document.querySelectorAll(".film")) {
      button.hidden = false;
      button.setAttribute("aria-label", `Film the ${button.dataset.for} leg now`);
      button.addEventListener("click", () => {
        const input = document.getElementById(button.dataset.for);
        input.setAttribute("capture", "environment");
        input.click();
        input.removeAttribute("capture");
      });
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    problem.hidden = true;
    const objection = findObjection();
    if (objection) { showProblem(...objection); return; }
    const request = new XMLHttpRequest();
    request.open("POST", "/api/screenings");
    request.responseType = "json";
    request.upload.addEventListener("progress", (step) => {
      if (!step.lengthComputable) return;
      bar.value = step.loaded / step.total;
      const percent = Math.floor((100 * step.loaded) / step.total / 10) * 10;
      if (percent === saidPercent) return;
      saidPercent = percent;
      note.textContent = step.loaded === step.total ? "All there, being checked" : `${percent} % of ${megabytes(step.total)}`;
    });
    request.addEventListener("load", () => {
      if (request.status === 202) { window.location.assign(request.response.links.page); return; }
      setSending(false);
      const body = request.response || {};
      showProblem(body.message || `The service answered ${request.status}.`, body.advice || "Try again.");
    });
    request.addEventListener("error", () => {
      setSending(false);
      showProblem("The upload broke off.", "Check that the service is running and reachable, then send it again.");
    });
    request.addEventListener("abort", () => setSending(false));
    document.getElementById("stop").onclick = () => request.abort();
    const data = new FormData(form);
    for (const input of inputs) if (!input.files[0]) data.delete(input.name);
    setSending(true);
    request.send(data);
  });

  window.addEventListener("pageshow", () => setSending(false));
})();
