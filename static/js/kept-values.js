// What a browser keeps of a form, for draft.js and local-draft.js: the values typed, the values first shown, and the version they were
// shown in. Brought back is only what the person changed, with that version and those first values: the server then takes both people's
// cells together, or shows both values of the same cell. Whatever somebody else saved meanwhile stays as the page shows it now.
(function () {
  "use strict";
  var OWN = ["csrfmiddlewaretoken", "version", "request_key", "action"];
  var FIRST = "initial-";
  var known = new WeakMap();

  function each(form, act) {
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!field.name || OWN.indexOf(field.name) >= 0 || field.name.indexOf("choose-") === 0) return;
      if (!/^(hidden|file|password|submit|button|fieldset)$/.test(field.type)) act(field, field.name);
    });
  }
  function chosen(select, first) {
    var options = Array.prototype.filter.call(select.options, function (option) {
      return first ? option.defaultSelected : option.selected;
    });
    if (select.multiple) {
      return options.map(function (option) {
        return option.value;
      });
    }
    return options.length ? options[0].value : select.options.length ? select.options[0].value : "";
  }
  // by name: a text, or the list of what is ticked; `first`: as the page came from the server
  function read(form, first) {
    var found = {};
    each(form, function (field, name) {
      var ticked = first ? field.defaultChecked : field.checked;
      if (field.type === "radio") found[name] = ticked ? field.value : found[name] || "";
      else if (field.type === "checkbox") found[name] = (found[name] || []).concat(ticked ? [field.value] : []);
      else if (field.options) found[name] = chosen(field, first);
      else found[name] = first ? field.defaultValue : field.value;
    });
    return found;
  }
  function firstFields(form) {
    var found = {};
    Array.prototype.forEach.call(form.elements, function (field) {
      if (field.name.indexOf(FIRST) === 0 && field.type === "hidden") found[field.name.slice(FIRST.length)] = field;
    });
    return found;
  }
  function version(form) {
    return form.elements.version ? form.elements.version.value : "";
  }
  // 1,234.5 is the figure that was typed as 1234.5
  function plain(value) {
    return typeof value === "string" && /^[\d,]+(\.\d+)?$/.test(value.trim()) ? value.trim().replace(/,/g, "") : JSON.stringify(value);
  }
  function same(one, other) {
    return JSON.stringify(one) === JSON.stringify(other) || plain(one) === plain(other);
  }

  // What the form is compared with: what the server is known to hold, and in which version.
  function begin(form, kept) {
    var first = kept ? kept.first : read(form, true);
    var sent = {};
    if (!kept) {
      var fields = firstFields(form);
      Object.keys(fields).forEach(function (name) {
        sent[name] = fields[name].value;
      });
    }
    known.set(form, { version: kept ? kept.version : version(form), first: first, sent: kept ? kept.sent : sent });
  }
  // The server holds these values now (by name), in the version that the form carries.
  function saved(form, values) {
    known.set(form, { version: version(form), first: values, sent: {} });
  }
  function keep(form) {
    if (!known.has(form)) begin(form);
    var base = known.get(form);
    return { version: base.version, first: base.first, sent: base.sent, values: read(form) };
  }
  // The names that the person changed and that the page does not show so already.
  function changes(form, kept) {
    var now = read(form);
    return Object.keys(kept.values || {}).filter(function (name) {
      return name in now && !same(kept.values[name], (kept.first || {})[name]) && !same(kept.values[name], now[name]);
    });
  }
  function restore(form, kept) {
    var names = changes(form, kept);
    var first = read(form);
    var sent = {};
    var fields = firstFields(form);
    names.forEach(function (name) {
      first[name] = kept.first[name];
      sent[name] = name in kept.sent ? kept.sent[name] : [].concat(kept.first[name] === undefined ? "" : kept.first[name]).join("\n");
      if (fields[name]) fields[name].value = sent[name];
    });
    each(form, function (field, name) {
      if (names.indexOf(name) < 0) return;
      var value = kept.values[name];
      if (field.type === "radio") field.checked = field.value === value;
      else if (field.type === "checkbox") field.checked = value.indexOf(field.value) >= 0;
      else if (field.multiple && field.options) {
        Array.prototype.forEach.call(field.options, function (option) {
          option.selected = value.indexOf(option.value) >= 0;
        });
      } else field.value = value;
      if (value.length && field.closest("details")) field.closest("details").open = true;
    });
    if (form.elements.version) form.elements.version.value = kept.version;
    known.set(form, { version: kept.version, first: first, sent: sent });
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
  // Says above the form that something is kept; `offers`: [[label of a button, what it does]].
  function offer(form, sentence, offers) {
    var box = document.createElement("div");
    box.className = "msg msg-warning local-draft";
    box.setAttribute("role", "alert");
    var text = document.createElement("div");
    text.className = "msg-text";
    text.textContent = sentence;
    box.append(text);
    offers.forEach(function (one) {
      box.append(
        button(one[0], function () {
          box.remove();
          one[1]();
        })
      );
    });
    form.parentNode.insertBefore(box, form);
  }

  window.erqiKept = { begin: begin, saved: saved, read: read, keep: keep, version: version, changes: changes, restore: restore, offer: offer };
})();
