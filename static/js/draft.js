// Forms with data-dirty: when the session ended while somebody typed, what was typed is offered again after the log-in.
// The draft lives in the tab's sessionStorage only and goes when the form is saved or the tab is closed. What is kept, and how it comes
// back: kept-values.js.
(function () {
  "use strict";
  var KEY = "erqi-draft";
  var kept = window.erqiKept;

  function read() {
    try {
      return JSON.parse(sessionStorage.getItem(KEY));
    } catch (error) {
      return null;
    }
  }
  function write(draft) {
    try {
      if (draft) sessionStorage.setItem(KEY, JSON.stringify(draft));
      else sessionStorage.removeItem(KEY);
    } catch (error) {
      // storage is full or forbidden: the form works without drafts
    }
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    // forms with data-local-draft keep theirs by themselves (local-draft.js)
    if (!("dirty" in form.dataset) || "localDraft" in form.dataset || form.method !== "post") return;
    write(Object.assign(kept.keep(form), { path: location.pathname, lost: false }));
  });

  document.addEventListener("DOMContentLoaded", function () {
    var draft = read();
    if (!draft) return;
    if (document.querySelector("[data-signed-out]")) {
      draft.lost = true;
      write(draft);
      document.querySelectorAll("[data-draft-hint]").forEach(function (hint) {
        hint.hidden = false;
      });
      return;
    }
    var form = document.querySelector("form[data-dirty]:not([data-local-draft])");
    var here = form && location.pathname === draft.path;
    if (draft.lost && here) {
      var files = form.querySelector("input[type=file]") ? "照片、文件需重新选择。" : "";
      kept.offer(form, "登录过期前您填写的内容没有保存。" + files, [
        [
          "恢复填写的内容",
          function () {
            kept.restore(form, draft);
            write(null);
          },
        ],
      ]);
    } else if (!draft.lost) {
      // answered: saved, or shown again with what was typed, which is still compared with what was shown first
      if (here && form.querySelector(".form-errors")) kept.begin(form, draft);
      write(null);
    }
  });
})();
