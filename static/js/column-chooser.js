// Column chooser: a GET form [data-columns] with one checkbox per column, in order. The form works alone; with script
// there are "all" and "default" buttons and rows can be moved up and down, which changes the order of what is sent.
(function () {
  "use strict";

  function boxes(form) {
    return form.querySelectorAll('input[type="checkbox"][name]');
  }

  function count(form) {
    form.querySelectorAll("[data-columns-count]").forEach(function (place) {
      place.textContent = String(form.querySelectorAll('input[type="checkbox"][name]:checked').length);
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-columns] button[type=button]");
    if (!button) return;
    var form = button.closest("[data-columns]");
    if ("columnsAll" in button.dataset) {
      boxes(form).forEach(function (box) {
        box.checked = true;
      });
    } else if ("columnsDefault" in button.dataset) {
      boxes(form).forEach(function (box) {
        box.checked = "default" in box.dataset || box.disabled;
      });
    } else if (button.dataset.move) {
      var item = button.closest("li");
      var other = button.dataset.move === "up" ? item.previousElementSibling : item.nextElementSibling;
      // columns that cannot be left out keep their place
      if (!other || other.querySelector("input:disabled")) return;
      if (button.dataset.move === "up") other.before(item);
      else other.after(item);
      button.focus();
    }
    count(form);
  });
  document.addEventListener("change", function (event) {
    var form = event.target.closest("[data-columns]");
    if (form) count(form);
  });
  document.querySelectorAll("[data-columns]").forEach(count);
})();
