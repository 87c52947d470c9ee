// Menus are <details class="menu">: close them on Escape, on a click elsewhere and when another opens, and keep them inside the window.
(function () {
  "use strict";
  var EDGE = 8;

  function closeAll(except) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (menu !== except && !menu.contains(except)) menu.open = false;
    });
  }

  function place(menu) {
    var body = menu.querySelector(".menu-body");
    if (!body) return;
    body.style.setProperty("--shift", "0px");
    var box = body.getBoundingClientRect();
    var width = document.documentElement.clientWidth;
    var shift = 0;
    if (box.right > width - EDGE) shift = width - EDGE - box.right;
    if (box.left + shift < EDGE) shift = EDGE - box.left;
    body.style.setProperty("--shift", Math.round(shift) + "px");
  }

  document.addEventListener("click", function (event) {
    closeAll(event.target.closest("details.menu"));
  });
  // capture, because toggle does not bubble
  document.addEventListener(
    "toggle",
    function (event) {
      if (event.target.open && event.target.matches("details.menu")) place(event.target);
    },
    true
  );
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    var menu = event.target.closest && event.target.closest("details.menu[open]");
    closeAll(null);
    if (menu) menu.querySelector("summary").focus();
  });
})();
