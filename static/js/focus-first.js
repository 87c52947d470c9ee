// <details data-focus-first>: opening it puts the cursor into its first field.
(function () {
  "use strict";

  document.addEventListener(
    "toggle",
    function (event) {
      var details = event.target;
      if (!details.open || !details.hasAttribute("data-focus-first")) return;
      var field = details.querySelector("input:not([type=hidden]), textarea, select");
      if (field) field.focus();
    },
    // toggle does not bubble
    true,
  );
})();
