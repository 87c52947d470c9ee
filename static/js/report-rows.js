// Keyboard and phone in [data-report-rows]: Enter keeps the row and goes down to the same field of the next, Shift+Enter breaks the
// line, Ctrl+Enter files the row; after filing the cursor goes on to the next row that is open. On a phone one card is open at a time.
(function () {
  "use strict";
  var list = document.querySelector("[data-report-rows]");
  if (!list) return;
  var phone = window.matchMedia("(max-width: 40rem)");

  function rows() {
    return Array.prototype.slice.call(list.querySelectorAll("[data-row]"));
  }
  function next(row, back) {
    var all = rows();
    var step = back ? -1 : 1;
    for (var index = all.indexOf(row) + step; index >= 0 && index < all.length; index += step) {
      if (all[index].classList.contains("is-editable")) return all[index];
    }
    return null;
  }
  function open(row) {
    rows().forEach(function (other) {
      other.classList.toggle("is-open", other === row);
      var toggle = other.querySelector("[data-row-toggle]");
      if (toggle) toggle.setAttribute("aria-expanded", String(other === row));
    });
  }
  function go(row, column) {
    if (!row) return;
    if (phone.matches) open(row);
    var field = row.querySelector('[data-col="' + column + '"]');
    // folded away in the next row: the first field of it
    if (!field || !field.getClientRects().length) field = row.querySelector("[data-col]");
    if (!field) return;
    field.focus();
    if (field.select) field.select();
    row.scrollIntoView({ block: "nearest" });
  }

  list.addEventListener("keydown", function (event) {
    var field = event.target.closest("[data-col]");
    if (!field || event.isComposing || event.keyCode === 229) return;
    var row = field.closest("[data-row]");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      row.querySelector("[data-row-file]").click();
    } else if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      field.form.dispatchEvent(new Event("erqi:save-row", { bubbles: true }));
      go(next(row), field.dataset.col);
    }
  });
  // figures are typed over
  list.addEventListener("focusin", function (event) {
    if (event.target.matches("input[inputmode]")) event.target.select();
  });

  var filed = null;
  document.addEventListener("htmx:beforeSwap", function (event) {
    var row = event.detail.target.matches && event.detail.target.matches("[data-row]") ? event.detail.target : null;
    filed = row && row.contains(document.activeElement) ? { code: row.dataset.row, place: rows().indexOf(row) } : null;
  });
  document.addEventListener("htmx:afterSettle", function () {
    if (!filed) return;
    var row = document.getElementById("row-" + filed.code);
    filed = null;
    if (!row) return;
    if (row.classList.contains("is-editable")) {
      if (phone.matches) open(row);
      var wrong = row.querySelector(".has-error [data-col]");
      if (wrong) wrong.focus();
    } else go(next(row), "cumulative");
  });

  list.addEventListener("click", function (event) {
    var toggle = event.target.closest("[data-row-toggle]");
    if (!toggle) return;
    var row = toggle.closest("[data-row]");
    open(row.classList.contains("is-open") ? null : row);
  });
  var first = list.querySelector("[data-row].is-editable");
  var asked = location.hash.indexOf("#row-") === 0 ? document.getElementById(location.hash.slice(1)) : null;
  if (asked || first) open(asked || first);
})();
