// Ticking rows: [data-check-all] in the header, [data-check] in the rows; [data-checked-count] shows how many,
// and [data-needs-checked] buttons wait for at least one.
(function () {
  "use strict";

  function update(scope) {
    var boxes = scope.querySelectorAll("[data-check]");
    var ticked = scope.querySelectorAll("[data-check]:checked").length;
    boxes.forEach(function (box) {
      var row = box.closest("tr");
      if (row) row.classList.toggle("is-selected", box.checked);
    });
    scope.querySelectorAll("[data-check-all]").forEach(function (all) {
      all.checked = ticked > 0 && ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    });
    scope.querySelectorAll("[data-checked-count]").forEach(function (place) {
      place.textContent = String(ticked);
    });
    scope.querySelectorAll("[data-needs-checked]").forEach(function (button) {
      button.disabled = ticked === 0;
    });
  }

  function scopeOf(element) {
    return element.closest("[data-check-scope]") || element.closest("form") || document;
  }

  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-check-all]")) {
      scopeOf(event.target)
        .querySelectorAll("[data-check]")
        .forEach(function (box) {
          box.checked = event.target.checked;
        });
      update(scopeOf(event.target));
    } else if (event.target.matches("[data-check]")) update(scopeOf(event.target));
  });

  function start() {
    document.querySelectorAll("[data-check-all]").forEach(function (all) {
      update(scopeOf(all));
    });
  }

  document.addEventListener("htmx:afterSwap", start);
  start();
})();
