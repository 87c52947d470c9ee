// A year's investment plan (table[data-plan]): buttons fill the twelve months from the year's amount, the radio "mode" turns what is
// typed from cumulative into single months and back, and the column beside shows the other of the two. Amounts are counted in 元.
(function () {
  "use strict";
  var table = document.querySelector("[data-plan]");
  if (!table) return;
  var form = table.closest("form");
  var inputs = Array.prototype.slice.call(form.querySelectorAll("[data-plan-month]"));
  var outputs = Array.prototype.slice.call(form.querySelectorAll("[data-plan-out]"));
  var total = form.querySelector("[data-plan-total]");
  var WAN = 10000;

  // 12,345.6 · 79.3亿 · 5000元 → 元; null for nothing or what is no amount
  function parse(text) {
    var flat = text.normalize("NFKC").replace(/[\s,]/g, "");
    var found = /^(\d+(?:\.\d*)?)(亿元?|万元?|元)?$/.exec(flat);
    if (!found) return null;
    var unit = !found[2] || found[2][0] === "万" ? WAN : found[2][0] === "亿" ? WAN * WAN : 1;
    return Math.round(parseFloat(found[1]) * unit);
  }

  function written(yuan) {
    var parts = (yuan / WAN).toFixed(4).replace(/\.?0+$/, "").split(".");
    parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ",");
    return parts.join(".");
  }

  function single() {
    var chosen = form.querySelector("[name=mode]:checked");
    return !!chosen && chosen.value === "single";
  }

  // the amounts as they accumulate; null from the first one on that is missing
  function accumulated(isSingle) {
    var sum = 0;
    return inputs.map(function (input) {
      var amount = parse(input.value);
      if (isSingle) return (sum = amount === null || sum === null ? null : sum + amount);
      return amount;
    });
  }

  function fill(amounts, isSingle) {
    inputs.forEach(function (input, place) {
      if (amounts[place] === null) return;
      var before = place ? amounts[place - 1] : 0;
      if (isSingle && before === null) return;
      input.value = written(isSingle ? amounts[place] - before : amounts[place]);
    });
  }

  function show() {
    var isSingle = single();
    var amounts = accumulated(isSingle);
    form.querySelectorAll("[data-plan-other]").forEach(function (place) {
      place.textContent = isSingle ? "累计" : "当月";
    });
    outputs.forEach(function (output, place) {
      var before = place ? amounts[place - 1] : 0;
      var known = amounts[place] !== null && (isSingle || before !== null);
      var other = isSingle ? amounts[place] : amounts[place] - before;
      output.textContent = !known ? "" : other < 0 ? "少于上月" : written(other);
    });
  }

  form.addEventListener("input", show);
  form.addEventListener("change", function (event) {
    if (event.target.name !== "mode") return;
    var isSingle = single();
    fill(accumulated(!isSingle), isSingle);
    show();
  });

  form.addEventListener("click", function (event) {
    var button = event.target.closest("[data-plan-shape]");
    if (!button) return;
    var whole = parse(total.value);
    if (whole === null) {
      total.focus();
      return;
    }
    var weights = inputs.map(function (input, place) {
      return { even: 1, late: place + 1, early: inputs.length - place }[button.dataset.planShape];
    });
    var all = weights.reduce(function (sum, weight) {
      return sum + weight;
    });
    var step = whole >= 120 * WAN ? WAN : WAN / 100;
    var sum = 0;
    var amounts = weights.map(function (weight, place) {
      sum += weight;
      return place === inputs.length - 1 ? whole : Math.round((whole * sum) / all / step) * step;
    });
    fill(amounts, single());
    show();
    inputs[0].dispatchEvent(new Event("input", { bubbles: true }));
  });

  show();
})();
