/* A script that asks the server for something after the session has ended gets 401 and words (unsaved_form.py). This shows
   them above the page, with a link that signs in in another tab; nothing on the page is touched.

   A script that fetches calls `deskSession.ended(response)`, which returns a promise of whether the session has ended.
   Saving the form later still works: what it holds comes back after one more click ("Vous revoilà"). */
"use strict";

(() => {
  function show(answer) {
    let bar = document.getElementById("desk-session");
    if (!bar) {
      bar = document.createElement("p");
      bar.id = "desk-session";
      bar.className = "desk-notice";
      bar.setAttribute("role", "alert");
      const link = document.createElement("a");
      link.target = "_blank";
      link.rel = "noopener";
      bar.append(document.createElement("span"), " ", link);
      (document.getElementById("content") ?? document.body).prepend(bar);
    }
    bar.firstChild.textContent = answer.message;
    bar.lastChild.href = answer.sign_in;
    bar.lastChild.textContent = answer.link;
  }

  async function ended(response) {
    if (response.status !== 401) {
      return false;
    }
    show(await response.clone().json());
    return true;
  }

  window.deskSession = { ended };

  // Django's own look-ups (autocompletes) go through its jQuery.
  window.django?.jQuery?.(document).on("ajaxError", (_event, request) => {
    if (request.status === 401 && request.responseJSON) {
      show(request.responseJSON);
    }
  });
})();
