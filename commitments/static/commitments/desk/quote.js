/* Quoting by selecting (the page of a source's text): a passage chosen with mouse, touch or keyboard opens a panel
   beside the text, which cites it without leaving the page. Without this script the same form stands under the text,
   with a text area for the words.

   Places are counted in code points, as the server counts them: JavaScript's own count is in UTF-16 units. */
(() => {
  "use strict";

  const root = document.getElementById("quote");
  const panel = document.getElementById("quote-panel");
  const parts = Object.fromEntries(
    ["done", "text", "passages"].map((name) => [
      name,
      document.getElementById(name === "done" ? "quote-done" : `quote-part-${name}`),
    ]),
  );
  const SPACE = /\s/u;
  const OF_WORD = /[\p{L}\p{M}\p{N}]/u;

  let text; // the element that holds the text, and nothing but the text
  let chars; // its code points
  let sentences;

  const read = () => {
    text = document.getElementById("quote-text");
    chars = Array.from(text.textContent);
    sentences = Array.from(text.querySelectorAll(".quote-sentence"));
    // One stop for the keyboard in the whole text: the arrows move it.
    if (panel) sentences.forEach((sentence, index) => (sentence.tabIndex = index ? -1 : 0));
  };
  read();

  // What nothing cites: shown or not without loading the page again.

  root.addEventListener("click", (event) => {
    const link = event.target.closest(".quote-show, .quote-hide");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const shown = root.classList.toggle("shows-uncited", link.classList.contains("quote-show"));
    history.replaceState(null, "", link.href);
    root.querySelector(shown ? ".quote-hide" : ".quote-show").focus();
  });

  if (!panel) return;
  root.classList.add("is-scripted");

  const form = document.getElementById("quote_form");
  const field = (name) => form.elements.namedItem(name);
  const wordsShown = document.getElementById("quote-words");
  let place = null; // [start, end] of the passage chosen
  let anchor = 0; // the sentence where a choice by keyboard began
  let current = 0; // the sentence where the keyboard is
  let taken = ""; // the selection that was last made a passage
  let busy = false;

  // Places

  const length = (string) => {
    let count = 0;
    for (const _char of string) count += 1;
    return count;
  };

  /* The place in the text of a boundary point of the document. */
  const placeOf = (node, offset) => {
    const before = document.createRange();
    before.setStart(text, 0);
    before.setEnd(node, offset);
    return length(before.toString());
  };

  /* The boundary points of the document at the given places, in order. */
  const pointsOf = (places) => {
    const units = places.map((count) => chars.slice(0, count).join("").length);
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    const points = [];
    let passed = 0;
    for (let node = walker.nextNode(); node && points.length < units.length; node = walker.nextNode()) {
      // The end of a passage belongs to the node that it ends; its start to the node that it begins.
      const reaches = (unit) => (points.length ? unit <= passed + node.length : unit < passed + node.length);
      while (points.length < units.length && reaches(units[points.length])) {
        points.push([node, units[points.length] - passed]);
      }
      passed += node.length;
    }
    return points;
  };

  const rangeOf = (start, end) => {
    const [from, to] = pointsOf([start, end]);
    const range = document.createRange();
    range.setStart(...from);
    range.setEnd(...to);
    return range;
  };

  /* The same place without white space at its ends, and with its words whole: the desk cuts no word. */
  const wholeWords = (start, end) => {
    const joins = (at) => at > 0 && at < chars.length && OF_WORD.test(chars[at - 1]) && OF_WORD.test(chars[at]);
    while (start < end && SPACE.test(chars[start])) start += 1;
    while (end > start && SPACE.test(chars[end - 1])) end -= 1;
    if (start >= end) return null;
    while (joins(start)) start -= 1;
    while (joins(end)) end += 1;
    return [start, end];
  };

  /* Where the word, or the marks, before or after a place end. */
  const step = (from, by) => {
    const at = (index) => chars[by > 0 ? index : index - 1];
    const inside = (index) => (by > 0 ? index < chars.length : index > 0);
    let to = from;
    while (inside(to) && SPACE.test(at(to))) to += by;
    const kind = inside(to) && OF_WORD.test(at(to));
    while (inside(to) && !SPACE.test(at(to)) && OF_WORD.test(at(to)) === kind) to += by;
    return to;
  };

  // The passage

  const highlight = (range) => {
    if (!window.Highlight || !CSS.highlights) return;
    if (range) CSS.highlights.set("quote-chosen", new Highlight(range));
    else CSS.highlights.delete("quote-chosen");
  };

  const choose = (start, end) => {
    const found = wholeWords(start, end);
    if (!found) return false;
    place = found;
    const words = chars.slice(...place).join("");
    [field("start").value, field("end").value] = place;
    field("words").value = words;
    wordsShown.textContent = words;
    const range = rangeOf(...place);
    highlight(range);
    showErrors({});
    parts.done.replaceChildren(); // said of the passage before
    panel.hidden = false;
    root.classList.add("has-panel");
    // On a phone the panel covers the foot of the page: the passage goes up.
    const box = range.getBoundingClientRect();
    if (box.bottom > panel.getBoundingClientRect().top && window.innerWidth < 1024) {
      window.scrollBy({ top: Math.min(box.top - 16, box.bottom) });
    }
    return true;
  };

  const close = () => {
    panel.hidden = true;
    root.classList.remove("has-panel");
    highlight(null);
    mark(-1, -1);
    if (place) {
      const at = place[0];
      const index = sentences.findIndex((sentence) => Number(sentence.dataset.start) + length(sentence.textContent) > at);
      goTo(Math.max(0, index));
      anchor = current;
    }
    place = null;
    taken = "";
    getSelection().removeAllRanges();
  };

  /* Put the keyboard where the next thing is to be filled in, or on the button. */
  const enterPanel = () => {
    const asked = Array.from(panel.querySelectorAll("input[type=text], textarea, select")).find(
      (control) => control.offsetParent && !control.value && control.name !== "note",
    );
    (asked || form.querySelector(".default")).focus();
  };

  // Mouse, touch, and the browser's own selection by keyboard

  let pressed = false;
  let pointer = "";
  let timer = 0;

  const settle = () => {
    const selection = getSelection();
    if (pressed || !selection.rangeCount || selection.isCollapsed) return false;
    const range = selection.getRangeAt(0);
    if (!range.intersectsNode(text)) return false;
    const start = text.contains(range.startContainer) ? placeOf(range.startContainer, range.startOffset) : 0;
    const end = text.contains(range.endContainer) ? placeOf(range.endContainer, range.endOffset) : chars.length;
    if (taken === `${start}-${end}`) return false;
    taken = `${start}-${end}`;
    return choose(start, end);
  };

  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(settle, 300);
  });
  /* Chromium selects nothing in a drag that begins right after the number of a passage: its ends are looked up. */
  const dragged = (event) => {
    if (!getSelection().isCollapsed || !document.caretRangeFromPoint) return;
    if (pointer !== "mouse" || Math.hypot(event.clientX - from.x, event.clientY - from.y) < 8) return;
    const ends = [document.caretRangeFromPoint(from.x, from.y), document.caretRangeFromPoint(event.clientX, event.clientY)];
    if (!ends.every((end) => end && text.contains(end.startContainer))) return;
    const [start, end] = ends.map((at) => placeOf(at.startContainer, at.startOffset)).sort((a, b) => a - b);
    choose(start, end);
  };

  let from = { x: 0, y: 0 };
  root.addEventListener("pointerdown", (event) => {
    pointer = event.pointerType;
    pressed = parts.text.contains(event.target);
    from = { x: event.clientX, y: event.clientY };
  });
  for (const name of ["pointerup", "pointercancel"]) {
    document.addEventListener(name, (event) => {
      if (!pressed) return;
      pressed = false;
      // The browser updates its selection after the event.
      setTimeout(() => settle() || (name === "pointerup" && dragged(event)), 0);
    });
  }

  parts.text.addEventListener("click", (event) => {
    const sentence = event.target.closest(".quote-sentence");
    if (pointer !== "touch" || !sentence || event.target.closest("a") || !getSelection().isCollapsed) return;
    const start = Number(sentence.dataset.start);
    choose(start, start + length(sentence.textContent));
  });

  // Keyboard: from sentence to sentence

  const goTo = (index) => {
    if (!sentences.length) return;
    const to = Math.min(Math.max(index, 0), sentences.length - 1);
    const from = anchor;
    sentences[to].focus();
    anchor = from;
  };

  const mark = (from, to) =>
    sentences.forEach((sentence, index) => sentence.classList.toggle("quote-taken", index >= from && index <= to));

  parts.text.addEventListener("focusin", (event) => {
    const index = sentences.indexOf(event.target);
    if (index < 0) return;
    if (sentences[current]) sentences[current].tabIndex = -1;
    sentences[index].tabIndex = 0;
    current = anchor = index;
  });

  parts.text.addEventListener("keydown", (event) => {
    if (!sentences.includes(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
    let to = current + (moves[event.key] || 0);
    if (event.key === "Home") to = 0;
    else if (event.key === "End") to = sentences.length - 1;
    else if (event.key === "Enter") {
      event.preventDefault();
      if (!settle() && panel.hidden) {
        const [first, last] = reach();
        const start = Number(sentences[first].dataset.start);
        choose(start, Number(sentences[last].dataset.start) + length(sentences[last].textContent));
      }
      if (!panel.hidden) enterPanel();
      return;
    } else if (!moves[event.key]) return;
    event.preventDefault();
    goTo(to);
    if (!event.shiftKey) anchor = current;
    mark(...(event.shiftKey ? reach() : [-1, -1]));
  });

  const reach = () => [Math.min(anchor, current), Math.max(anchor, current)];

  // The panel

  panel.hidden = !root.querySelector(".errornote");
  panel.setAttribute("role", "dialog");
  document.getElementById("quote-close").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden && !event.defaultPrevented) close();
  });

  panel.querySelector(".quote-adjust").addEventListener("click", (event) => {
    const { edge, step: by } = event.target.dataset;
    if (!edge || !place) return;
    const to = step(place[edge === "start" ? 0 : 1], Number(by));
    const [start, end] = edge === "start" ? [to, place[1]] : [place[0], to];
    if (start < end) choose(start, end);
  });

  const showErrors = (errors) => {
    form.querySelectorAll(".errorlist").forEach((list) => list.remove());
    for (const [name, messages] of Object.entries(errors)) {
      const holder = form.querySelector(`[data-field="${name}"]`) || form.querySelector('[data-field="__all__"]');
      const list = document.createElement("ul");
      list.className = "errorlist";
      list.setAttribute("role", "alert");
      list.append(
        ...messages.map((message) => Object.assign(document.createElement("li"), { textContent: message })),
      );
      const label = holder.querySelector("label, legend");
      if (label) label.after(list);
      else holder.append(list);
    }
  };

  /* Send a form; return what the server says, or null where it says nothing that can be read. What it refuses
     outright (the session has ended, the form's token is past) is said as an error: nothing typed is touched. */
  const send = async (sent, button) => {
    const data = new URLSearchParams(new FormData(sent));
    if (button && button.name) data.append(button.name, button.value);
    try {
      const address = sent.getAttribute("action").startsWith("#") ? location.pathname + location.search : sent.action;
      const answer = await fetch(address, { method: "POST", body: data, headers: { Accept: "application/json" } });
      await window.deskSession?.ended(answer);
      const said = await answer.json();
      if (answer.ok || said.errors) return said;
      return said.message ? { errors: { __all__: [said.message] } } : null;
    } catch {
      return null;
    }
  };

  const put = (answer) => {
    for (const [name, part] of Object.entries(parts)) part.innerHTML = answer[name];
    read();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    const answer = await send(form, event.submitter);
    busy = false;
    if (!answer) showErrors({ __all__: [root.dataset.failed] });
    else if (answer.go) {
      window.deskLeave.settled(form); // the passage and the commitment go with the address
      location.assign(answer.go);
    }
    else if (answer.errors) {
      const messages = Object.fromEntries(Object.entries(answer.errors));
      showErrors(messages);
      const first = form.querySelector(".errorlist");
      const control = first && first.parentElement.querySelector("input:not([type=hidden]), select, textarea");
      if (control && control.offsetParent) control.focus();
    } else {
      const scrolled = window.scrollY;
      put(answer);
      close();
      field("note_text").value = "";
      window.deskLeave.settled(form);
      window.scrollTo(0, scrolled);
    }
  });

  parts.done.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    const answer = await send(event.target);
    busy = false;
    if (!answer || answer.errors) {
      const paragraph = document.createElement("p");
      paragraph.textContent = answer ? answer.errors.__all__.join(" ") : root.dataset.failed;
      parts.done.append(paragraph);
      return;
    }
    const scrolled = window.scrollY;
    put(answer);
    goTo(current);
    window.scrollTo(0, scrolled);
  });

  // The commitment, searched as one types (a combobox with a list, as the ARIA practices describe it)

  const box = field("commitment");
  const list = document.createElement("ul");
  const count = document.createElement("p");
  let searching = 0;
  let active = -1;

  Object.assign(list, { id: "quote-commitments", className: "quote-options", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", root.dataset.list);
  count.className = "quote-count";
  count.setAttribute("role", "status");
  box.after(list, count);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
  })) {
    box.setAttribute(name, value);
  }

  const fold = () => {
    list.hidden = true;
    active = -1;
    count.textContent = "";
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };

  const activate = (index) => {
    const options = Array.from(list.children);
    active = (index + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    options[active].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", options[active].id);
  };

  const pick = (option) => {
    box.value = option.textContent;
    fold();
    narrow();
  };

  const search = async () => {
    const term = box.value.trim();
    const turn = (searching += 1);
    if (!term) return fold();
    const query = new URLSearchParams({
      term,
      app_label: "commitments",
      model_name: "citation",
      field_name: "commitment",
    });
    let found = [];
    try {
      found = (await (await fetch(`${root.dataset.search}?${query}`)).json()).results;
    } catch {
      return fold();
    }
    if (turn !== searching || document.activeElement !== box) return undefined;
    list.replaceChildren(
      ...found.map((row, at) => {
        const option = document.createElement("li");
        Object.assign(option, { id: `quote-commitment-${at}`, textContent: row.text });
        option.setAttribute("role", "option");
        return option;
      }),
    );
    const { foundNone, foundOne, foundMany } = root.dataset;
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    if (found.length) activate(0);
    count.textContent =
      found.length > 1 ? foundMany.replace("%d", found.length) : found.length ? foundOne : foundNone;
    return undefined;
  };

  let typing = 0;
  box.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(search, 200);
  });
  box.addEventListener("keydown", (event) => {
    if (list.hidden) {
      if (event.key === "ArrowDown" && box.value.trim()) search();
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") activate(active + (event.key === "ArrowDown" ? 1 : -1));
    else if (event.key === "Enter") pick(list.children[active]);
    else if (event.key === "Escape") fold();
    else return;
    event.preventDefault();
  });
  box.addEventListener("blur", fold);
  // Pressing must not take the focus from the field before the click is one.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => event.target.closest("li") && pick(event.target.closest("li")));

  // Assessments and notes: those of the commitment, asked for once one is named. A choice that stays possible stays.

  const DRAFTS = ["assessment", "note"];
  const said = (within, name) => within.getElementById(`id_${name}_helptext`);
  let listed = box.value.trim(); // the commitment whose drafts are listed

  const narrow = async () => {
    const commitment = box.value.trim();
    if (commitment === listed) return;
    listed = commitment;
    let fresh;
    try {
      const address = `${location.pathname}?${new URLSearchParams({ commitment })}`;
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      fresh = new DOMParser().parseFromString((await answer.json()).drafts || "", "text/html");
    } catch {
      fresh = null;
    }
    if (listed !== commitment) return; // another was named meanwhile
    if (!fresh || !DRAFTS.every((name) => fresh.getElementById(`id_${name}`))) {
      listed = null; // the lists stay as they are, and are asked for again
      return;
    }
    for (const name of DRAFTS) {
      const select = field(name);
      const chosen = select.value;
      select.replaceChildren(...fresh.getElementById(select.id).children);
      select.value = chosen;
      if (select.selectedIndex < 0) select.selectedIndex = 0;
      said(document, name).textContent = said(fresh, name).textContent;
    }
  };
  for (const name of DRAFTS) said(document, name).setAttribute("aria-live", "polite");
  box.addEventListener("blur", narrow);
})();
