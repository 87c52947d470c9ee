// Forms with data-dirty: leaving with unsaved changes asks first, and a hint [data-dirty-hint] inside the form appears.
(function () {
  "use strict";
  var sending = false;

  function dirty(form) {
    return form.dataset.dirty === "yes";
  }

  document.addEventListener("input", function (event) {
    var form = event.target.form;
    if (!form || !("dirty" in form.dataset)) return;
    form.dataset.dirty = "yes";
    form.querySelectorAll("[data-dirty-hint]").forEach(function (hint) {
      hint.hidden = false;
    });
  });
  document.addEventListener("submit", function () {
    sending = true;
    // an intercepted submit (confirm, htmx) does not leave the page
    setTimeout(function () {
      sending = false;
    }, 1500);
  });
  window.addEventListener("beforeunload", function (event) {
    if (sending) return;
    if (!Array.prototype.some.call(document.querySelectorAll("form[data-dirty]"), dirty)) return;
    event.preventDefault();
    event.returnValue = "";
  });
})();
