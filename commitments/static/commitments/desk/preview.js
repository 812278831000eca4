/*
 * Shows, under each text written in Markdown, what the public will read.
 *
 * A text area with `data-preview` (the address that renders) gets a button and a place below it. Rows that are added
 * later are served too. Without script there is no button, and the text is written as ever.
 */
"use strict";
{
  function dress(area) {
    if (area.dataset.previewReady || area.name.includes("__prefix__")) {
      return;
    }
    area.dataset.previewReady = "1";
    const shown = document.createElement("div");
    shown.id = `${area.id}_preview`;
    shown.className = "desk-preview";
    shown.hidden = true;
    shown.setAttribute("role", "status");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button desk-preview-button";
    button.textContent = area.dataset.previewLabel;
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", shown.id);
    const label = document.querySelector(`label[for="${area.id}"]`);
    if (label) {
      button.setAttribute("aria-label", `${area.dataset.previewLabel} – ${label.textContent.replace(/[\s:]+$/, "")}`);
    }
    const place = document.createElement("div");
    place.className = "desk-preview-place";
    place.append(button, shown);
    // Below the area, and below the help text that Django puts under its row.
    (area.closest(".form-row") || area.parentElement).append(place);

    let open = false;
    let waiting = 0;
    let asked = 0;
    async function render() {
      const number = ++asked;
      const body = new FormData();
      body.append("text", area.value);
      body.append("csrfmiddlewaretoken", area.form.elements.csrfmiddlewaretoken.value);
      let answer;
      try {
        const response = await fetch(area.dataset.preview, { method: "POST", body });
        await window.deskSession?.ended(response);
        answer = await response.json();
        if (answer.message) {
          answer = { error: answer.message }; // the session has ended, or the form's token is past
        }
      } catch {
        answer = { error: area.dataset.previewSilent };
      }
      if (!open || number !== asked) {
        return;
      }
      if (answer.html) {
        shown.innerHTML = answer.html; // cleaned by the server, as for the public pages
      } else {
        shown.textContent = answer.error || area.dataset.previewEmpty;
      }
      shown.hidden = false;
    }
    button.addEventListener("click", () => {
      open = !open;
      button.setAttribute("aria-expanded", String(open));
      shown.hidden = true;
      if (open) {
        render();
      }
    });
    area.addEventListener("input", () => {
      if (open) {
        clearTimeout(waiting);
        waiting = setTimeout(render, 500);
      }
    });
  }

  function dressAll(root) {
    root.querySelectorAll("textarea[data-preview]").forEach(dress);
  }

  document.addEventListener("formset:added", (event) => dressAll(event.target));
  document.addEventListener("DOMContentLoaded", () => dressAll(document));
  if (document.readyState !== "loading") {
    dressAll(document);
  }
}
