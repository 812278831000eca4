// The page of a check or an import is sent while the work goes on. Once it is whole, go on to the report, in the
// place of this page, so that reloading does not send the file again. Without script, the last line is a link.
"use strict";

(() => {
  const next = document.querySelector("[data-desk-next]");
  if (next) window.location.replace(next.href);
})();
