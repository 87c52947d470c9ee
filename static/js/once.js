// A form is sent once: the second click finds the button disabled. Forms with data-many may be sent repeatedly.
// The server refuses repeats as well; this only saves people the surprise.
(function () {
  "use strict";

  function release(form) {
    delete form.dataset.sent;
    form.querySelectorAll("[data-busy]").forEach(function (button) {
      button.removeAttribute("data-busy");
      button.removeAttribute("aria-disabled");
    });
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || /^(get|dialog)?$/i.test(form.getAttribute("method") || "") || "many" in form.dataset) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    var button = event.submitter || form.querySelector("[type=submit]");
    // aria-disabled, not disabled: a disabled button would drop its name and value from what is sent
    if (button) {
      button.setAttribute("data-busy", "");
      button.setAttribute("aria-disabled", "true");
    }
    // a download leaves the page where it is
    if ("download" in form.dataset) setTimeout(release, 4000, form);
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    var form = event.target.closest && event.target.closest("form");
    if (form) release(form);
  });
  // back from the next page with the browser's own memory of this one
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
  });
})();
