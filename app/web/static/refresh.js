// Puts the part of a page that is live in place anew every few seconds; what is being typed or chosen beside it stays.
"use strict";
(() => {
  const part = () => document.getElementById("live");

  const refresh = async () => {
    if (!document.hidden && !part().contains(document.activeElement)) {
      try {
        const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
        const found = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
        if (found && found.innerHTML !== part().innerHTML) part().replaceWith(found);
      } catch {
        // away for a moment: the next time will do
      }
    }
    window.setTimeout(refresh, 1000 * Number(part().dataset.refreshS));
  };

  window.setTimeout(refresh, 1000 * Number(part().dataset.refreshS));
})();
