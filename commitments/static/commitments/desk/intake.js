/* Taking an article in: as soon as a text is pasted or a file chosen, the server reads it and this page fills its
   own blanks with what the text states. What was typed stays; what was only proposed gives way to the next reading.
   Without this script the button "Lire le texte" does the same by showing the page again. */

"use strict";

(() => {
  const panel = document.getElementById("desk-intake");
  if (!panel) {
    return;
  }
  const form = panel.closest("form");
  const text = form.elements.namedItem("text");
  const upload = form.elements.namedItem("upload");
  const report = panel.querySelector("[aria-live]");
  const proposed = new Map(); // by field, the value that was proposed
  let latest = 0;

  const isFree = (field) => !field.value.trim() || proposed.get(field.name) === field.value;

  function handedIn() {
    const data = new FormData(form);
    for (const [name, value] of proposed) {
      if (form.elements.namedItem(name).value === value) {
        data.set(name, "");
      }
    }
    return data;
  }

  function fill(fields) {
    for (const name of proposed.keys()) {
      const field = form.elements.namedItem(name);
      if (isFree(field) && !(name in fields)) {
        field.value = "";
      }
    }
    const free = Object.keys(fields).filter((name) => isFree(form.elements.namedItem(name)));
    proposed.clear();
    for (const name of free) {
      const field = form.elements.namedItem(name);
      field.value = fields[name];
      proposed.set(name, field.value); // as the field holds it: a text area has line ends of its own
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  async function ask(data) {
    const response = await fetch(panel.dataset.address, { method: "POST", body: data });
    await window.deskSession?.ended(response);
    if (!response.ok || response.redirected) {
      throw new Error(response.statusText);
    }
    return response.json();
  }

  async function read() {
    const file = upload.files[0];
    if (!file && !text.value.trim()) {
      report.textContent = panel.dataset.nothing;
      return;
    }
    if (file && file.size > Number(panel.dataset.mostBytes)) {
      report.textContent = panel.dataset.tooLarge;
      return;
    }
    const turn = ++latest;
    report.textContent = panel.dataset.reading;
    try {
      const answer = await ask(handedIn());
      if (turn === latest) {
        fill(answer.fields);
        report.innerHTML = answer.report; // made by our own template, escaped there
      }
    } catch {
      if (turn === latest) {
        report.textContent = panel.dataset.failed;
      }
    }
  }

  text.addEventListener("input", (event) => {
    if (["insertFromPaste", "insertFromDrop"].includes(event.inputType)) {
      read();
    }
  });
  upload.addEventListener("change", () => {
    if (upload.files.length) {
      read();
    }
  });
  panel.querySelector("[name=_read]").addEventListener("click", (event) => {
    event.preventDefault();
    read();
  });
})();
