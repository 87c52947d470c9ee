// Forms with data-dirty: when the session ended while somebody typed, what was typed is offered again after the log-in.
// The draft lives in the tab's sessionStorage only and goes when the form is saved or the tab is closed.
(function () {
  "use strict";
  var KEY = "erqi-draft";
  var OWN = ["csrfmiddlewaretoken", "version", "request_key"];

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
  function fields(form) {
    return Array.prototype.filter.call(form.elements, function (field) {
      return field.name && OWN.indexOf(field.name) < 0 && field.type !== "hidden" && field.type !== "file" && field.type !== "password";
    });
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    // forms with data-local-draft keep theirs by themselves (local-draft.js)
    if (!("dirty" in form.dataset) || "localDraft" in form.dataset || form.method !== "post") return;
    var values = fields(form).map(function (field) {
      return [field.name, field.type === "checkbox" || field.type === "radio" ? field.checked : field.value, field.type === "radio" ? field.value : ""];
    });
    write({ path: location.pathname, values: values, lost: false });
  });

  function offer(draft, form) {
    var box = document.createElement("div");
    box.className = "msg msg-warning";
    box.setAttribute("role", "alert");
    var text = document.createElement("div");
    text.className = "msg-text";
    text.textContent = "登录过期前您填写的内容没有保存。";
    var button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = "恢复填写的内容";
    button.addEventListener("click", function () {
      draft.values.forEach(function (value) {
        fields(form).forEach(function (field) {
          if (field.name !== value[0]) return;
          if (field.type === "checkbox") field.checked = value[1];
          else if (field.type === "radio") field.checked = field.value === value[2] ? value[1] : field.checked;
          else field.value = value[1];
        });
      });
      form.dispatchEvent(new Event("input", { bubbles: true }));
      box.remove();
      write(null);
    });
    text.appendChild(document.createTextNode("　"));
    text.appendChild(button);
    box.appendChild(text);
    form.parentNode.insertBefore(box, form);
  }

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
    if (draft.lost && form && location.pathname === draft.path) offer(draft, form);
    else if (!draft.lost) write(null); // the submit was answered: saved, or shown again with what was typed
  });
})();
