/* Leaving a form in which something was typed asks first.

   A control has changed when it no longer holds what the server put in it (its default): so a row that was added and
   left empty is no change, and a text that the browser brought back after "Back" is one. A form that came back
   refused, or restored, holds text that is saved nowhere: it asks from the start. Search boxes, filters, the actions
   of a list and signing in or out do not ask; nor does a form marked data-leave="free".

   A form that another script sends in its own way is stopped before it is sent: once the server has taken what it
   holds, that script says so with deskLeave.settled(form). */
"use strict";

(() => {
  const FREE = "#changelist-form, #changelist-search, #logout-form, #login-form, [data-leave='free']";
  const REFUSED = ".errornote, form .errorlist, .desk-unsaved";
  const taken = new WeakSet(); // forms whose refusal, if any, is past
  let sent = null;

  function changed(control) {
    if (control.disabled || !control.name || control.name.includes("__prefix__")) {
      return false;
    }
    if (control instanceof HTMLSelectElement) {
      const options = [...control.options];
      const isPreset = options.some((option) => option.defaultSelected);
      if (!isPreset && !control.multiple) {
        return control.selectedIndex > 0;
      }
      return options.some((option) => option.selected !== option.defaultSelected);
    }
    switch (control.type) {
      case "checkbox":
      case "radio":
        return control.checked !== control.defaultChecked;
      case "file":
        return control.files.length > 0;
      case "submit":
      case "button":
      case "hidden":
        return false;
      default:
        return "defaultValue" in control && control.value !== control.defaultValue;
    }
  }

  function isUnsaved(form) {
    return form !== sent && form.method === "post" && !form.matches(FREE) &&
      ([...form.elements].some(changed) ||
        (form.id.endsWith("_form") && !taken.has(form) && document.querySelector(REFUSED) !== null));
  }

  /* What the form holds now is safe: it counts as what the server put there, and only what is typed next asks. */
  function settled(form) {
    taken.add(form);
    for (const control of form.elements) {
      if (control instanceof HTMLSelectElement) {
        for (const option of control.options) option.defaultSelected = option.selected;
      } else if (control.type === "checkbox" || control.type === "radio") {
        control.defaultChecked = control.checked;
      } else if ("defaultValue" in control) {
        control.defaultValue = control.value;
      }
    }
  }

  window.deskLeave = { settled };

  window.addEventListener("beforeunload", (event) => {
    if ([...document.forms].some(isUnsaved)) {
      event.preventDefault();
      event.returnValue = ""; // older browsers ask only so
    }
  });

  // On the way out: whatever another script stops (to save in the background, to ask) stays unsaved.
  window.addEventListener("submit", (event) => {
    sent = event.defaultPrevented ? sent : event.target;
  });

  // Back on the page as it was left: it may be left again.
  window.addEventListener("pageshow", () => {
    sent = null;
  });
})();
