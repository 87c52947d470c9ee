// Native dialogs. data-confirm="sentence" on a submit button or link asks first; data-dialog="id" opens a <dialog>,
// data-dialog-close closes the one it stands in. Without script the button or link simply acts.
(function () {
  "use strict";
  var dialog = document.getElementById("confirm-dialog");
  var waiting = null;

  function ask(element) {
    waiting = element;
    document.getElementById("confirm-title").textContent = element.dataset.confirmTitle || "请确认";
    document.getElementById("confirm-text").textContent = element.dataset.confirm;
    document.getElementById("confirm-ok").textContent = element.dataset.confirmLabel || "确定";
    dialog.returnValue = "";
    dialog.showModal();
  }

  if (dialog && dialog.showModal) {
    // capture: before once.js and htmx see the click
    document.addEventListener(
      "click",
      function (event) {
        var element = event.target.closest("[data-confirm]");
        if (!element || element.dataset.confirmed) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        if (element.form && !element.formNoValidate && !element.form.reportValidity()) return;
        ask(element);
      },
      true
    );
    dialog.addEventListener("close", function () {
      var element = waiting;
      waiting = null;
      if (!element || dialog.returnValue !== "ok") return;
      element.dataset.confirmed = "1";
      element.click();
      delete element.dataset.confirmed;
    });
  }

  document.addEventListener("click", function (event) {
    var opener = event.target.closest("[data-dialog]");
    if (opener) {
      var target = document.getElementById(opener.dataset.dialog);
      if (target && target.showModal) {
        event.preventDefault();
        target.showModal();
      }
    }
    var closer = event.target.closest("[data-dialog-close]");
    if (closer) closer.closest("dialog").close();
    // a click on the backdrop has the dialog itself as its target
    if (event.target.matches && event.target.matches("dialog[open]")) event.target.close();
  });
})();
