// Lets the pages be installed, and shows a page of ours instead of the browser's own when there is no connection.
"use strict";
if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker.register("/service-worker.js").catch(() => {}); // a certificate that the phone does not know: everything works without it
}
