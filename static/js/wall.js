// The wall chart ([data-wall] around the table): left and right move between the marks of a row, from the row itself, one of its links or a
// mark (table-keys.js moves between rows); what
// a mark says stands beside it when it is pointed at, focused or touched. A touch shows it first; its link, or a second touch, opens the
// project. The chart opens with the day in view.
(function () {
  "use strict";
  var EDGE = 8;
  var tip = document.createElement("div");
  var shown = null;
  var touched = false;

  tip.className = "wall-tip no-print";
  tip.hidden = true;
  document.body.appendChild(tip);

  function lines(mark) {
    var title = mark.querySelector("title");
    // kept in the attribute: the browser's own tooltip would cover ours
    if (title) {
      mark.dataset.says = title.textContent;
      mark.setAttribute("aria-label", title.textContent.split("\n").join("，"));
      title.remove();
    }
    return (mark.dataset.says || "").split("\n");
  }

  function show(mark, withLink) {
    tip.textContent = "";
    lines(mark).forEach(function (line, place) {
      var part = document.createElement(place ? "div" : "strong");
      part.textContent = line;
      tip.appendChild(part);
    });
    if (withLink) {
      var link = document.createElement("a");
      link.href = mark.getAttribute("href");
      link.textContent = "打开项目";
      tip.appendChild(link);
    }
    tip.hidden = false;
    shown = mark;
    place(mark);
  }

  function place(mark) {
    var at = mark.getBoundingClientRect();
    var box = tip.getBoundingClientRect();
    var left = Math.min(Math.max(EDGE, at.left + at.width / 2 - box.width / 2), window.innerWidth - box.width - EDGE);
    var top = at.bottom + EDGE;
    if (top + box.height > window.innerHeight - EDGE) top = Math.max(EDGE, at.top - box.height - EDGE);
    tip.style.left = Math.round(left) + "px";
    tip.style.top = Math.round(top) + "px";
  }

  function hide() {
    tip.hidden = true;
    shown = null;
  }

  function markOf(target) {
    return target.closest ? target.closest("[data-wall] a.wm") : null;
  }

  function marks(row) {
    return Array.prototype.slice.call(row.querySelectorAll("a.wm")).sort(function (one, other) {
      return one.getBoundingClientRect().left - other.getBoundingClientRect().left;
    });
  }

  // the pinned names must not cover the mark
  function reveal(region, mark) {
    var name = region.querySelector("thead .wall-name");
    var box = region.getBoundingClientRect();
    var from = box.left + (name ? name.offsetWidth : 0) + 2 * EDGE;
    var at = mark.getBoundingClientRect();
    if (at.left < from) region.scrollLeft -= from - at.left;
    else if (at.right > box.right - 2 * EDGE) region.scrollLeft += at.right - box.right + 2 * EDGE;
  }

  document.addEventListener("pointerdown", function (event) {
    touched = event.pointerType === "touch";
    if (shown && !markOf(event.target) && !tip.contains(event.target)) hide();
  });
  document.addEventListener("pointerover", function (event) {
    if (event.pointerType === "touch") return;
    var mark = markOf(event.target);
    if (mark && mark !== shown) show(mark, false);
    else if (!mark && shown && shown !== document.activeElement) hide();
  });
  document.addEventListener("focusin", function (event) {
    var mark = markOf(event.target);
    if (mark) show(mark, touched);
    else if (shown && !tip.contains(event.target)) hide();
  });
  // capture: before the table takes the click for one on the row
  document.addEventListener(
    "click",
    function (event) {
      var mark = markOf(event.target);
      if (!mark || !touched || (mark === shown && mark.dataset.seen)) return;
      event.preventDefault();
      document.querySelectorAll("a.wm[data-seen]").forEach(function (other) {
        delete other.dataset.seen;
      });
      mark.dataset.seen = "1";
      show(mark, true);
    },
    true
  );
  document.addEventListener("scroll", hide, true);

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || (event.key !== "ArrowLeft" && event.key !== "ArrowRight" && event.key !== "Escape")) return;
    var region = document.querySelector("[data-wall]");
    if (!region || (event.target !== document.body && !region.contains(event.target))) return;
    if (document.querySelector("dialog[open]")) return;
    var mark = markOf(event.target);
    if (event.key === "Escape") {
      hide();
      if (mark) mark.closest("tr").focus({ preventScroll: true });
      return;
    }
    // also from a link of the row, where Tab leads
    var row = event.target.closest("tr[data-href]") || region.querySelector("tr.is-current");
    if (!row) return;
    var list = marks(row);
    if (!list.length) return;
    var index = mark ? list.indexOf(mark) : event.key === "ArrowRight" ? -1 : list.length;
    var next = list[Math.max(0, Math.min(list.length - 1, index + (event.key === "ArrowRight" ? 1 : -1)))];
    event.preventDefault();
    touched = false;
    reveal(region, next);
    next.focus({ preventScroll: true });
    // a region that had to scroll has taken the sentence away
    window.requestAnimationFrame(function () {
      if (document.activeElement === next) show(next, false);
    });
  });

  function start() {
    var region = document.querySelector("[data-wall]");
    var line = region && region.querySelector("thead .wg-today");
    if (!line || region.scrollWidth <= region.clientWidth) return;
    var name = region.querySelector("thead .wall-name");
    var covered = name ? name.offsetWidth : 0;
    var at = line.getBoundingClientRect().left - region.getBoundingClientRect().left + region.scrollLeft;
    region.scrollLeft = Math.max(0, at - covered - (region.clientWidth - covered) * 0.6);
  }

  start();
  document.addEventListener("htmx:afterSwap", start);
})();
