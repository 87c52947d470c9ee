// Print ([data-print], or the address ends in #print) and copy the address of this view ([data-copy-link]).
(function () {
  "use strict";

  function copy(text) {
    // the clipboard API exists on https only; inner networks often have http
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    var area = document.createElement("textarea");
    area.value = text;
    area.className = "vh";
    document.body.appendChild(area);
    area.select();
    var done = document.execCommand("copy");
    area.remove();
    return done ? Promise.resolve() : Promise.reject(new Error("copy"));
  }

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) {
      event.preventDefault();
      window.print();
    }
    var button = event.target.closest("[data-copy-link]");
    if (!button) return;
    event.preventDefault();
    var address = new URL(button.dataset.copyLink || window.location.href, window.location.href).href;
    var label = button.querySelector("[data-label]") || button;
    var before = label.textContent;
    copy(address).then(
      function () {
        label.textContent = "已复制";
      },
      function () {
        window.prompt("请按 Ctrl+C 复制：", address);
      }
    );
    setTimeout(function () {
      label.textContent = before;
    }, 1600);
  });

  if (window.location.hash === "#print") {
    window.addEventListener("load", function () {
      window.print();
    });
  }
})();
