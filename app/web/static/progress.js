// Follows the analysis by events, or by asking where events do not get through.
"use strict";
(() => {
  const watch = document.getElementById("watch");
  const said = document.getElementById("said");
  const activities = JSON.parse(watch.dataset.activities);
  let failures = 0;
  let saidText = said.textContent;

  const capitalise = (text) => text.charAt(0).toUpperCase() + text.slice(1);

  const show = (screening) => {
    for (const [side, view] of Object.entries(screening.sides)) {
      document.getElementById("bar-" + side).value = view.progress;
      document.getElementById("doing-" + side).textContent = capitalise(activities[view.activity] || view.activity);
    }
    const text = screening.state === "queued" ? watch.dataset.waiting : watch.dataset.done.replace("{percent}", Math.floor(screening.progress * 10) * 10);
    if (text !== saidText) { saidText = text; said.textContent = text; }
    if (screening.state === "done" || screening.state === "failed") window.location.reload();
  };

  const ask = async () => {
    try {
      const answer = await fetch(watch.dataset.address, { headers: { Accept: "application/json" } });
      if (answer.status === 404) { window.location.reload(); return; }
      show(await answer.json());
    } catch {
      said.textContent = watch.dataset.silent;
    }
    window.setTimeout(ask, 2000);
  };

  const listen = () => {
    const events = new EventSource(watch.dataset.events);
    const take = (event) => { failures = 0; show(JSON.parse(event.data)); };
    events.addEventListener("progress", take);
    events.addEventListener("end", (event) => { events.close(); take(event); });
    events.addEventListener("error", () => {
      failures += 1;
      if (failures >= 3 || events.readyState === EventSource.CLOSED) { events.close(); ask(); }
    });
  };

  if ("EventSource" in window) listen(); else ask();
})();
