// Tells the service the time zone of the place, so that a day here ends at its own midnight and times are those of the clock here; a page that took another
// day for today, or told the time of another place, is shown anew.
"use strict";
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const told = `kneewall_time_zone=${zone}`;
  const isTold = () => document.cookie.split("; ").includes(told);
  if (isTold()) return;
  document.cookie = `${told}; path=/; max-age=31536000; samesite=lax${window.location.protocol === "https:" ? "; secure" : ""}`;
  const [shown, now] = [document.querySelector("[data-since]"), new Date()];
  const began = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const isOtherDay = shown && Date.parse(shown.dataset.since) !== began;
  const isOtherClock = document.querySelector(`[data-zone]:not([data-zone="${zone}"])`);
  if (isTold() && (isOtherDay || isOtherClock)) window.location.replace(window.location.href);
})();
