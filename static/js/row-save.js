// Rows of a grid ([data-row] with a form) that are saved as one types: a moment after the last key, and when the row is left. One
// request at a time for each row; what is typed meanwhile goes with the next. While two people's values await a choice, or the server
// cannot be reached, nothing is sent by itself but the row says so, and tries again where that helps.
(function () {
  "use strict";
  var PAUSE = 1200;
  var AGAIN = 10000;
  var rows = new WeakMap();

  function row(form) {
    return document.getElementById("row-" + form.id.slice(5));
  }
  function line(form) {
    return form.querySelector("[data-row-state]");
  }
  function typed(form) {
    var found = [];
    Array.prototype.forEach.call(form.elements, function (field) {
      if (field.dataset.col) found.push(field.name + "=" + field.value);
    });
    return found.join("\n");
  }
  function begin(form) {
    if (!rows.has(form)) rows.set(form, { saved: typed(form), sent: "", busy: false, timer: 0 });
    return rows.get(form);
  }
  function changed(form) {
    return typed(form) !== begin(form).saved;
  }
  function say(form, text, link) {
    var place = line(form);
    if (!place || place.querySelector("[data-row-conflict]")) return;
    place.replaceChildren();
    var sentence = document.createElement("p");
    sentence.className = "rr-refused";
    var mark = document.querySelector(".icon use");
    if (mark) {
      // the mark of every refusal, from the sprite that the page has already
      var icon = mark.closest("svg").cloneNode(true);
      icon.querySelector("use").setAttribute("href", mark.getAttribute("href").replace(/#.*/, "#i-alert-circle"));
      sentence.append(icon);
    }
    sentence.append(text);
    if (link) {
      var anchor = document.createElement("a");
      anchor.href = location.pathname + location.search;
      anchor.textContent = link;
      sentence.append(" ", anchor);
    }
    place.append(sentence);
  }

  function save(form) {
    var state = begin(form);
    clearTimeout(state.timer);
    if (state.busy || !form.isConnected || !changed(form)) return;
    // somebody else's values lie beside these: a person chooses
    if (form.querySelector("[data-row-conflict]")) return;
    window.htmx.trigger(form.querySelector("[data-row-autosave]"), "autosave");
  }
  function later(form, pause) {
    var state = begin(form);
    clearTimeout(state.timer);
    state.timer = setTimeout(save, pause, form);
  }

  function formOf(event) {
    var form = event.target.closest ? event.target.closest("form[data-local-draft]") : null;
    return form && form.querySelector("[data-row-state]") ? form : null;
  }
  function requested(event) {
    return event.detail.elt && event.detail.elt.closest ? formOf({ target: event.detail.elt }) : null;
  }

  // what stands in a row when it comes from the server is saved
  function all(root) {
    root.querySelectorAll("form[data-local-draft]").forEach(function (form) {
      if (line(form)) begin(form);
    });
  }
  all(document);
  document.addEventListener("htmx:load", function (event) {
    all(event.detail.elt);
  });
  document.addEventListener("input", function (event) {
    var form = formOf(event);
    if (!form) return;
    if (changed(form)) later(form, PAUSE);
    else if (!begin(form).busy) form.dataset.dirty = "";
  });
  document.addEventListener("focusout", function (event) {
    var form = formOf(event);
    if (form && !(event.relatedTarget && form.contains(event.relatedTarget))) save(form);
  });
  document.addEventListener("erqi:save-row", function (event) {
    save(event.target);
  });

  document.addEventListener("htmx:beforeRequest", function (event) {
    var form = requested(event);
    if (!form) return;
    var state = begin(form);
    clearTimeout(state.timer);
    state.busy = true;
    state.sent = typed(form);
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    var form = event.target.closest && event.detail.requestConfig ? event.detail.requestConfig.elt.closest("[data-row] form") : null;
    if (!form) return;
    var detail = event.detail;
    if (detail.pathInfo.responsePath && detail.pathInfo.responsePath.split("?")[0] !== detail.pathInfo.requestPath.split("?")[0]) {
      // led to the log-in page: its HTML has no place in the row
      detail.shouldSwap = false;
      say(form, "没有保存：登录已过期。填写的内容已留在本机。", "重新登录后恢复");
    } else if (detail.xhr.getResponseHeader("HX-Retarget")) {
      // refused in words of the row's own
      detail.shouldSwap = true;
      detail.isError = false;
    }
  });
  // the server kept it (header HX-Trigger); what was typed since then is not
  document.addEventListener("row-saved", function (event) {
    var form = formOf(event);
    if (!form) return;
    var state = begin(form);
    state.saved = state.sent;
    if (changed(form)) return;
    form.dataset.dirty = "";
    form.dispatchEvent(new Event("erqi:saved", { bubbles: true }));
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    var form = requested(event);
    if (!form) return;
    var state = begin(form);
    state.busy = false;
    if (!event.detail.xhr.status) later(form, AGAIN);
    else if (event.detail.successful && changed(form)) later(form, PAUSE);
  });
  ["htmx:sendError", "htmx:timeout"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      var form = requested(event);
      if (form) say(form, "没有保存：没有连上服务器。填写的内容已留在本机，稍后自动再试。");
    });
  });
  document.addEventListener("htmx:responseError", function (event) {
    var form = requested(event);
    if (!form) return;
    // a missing permission is said in the row's own words; what is left is a session that ended
    if (event.detail.xhr.status === 403) say(form, "没有保存：登录已过期。填写的内容已留在本机。", "重新登录后恢复");
    else {
      say(form, "没有保存：服务器出错（" + event.detail.xhr.status + "）。填写的内容已留在本机，稍后自动再试。");
      later(form, AGAIN);
    }
  });
  window.addEventListener("online", function () {
    document.querySelectorAll("[data-row] form[data-local-draft]").forEach(save);
  });

  // all rows together (全部报送): what is not saved yet goes first
  document.addEventListener(
    "submit",
    function (event) {
      if (event.target.id !== "all-rows" || event.target.dataset.flushed) return;
      var open = Array.prototype.filter.call(document.querySelectorAll("[data-row] form[data-local-draft]"), function (form) {
        return rows.has(form) && (changed(form) || rows.get(form).busy);
      });
      if (!open.length) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      open.forEach(save);
      wait(event.target, open, Date.now() + 15000);
    },
    true
  );
  function wait(all, open, until) {
    var left = open.filter(function (form) {
      return form.isConnected && (changed(form) || rows.get(form).busy);
    });
    var stuck = left.filter(function (form) {
      return !rows.get(form).busy;
    });
    if (left.length && Date.now() < until && stuck.length < left.length) {
      setTimeout(wait, 100, all, open, until);
      return;
    }
    if (left.length) {
      // the row says why it could not be saved
      row(left[0]).scrollIntoView({ block: "center" });
      return;
    }
    all.dataset.flushed = "yes";
    all.requestSubmit();
  }
})();
