// Forms with data-local-draft="<account>/<place>": what is typed is kept in this browser until the server has it, and offered again
// when the page is opened the next time: after a server that was down, a session that ended, a computer that was switched off. Kept
// in localStorage under the account's number, so that nobody else at the machine is offered it; removed as soon as it is saved, when
// it is discarded, and after 14 days. Form modules say "saved" by the event erqi:saved on the form.
(function () {
  "use strict";
  var PREFIX = "erqi.draft/";
  var DAYS = 14;
  var OWN = ["csrfmiddlewaretoken", "version", "request_key", "action"];
  var timers = new WeakMap();

  function store(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    } catch (error) {
      // full or forbidden: the form works without
    }
  }
  function stored(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch (error) {
      return null;
    }
  }
  function key(form) {
    return PREFIX + form.dataset.localDraft;
  }
  function values(form) {
    var found = {};
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!field.name || OWN.indexOf(field.name) >= 0 || /^(hidden|file|password|submit|button)$/.test(field.type)) return;
      if (field.name.indexOf("choose-") === 0) return;
      if (field.type === "radio") {
        if (field.checked) found[field.name] = field.value;
      } else found[field.name] = field.type === "checkbox" ? field.checked : field.value;
    });
    return found;
  }
  function same(one, other) {
    return Object.keys(one).every(function (name) {
      return one[name] === other[name];
    });
  }
  function version(form) {
    return form.elements.version ? form.elements.version.value : "";
  }
  // `sent`: a plain submit is on its way, with this version of the record
  function keep(form, sent) {
    clearTimeout(timers.get(form));
    timers.delete(form);
    store(key(form), { at: Date.now(), values: values(form), version: version(form), sent: sent === true });
  }
  function fill(form, found) {
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!(field.name in found)) return;
      if (field.type === "checkbox") field.checked = found[field.name];
      else if (field.type === "radio") field.checked = field.value === found[field.name];
      else if (field.type !== "hidden") field.value = found[field.name];
      if (found[field.name] && field.closest("details")) field.closest("details").open = true;
    });
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function button(text, act) {
    var element = document.createElement("button");
    element.type = "button";
    element.className = "btn btn-sm";
    element.textContent = text;
    element.addEventListener("click", act);
    return element;
  }
  function offer(form, draft) {
    var at = new Date(draft.at);
    var box = document.createElement("div");
    box.className = "msg msg-warning local-draft";
    box.setAttribute("role", "alert");
    var text = document.createElement("div");
    text.className = "msg-text";
    text.textContent = "本机留有您 " + at.toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" }) + " 填写、没有存到服务器的内容。";
    box.append(
      text,
      button("恢复", function () {
        box.remove();
        fill(form, draft.values);
      }),
      button("丢弃", function () {
        box.remove();
        store(key(form), null);
      })
    );
    form.parentNode.insertBefore(box, form);
  }
  function begin(form) {
    if (form.erqiDraft) return;
    form.erqiDraft = true;
    if (form.querySelector(".form-errors")) {
      // refused: what the form shows was typed and is stored nowhere else
      keep(form);
      return;
    }
    var draft = stored(key(form));
    if (!draft) return;
    var arrived = draft.sent && draft.version !== version(form);
    if (arrived || Date.now() - draft.at > DAYS * 86400000 || same(draft.values, values(form))) store(key(form), null);
    else offer(form, draft);
  }
  function all(root) {
    if (root.matches && root.matches("form[data-local-draft]")) begin(root);
    root.querySelectorAll("form[data-local-draft]").forEach(begin);
  }

  document.addEventListener("input", function (event) {
    var form = event.target.closest("form[data-local-draft]");
    if (!form) return;
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(keep, 250, form));
  });
  document.addEventListener("submit", function (event) {
    if (event.target.matches("form[data-local-draft]")) keep(event.target, true);
  });
  window.addEventListener("pagehide", function () {
    document.querySelectorAll("form[data-local-draft]").forEach(function (form) {
      if (timers.has(form)) keep(form);
    });
  });
  document.addEventListener("erqi:saved", function (event) {
    clearTimeout(timers.get(event.target));
    timers.delete(event.target);
    store(key(event.target), null);
  });
  document.addEventListener("DOMContentLoaded", function () {
    all(document);
    document.addEventListener("htmx:load", function (event) {
      all(event.detail.elt);
    });
  });
})();
