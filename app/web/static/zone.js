// Tells the service the time zone of the place, so that a day here ends at its own midnight; a page that took another day for today is shown anew.
"use strict";
(() => {
  const told = `kneewall_time_zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}`;
  const isTold = () => document.cookie.split("; ").includes(told);
  if (isTold()) return;
  document.cookie = `${told}; path=/; max-age=31536000; samesite=lax${window.location.protocol === "https:" ? "; secure" : ""}`;
  const [shown, now] = [document.querySelector("[data-since]"), new Date()];
  const began = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  if (isTold() && shown && Date.parse(shown.dataset.since) !== began) window.location.replace(window.location.href);
})();
