/* Two people edited one record: beside each field that both changed, one button puts the stored version in the field,
   and the same button puts back what was typed. Without script both versions stand in the table, to be copied. */
"use strict";

(() => {
  function held(control) {
    if (control instanceof HTMLSelectElement) {
      return [...control.selectedOptions].map((option) => option.value);
    }
    if (control.type === "checkbox") {
      return control.checked ? ["on"] : [];
    }
    return [control.value];
  }

  function put(control, values, labels) {
    if (control instanceof HTMLSelectElement) {
      values.forEach((value, place) => {
        if (![...control.options].some((option) => option.value === value)) {
          control.add(new Option(labels[place] ?? value, value)); // a related record, picked by searching
        }
      });
      for (const option of control.options) {
        option.selected = values.includes(option.value);
      }
    } else if (control.type === "checkbox") {
      control.checked = values.length > 0;
    } else {
      control.value = values[0] ?? "";
    }
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }

  for (const button of document.querySelectorAll(".desk-take")) {
    const control = button.closest("form")?.elements.namedItem(button.dataset.field);
    if (!(control instanceof HTMLElement)) {
      continue;
    }
    const stored = JSON.parse(button.dataset.stored);
    const words = button.textContent;
    const name = button.getAttribute("aria-label");
    const said = button.nextElementSibling;
    let typed = null;

    button.hidden = false;
    button.addEventListener("click", () => {
      const isTaking = typed === null;
      const before = held(control);
      put(control, isTaking ? stored.values : typed, stored.labels);
      typed = isTaking ? before : null;
      button.textContent = isTaking ? button.dataset.back : words;
      button.setAttribute("aria-label", isTaking ? name.replace(words, button.dataset.back) : name);
      said.textContent = isTaking ? button.dataset.taken : button.dataset.restored;
    });
  }
})();
