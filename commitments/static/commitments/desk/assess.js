/*
 * The page of a judgement: says while it is typed which rule would refuse it.
 *
 * What stands against proposing is asked of the server (`data-check`), which judges the whole form by the very rule
 * that judges it when it is sent, and writes nothing. Without script the button "Vérifier sans enregistrer" does it.
 */
"use strict";
{
  const PAUSE = 500;

  function start() {
    const panel = document.getElementById("assess-against");
    const form = panel && panel.closest("form");
    if (!form) {
      return;
    }
    const shown = panel.querySelector("[aria-live]");
    const chosen = () => (form.elements.commitment ? form.elements.commitment.value : "");
    const opened = chosen();
    let waiting = 0;
    let asked = 0;
    let last = "";

    form.classList.add("assess-script");

    function offerOther() {
      const other = document.getElementById("assess-other");
      if (other) {
        other.hidden = chosen() === opened;
      }
    }

    function written() {
      const data = new FormData(form);
      return new URLSearchParams([...data].filter(([, value]) => typeof value === "string")).toString();
    }

    function say(found) {
      if (!found) {
        return [paragraph(panel.dataset.silent)];
      }
      if (!found.length) {
        return [paragraph(panel.dataset.free)];
      }
      const list = document.createElement("ul");
      for (const { message, field } of found) {
        const item = document.createElement("li");
        if (field) {
          const link = document.createElement("a");
          link.href = `#id_${field}`;
          link.textContent = message;
          item.append(link);
        } else {
          item.textContent = message;
        }
        list.append(item);
      }
      return [list];
    }

    function paragraph(text) {
      const element = document.createElement("p");
      element.textContent = text;
      return element;
    }

    async function ask(body) {
      const number = ++asked;
      let found = null;
      try {
        const response = await fetch(panel.dataset.check, {
          method: "POST",
          headers: { "Content-Type": "application/x-www-form-urlencoded" },
          body,
        });
        await window.deskSession?.ended(response);
        found = (await response.json()).against;
      } catch {
        last = ""; // asked again at the next change
      }
      if (number !== asked) {
        return;
      }
      const fresh = say(found);
      // Said aloud only where it says something else.
      if (fresh[0].textContent !== shown.textContent.trim()) {
        shown.replaceChildren(...fresh);
      }
    }

    function later() {
      offerOther();
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        const body = written();
        if (body !== last) {
          last = body;
          ask(body);
        }
      }, PAUSE);
    }

    // The picker and the calendar of Django's admin change values without the browser's own events.
    for (const name of ["input", "change", "focusin", "focusout", "click"]) {
      form.addEventListener(name, later);
    }
    if (window.django && window.django.jQuery) {
      window.django.jQuery(form).on("change", later);
    }
    document.addEventListener("formset:removed", later);

    // A link to a field leads the keyboard there, also where a picker stands in its place.
    panel.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const field = link && document.getElementById(link.hash.slice(1));
      if (!field) {
        return;
      }
      event.preventDefault();
      const folded = field.closest("details");
      if (folded) {
        folded.open = true;
      }
      const picker = field.nextElementSibling && field.nextElementSibling.querySelector(".select2-selection");
      (picker || field).scrollIntoView({ block: "center" });
      (picker || field).focus();
    });

    const again = document.querySelector("#assess-other button");
    if (again) {
      again.addEventListener("click", () => form.requestSubmit(form.querySelector("[name=_check]")));
    }

    last = written();
    offerOther();
  }

  document.addEventListener("DOMContentLoaded", start);
}
