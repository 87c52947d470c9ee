// Forms with data-local-draft="<account>/<place>": what is typed is kept in this browser until the server has it, and offered again
// when the page is opened the next time: after a server that was down, a session that ended, a computer that was switched off. Kept
// in localStorage under the account's number, so that nobody else at the machine is offered it; removed as soon as it is saved, when
// it is discarded, and after 14 days. Form modules say "saved" by the event erqi:saved on the form. What is kept, and how it comes back
// without taking anything of what others saved meanwhile: kept-values.js.
(function () {
  "use strict";
  var PREFIX = "erqi.draft/";
  var DAYS = 14;
  var kept = window.erqiKept;
  var timers = new WeakMap();
  var sending = new WeakMap();

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
      var found = JSON.parse(localStorage.getItem(key));
      return found && found.first ? found : null;
    } catch (error) {
      return null;
    }
  }
  function key(form) {
    return PREFIX + form.dataset.localDraft;
  }
  // `submitted`: a plain submit is on its way; `more`: values kept before that the form does not show in fields of its own
  function keep(form, submitted, more) {
    clearTimeout(timers.get(form));
    timers.delete(form);
    var draft = kept.keep(form);
    draft.values = Object.assign({}, more, draft.values);
    store(key(form), Object.assign(draft, { at: Date.now(), submitted: submitted === true }));
  }
  function offer(form, draft) {
    var at = new Date(draft.at).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
    kept.offer(form, "本机留有您 " + at + " 填写、没有存到服务器的内容。", [
      ["恢复", kept.restore.bind(null, form, draft)],
      ["丢弃", store.bind(null, key(form), null)],
    ]);
  }
  function answered() {
    return document.querySelector("#messages .msg-success") !== null;
  }
  function begin(form) {
    if (form.erqiDraft) return;
    form.erqiDraft = true;
    var draft = stored(key(form));
    if (form.querySelector(".form-errors")) {
      // refused: what the form shows was typed and is stored nowhere else
      kept.begin(form, draft);
      keep(form, false, draft ? draft.values : null);
      return;
    }
    kept.begin(form);
    if (!draft) return;
    var arrived = draft.submitted && draft.version !== kept.version(form) && answered();
    if (arrived || Date.now() - draft.at > DAYS * 86400000 || !kept.changes(form, draft).length) store(key(form), null);
    else offer(form, draft);
  }
  function all(root) {
    if (root.matches && root.matches("form[data-local-draft]")) begin(root);
    root.querySelectorAll("form[data-local-draft]").forEach(begin);
  }
  function formOf(event) {
    return event.target.closest ? event.target.closest("form[data-local-draft]") : null;
  }

  document.addEventListener("input", function (event) {
    var form = formOf(event);
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

  // A form that is saved while it stays open: what was sent, and what of another person's came back in its place, is what is known now.
  document.addEventListener("htmx:beforeRequest", function (event) {
    var form = formOf(event);
    if (form) sending.set(form, { values: kept.read(form), fields: Array.prototype.slice.call(form.elements), saved: false });
  });
  document.addEventListener("row-saved", function (event) {
    var form = formOf(event);
    if (form && sending.has(form)) sending.get(form).saved = true;
  });
  document.addEventListener("htmx:afterSettle", function () {
    document.querySelectorAll("form[data-local-draft]").forEach(function (form) {
      var sent = sending.get(form);
      if (!sent || !sent.saved) return;
      sending.delete(form);
      var now = kept.read(form);
      Array.prototype.forEach.call(form.elements, function (field) {
        if (field.name in now && sent.fields.indexOf(field) < 0) sent.values[field.name] = now[field.name];
      });
      kept.saved(form, sent.values);
      if (timers.has(form)) keep(form);
    });
  });

  document.addEventListener("DOMContentLoaded", function () {
    all(document);
    // filed: the page that says so has no form any more
    if (answered()) {
      Object.keys(localStorage).forEach(function (name) {
        if (name.indexOf(PREFIX) !== 0 || name.slice(name.indexOf("/", PREFIX.length)) !== "/" + location.pathname) return;
        if (!document.querySelector("form[data-local-draft]") && (stored(name) || {}).submitted) store(name, null);
      });
    }
    document.addEventListener("htmx:load", function (event) {
      all(event.detail.elt);
    });
  });
})();
