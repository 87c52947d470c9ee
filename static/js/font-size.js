// Larger text: buttons inside [data-font-size] carry data-font-value; the choice is kept in this browser.
(function () {
  "use strict";
  var root = document.documentElement;

  function show(value) {
    document.querySelectorAll("[data-font-value]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.fontValue === value));
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-font-value]");
    if (!button) return;
    var value = button.dataset.fontValue;
    if (value) root.setAttribute("data-font", value);
    else root.removeAttribute("data-font");
    try {
      localStorage.setItem("erqi.font", value);
    } catch (error) {
      // not remembered, still applied to this page
    }
    show(value);
    // charts measure text when drawn
    window.dispatchEvent(new Event("resize"));
  });

  show(root.getAttribute("data-font") || "");
})();
