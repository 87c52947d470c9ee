// Runs before the first paint: puts remembered preferences on <html>, so that nothing jumps. Kept tiny because it blocks.
(function () {
  var root = document.documentElement;
  root.setAttribute("data-js", "");
  try {
    var font = localStorage.getItem("erqi.font");
    if (font === "large" || font === "larger") root.setAttribute("data-font", font);
    if (localStorage.getItem("erqi.nav") === "rail") root.setAttribute("data-nav", "rail");
  } catch (error) {
    // storage may be forbidden by policy; the defaults are fine
  }
})();
