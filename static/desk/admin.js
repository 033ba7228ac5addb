// Names for what the stock admin leaves without one: empty table headings, the fields of
// tabular inlines, the search box, the hints beside filters; and a way to scroll a table that
// holds nothing to tab to.

function name(root) {
  for (const th of root.querySelectorAll("thead th:empty")) {
    const td = document.createElement("td");
    td.className = th.className;
    th.replaceWith(td);
  }
  for (const field of root.querySelectorAll("td :is(input:not([type=hidden]), select, textarea)")) {
    const table = field.closest(".tabular table"), cell = field.closest("td");
    const heading = table?.tHead.rows[0].cells[cell.cellIndex]?.innerText.trim();
    if (heading && !field.labels?.length) field.setAttribute("aria-label", heading);
  }
  for (const hint of root.querySelectorAll(".help-tooltip[aria-label]:not([role])")) hint.setAttribute("role", "img");
  for (const box of root.querySelectorAll(".tabular .wrapper")) {
    if (box.querySelector("a[href], button, input:not([type=hidden]), select, textarea")) continue;
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-labelledby", box.closest("fieldset").getAttribute("aria-labelledby"));
  }
  const search = root.querySelector("#searchbar");
  search?.setAttribute("aria-label", root.querySelector("#changelist-search-form").innerText.trim());
}

window.addEventListener("load", () => name(document));
document.addEventListener("formset:added", ({ target }) => name(target));
