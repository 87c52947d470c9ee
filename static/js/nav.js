// Navigation: opens over the page on narrow screens (without script the link jumps to it), folds to a rail on wide ones.
(function () {
  "use strict";
  var root = document.documentElement;
  var nav = document.getElementById("site-nav");
  if (!nav) return;
  var toggle = document.querySelector("[data-nav-toggle]");
  var collapse = nav.querySelector("[data-nav-collapse]");

  function open(yes) {
    nav.classList.toggle("is-open", yes);
    if (toggle) toggle.setAttribute("aria-expanded", String(yes));
    if (yes) nav.querySelector("a").focus();
  }

  if (toggle) {
    toggle.setAttribute("role", "button");
    toggle.setAttribute("aria-expanded", "false");
    toggle.setAttribute("aria-controls", nav.id);
    toggle.addEventListener("click", function (event) {
      event.preventDefault();
      open(!nav.classList.contains("is-open"));
    });
  }
  document.addEventListener("click", function (event) {
    if (!nav.classList.contains("is-open")) return;
    var closer = event.target.closest("[data-nav-close]");
    if (closer) event.preventDefault();
    if (closer || !event.target.closest("#site-nav, [data-nav-toggle]")) open(false);
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || !nav.classList.contains("is-open")) return;
    open(false);
    toggle.focus();
  });

  function rail(yes) {
    if (yes) root.setAttribute("data-nav", "rail");
    else root.removeAttribute("data-nav");
    collapse.setAttribute("aria-expanded", String(!yes));
    collapse.title = yes ? "展开导航" : "收起导航";
  }

  if (collapse) {
    rail(root.getAttribute("data-nav") === "rail");
    collapse.addEventListener("click", function () {
      var yes = root.getAttribute("data-nav") !== "rail";
      rail(yes);
      try {
        localStorage.setItem("erqi.nav", yes ? "rail" : "");
      } catch (error) {
        // not remembered
      }
    });
  }

  var active = nav.querySelector(".is-active");
  var box = nav.querySelector(".site-nav-scroll");
  // scrollIntoView would move the page as well
  if (active && box) box.scrollTop = Math.max(0, active.offsetTop - box.clientHeight + 120);
})();
