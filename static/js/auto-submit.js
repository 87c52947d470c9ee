// Filter forms with data-auto-submit send themselves when a select, date or checkbox changes; their own button
// ([data-auto-submit-button]) is then hidden. Empty fields are left out, so that links stay short.
(function () {
  "use strict";

  document.addEventListener("change", function (event) {
    var form = event.target.form;
    if (!form || !("autoSubmit" in form.dataset) || event.target.type === "search" || event.target.type === "text") return;
    // the prototype's method: a field named "submit" would hide the form's own
    if (HTMLFormElement.prototype.requestSubmit) HTMLFormElement.prototype.requestSubmit.call(form);
    else HTMLFormElement.prototype.submit.call(form);
  });
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if ((form.getAttribute("method") || "get").toLowerCase() !== "get") return;
    Array.prototype.forEach.call(form.elements, function (field) {
      if (field.name && field.value === "" && !field.disabled) {
        field.disabled = true;
        setTimeout(function () {
          field.disabled = false;
        }, 500);
      }
    });
  });
  document.querySelectorAll("form[data-auto-submit] [data-auto-submit-button]").forEach(function (button) {
    button.hidden = true;
  });
})();
