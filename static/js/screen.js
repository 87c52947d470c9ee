// The display of a meeting room (?screen=1). Esc leads back, as the link [data-leave-screen] does; a dialog, a menu or what stands beside a
// mark takes the key first. Where a list is cut by the edge of the screen, [data-on-screen="<its items>"], which stands beside their number
// (data-total), says how many are seen.
(function () {
  "use strict";
  var link = document.querySelector("[data-leave-screen]");
  if (!link) return;
  var waiting = false;

  document.addEventListener(
    "keydown",
    function (event) {
      if (event.key !== "Escape" || event.ctrlKey || event.altKey || event.metaKey) return;
      if (document.querySelector("dialog[open], details.menu[open], .wall-tip:not([hidden])")) return;
      if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
      window.location.assign(link.href);
    },
    true
  );

  function seen(item) {
    var box = item.getBoundingClientRect();
    var region = item.closest(".table-region");
    var edge = region ? region.getBoundingClientRect() : null;
    var head = region && region.querySelector("thead");
    var top = edge ? edge.top + (head ? head.offsetHeight : 0) : 0;
    var bottom = Math.min(window.innerHeight, edge ? edge.bottom : window.innerHeight);
    var middle = box.top + box.height / 2;
    return box.height > 0 && middle > top && middle < bottom;
  }

  function count() {
    waiting = false;
    document.querySelectorAll("[data-on-screen]").forEach(function (words) {
      var total = Number(words.dataset.total);
      var inside = words.closest("section") || document;
      var shown = Array.prototype.filter.call(inside.querySelectorAll(words.dataset.onScreen), seen).length;
      words.textContent = shown < total ? "本屏 " + shown + " 个" : "";
    });
  }

  function later() {
    if (waiting) return;
    waiting = true;
    window.requestAnimationFrame(count);
  }

  window.addEventListener("resize", later);
  document.addEventListener("scroll", later, true);
  count();
})();
