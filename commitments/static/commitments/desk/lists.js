/* On a narrow screen each row of a list is a card (lists.css). The cells of Django's lists do not say which column
   they belong to: each is given the words of its heading, to be shown beside what it holds. Without this script a list
   that is too wide is scrolled sideways. */
"use strict";

(() => {
  const table = document.getElementById("result_list");
  if (!table) {
    return;
  }
  const headings = Array.from(table.tHead.rows[0].cells, (cell) => cell.querySelector(".text")?.textContent.trim() ?? "");
  for (const row of table.tBodies[0].rows) {
    Array.from(row.cells).forEach((cell, index) => {
      if (row.cells.length === headings.length && headings[index] && !cell.matches(".action-checkbox")) {
        cell.dataset.label = headings[index];
      }
    });
  }
  table.classList.add("desk-cards");
})();
