// Keyboard and phone in [data-report-rows]: Enter keeps the row and goes down to the same field of the next, Shift+Enter breaks the
// line, Ctrl+Enter files the row. Then the cursor goes on to the next open row at once, so that nothing typed meanwhile is
// lost in the answer; a row that is refused calls it back unless typing has gone on. On a phone one card is open at a time, and stays until
// its answer is there.
(function () {
  "use strict";
  var list = document.querySelector("[data-report-rows]");
  if (!list) return;
  var FILING = "[name=action][value=file], [name=action][value=confirm], [name=action][value=unchanged]";
  var TWICE = 800;
  var MOST_LINES = 16;
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

  // texts are read whole: the field is as high as what stands in it
  function grow(field) {
    if (!field.matches("textarea")) return;
    while (field.clientHeight && field.rows < MOST_LINES && field.scrollHeight > field.clientHeight) field.rows += 1;
  }
  function growAll() {
    list.querySelectorAll("textarea[data-col]").forEach(grow);
  }
  list.addEventListener("input", function (event) {
    grow(event.target);
  });
  list.addEventListener("toggle", growAll, true);
  document.addEventListener("htmx:afterSettle", growAll);
  window.addEventListener("load", growAll);

  var left = null;
  var called = { row: null, at: 0 };
  function leave(row) {
    if (phone.matches || !row.contains(document.activeElement)) return;
    go(next(row), "cumulative");
    var field = document.activeElement;
    left = row.contains(field) ? null : { code: row.dataset.row, field: field, value: field.value, at: Date.now() };
  }
  function comesBack(code) {
    if (!left || left.code !== code) return false;
    return document.activeElement === left.field && left.field.value === left.value;
  }
  list.addEventListener("keydown", function (event) {
    var field = event.target.closest("[data-col]");
    if (!field || event.isComposing || event.keyCode === 229) return;
    var row = field.closest("[data-row]");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      // held down, or pressed twice: the second time would file the next project, of which nothing has been said yet
      if (event.repeat || (left && left.field === field && Date.now() - left.at < TWICE)) return;
      // nor does the second time answer a question that came meanwhile
      if (called.row === row && Date.now() - called.at < TWICE) return;
      (row.querySelector("[data-row-confirm]") || row.querySelector("[data-row-file]")).click();
      leave(row);
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

  // what comes back: the whole row, or its line of state when it was refused in words
  var answered = null;
  document.addEventListener("htmx:beforeSwap", function (event) {
    var row = event.detail.target.closest && event.detail.target.closest("[data-row]");
    answered = null;
    if (!row || !list.contains(row)) return;
    if (comesBack(row.dataset.row) ? event.detail.requestConfig.elt.matches(FILING) : row === event.detail.target && row.contains(document.activeElement)) {
      answered = row.dataset.row;
    }
  });
  document.addEventListener("htmx:afterSettle", function (event) {
    // somebody else's values beside one's own: not below the bar at the foot of the window
    var conflict = event.target.querySelector && event.target.querySelector("[data-row-conflict]");
    if (conflict && conflict.closest("[data-row]").contains(document.activeElement)) conflict.scrollIntoView({ block: "nearest" });
    if (!answered) return;
    var row = document.getElementById("row-" + answered);
    answered = left = null;
    if (!row) return;
    if (row.classList.contains("is-editable")) {
      if (phone.matches) open(row);
      called = { row: row, at: Date.now() };
      var wrong = row.querySelector(".has-error [data-col], [data-row-conflict] input[type=radio]:checked") || row.querySelector("[data-col]");
      wrong.focus({ preventScroll: phone.matches });
      // a card is longer than a phone: what was said comes first
      var said = row.querySelector(".rr-refused");
      if (phone.matches && said) said.scrollIntoView({ block: "center" });
    } else if (!list.contains(document.activeElement)) go(next(row), "cumulative");
  });

  list.addEventListener("click", function (event) {
    var toggle = event.target.closest("[data-row-toggle]");
    if (!toggle) return;
    var row = toggle.closest("[data-row]");
    open(row.classList.contains("is-open") ? null : row);
    growAll();
  });
  var first = list.querySelector("[data-row].is-editable");
  var asked = location.hash.indexOf("#row-") === 0 ? document.getElementById(location.hash.slice(1)) : null;
  if (asked || first) open(asked || first);
})();
