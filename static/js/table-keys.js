// Keyboard in tables marked data-keys: arrows or j/k move between rows with data-href, Home/End jump, Enter opens,
// x ticks the row. "/" puts the cursor in the search box from anywhere. A click on a row's empty space opens it too.
// A row that the address names (#report-12) is the current one from the start.
(function () {
  "use strict";

  function rows(table) {
    return Array.prototype.slice.call(table.querySelectorAll("tbody tr[data-href]"));
  }

  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  function currentTable(target) {
    var inside = target.closest("[data-keys]");
    if (inside) return inside;
    // nothing focused: the first table of the page listens
    return target === document.body ? document.querySelector("[data-keys]") : null;
  }

  function go(table, list, index) {
    var old = table.querySelector("tr.is-current");
    if (old) {
      old.classList.remove("is-current");
      old.removeAttribute("tabindex");
    }
    var row = list[Math.max(0, Math.min(list.length - 1, index))];
    row.classList.add("is-current");
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    reveal(table, row);
  }

  // the stuck header and totals row must not cover the row
  function reveal(table, row) {
    var region = table.closest(".table-region") || table;
    var head = table.querySelector("thead");
    var foot = table.querySelector("tfoot");
    var box = region.getBoundingClientRect();
    var top = box.top + (head ? head.offsetHeight : 0);
    var bottom = box.bottom - (foot ? foot.offsetHeight : 0);
    var line = row.getBoundingClientRect();
    if (line.top < top) region.scrollTop -= top - line.top;
    else if (line.bottom > bottom) region.scrollTop += line.bottom - bottom;
    line = row.getBoundingClientRect();
    if (line.top < 100 || line.bottom > window.innerHeight) row.scrollIntoView({ block: "center" });
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (typing(event.target)) {
      if (event.key === "Escape" && event.target.matches("[data-search]")) event.target.blur();
      return;
    }
    if (event.key === "/") {
      var search = document.querySelector("main [data-search]") || document.querySelector("[data-search]");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    var table = currentTable(event.target);
    if (!table) return;
    var list = rows(table);
    if (!list.length) return;
    var index = list.indexOf(table.querySelector("tr.is-current"));
    var inRow = index >= 0 && (event.target === list[index] || event.target === document.body);
    var steps = { ArrowDown: index + 1, j: index + 1, ArrowUp: Math.max(0, index - 1), k: Math.max(0, index - 1) };
    if (event.key in steps) go(table, list, steps[event.key]);
    else if (event.key === "Home" && inRow) go(table, list, 0);
    else if (event.key === "End" && inRow) go(table, list, list.length - 1);
    else if (event.key === "Enter" && inRow) window.location.assign(list[index].dataset.href);
    else if (event.key === "x" && inRow) {
      var box = list[index].querySelector("[data-check]");
      if (box) box.click();
    } else return;
    event.preventDefault();
  });

  function start() {
    var named = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    var table = named && named.matches("tr[data-href]") && named.closest("[data-keys]");
    if (table) go(table, rows(table), rows(table).indexOf(named));
  }

  start();
  document.addEventListener("click", function (event) {
    var row = event.target.closest("[data-keys] tbody tr[data-href]");
    if (!row || event.target.closest("a, button, input, select, textarea, label, summary, [data-check]")) return;
    // someone marking text to copy it does not want to leave
    if (String(window.getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
    else window.location.assign(row.dataset.href);
  });
})();
