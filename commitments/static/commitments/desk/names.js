/* Names for what Django's admin draws without one: the pickers that search as one types (select2) are named by the
   label of their field, and the marks that only say something aloud are said to be images. */
"use strict";

{
  const labelOf = (select) => select.labels && select.labels[0];

  /* Name the pickers below `root`, once they are drawn. */
  const name = (root) => {
    for (const select of root.querySelectorAll("select.select2-hidden-accessible")) {
      const label = labelOf(select);
      const picker = select.nextElementSibling;
      if (!label || !picker) continue;
      label.id = label.id || `${select.id}_label`;
      const shown = picker.querySelector(".select2-selection__rendered");
      const box = picker.querySelector(".select2-selection");
      box.setAttribute("aria-labelledby", shown && shown.id ? `${label.id} ${shown.id}` : label.id);
      // What is chosen is told by the box around it; of several, each is told by itself.
      if (shown && shown.getAttribute("role") === "textbox") shown.removeAttribute("role");
      if (shown) shown.removeAttribute("aria-readonly");
      const search = picker.querySelector(".select2-search__field");
      if (search) search.setAttribute("aria-labelledby", label.id);
    }
    for (const mark of root.querySelectorAll("span.help-tooltip[aria-label]")) mark.setAttribute("role", "img");
  };

  const jQuery = window.django && window.django.jQuery;
  if (jQuery) {
    // After Django's own scripts, which draw the pickers at the same moments.
    jQuery(() => name(document));
    document.addEventListener("formset:added", (event) => name(event.target));
    jQuery(document).on("select2:open", (event) => {
      const label = labelOf(event.target);
      const search = document.querySelector(".select2-container--open .select2-dropdown .select2-search__field");
      const list = document.querySelector(".select2-container--open .select2-results__options");
      for (const part of [search, list]) if (part && label) part.setAttribute("aria-labelledby", label.id);
    });
  }
}
