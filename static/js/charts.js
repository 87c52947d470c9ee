// Charts: <canvas data-chart="id"> draws the Chart.js configuration found in <script type="application/json" id="id">
// (Django's json_script). Colours are token names: "token:chart-1" becomes the value of --chart-1. Loaded only by pages with
// charts, after vendor/chartjs; the same figures stand in a table beside the chart (components/chart.html).
(function () {
  "use strict";
  if (!window.Chart) return;
  // of the body: a page in large type turns the tokens over below the root
  var style = getComputedStyle(document.body);
  var still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  var number = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 2 });

  function token(name) {
    return style.getPropertyValue("--" + name).trim();
  }

  function resolve(value) {
    if (typeof value === "string") return value.indexOf("token:") === 0 ? token(value.slice(6)) : value;
    if (Array.isArray(value)) return value.map(resolve);
    if (value && typeof value === "object") {
      Object.keys(value).forEach(function (key) {
        value[key] = resolve(value[key]);
      });
    }
    return value;
  }

  function rem(size) {
    return Math.round(parseFloat(style.fontSize) * size);
  }

  var defaults = window.Chart.defaults;
  defaults.font.family = token("font-sans");
  defaults.font.size = rem(0.8125);
  defaults.color = token("ink-2");
  defaults.borderColor = token("chart-grid");
  defaults.maintainAspectRatio = false;
  if (still) defaults.animation = false;
  else defaults.animation.duration = 300;
  defaults.plugins.legend.position = "bottom";
  defaults.plugins.legend.labels.boxWidth = 12;
  defaults.plugins.legend.labels.boxHeight = 12;
  defaults.plugins.tooltip.backgroundColor = token("ink");
  defaults.plugins.tooltip.callbacks.label = function (item) {
    var parsed = item.parsed;
    var value = typeof parsed === "number" ? parsed : item.chart.options.indexAxis === "y" ? parsed.x : parsed.y;
    var unit = item.dataset.unit || item.chart.options.unit || "";
    var label = item.dataset.label || item.label;
    return label + "：" + (value === null ? "—" : number.format(value) + unit);
  };

  // Pieces are told apart without colour too: lines or dots over the fill, on screen and on paper. A piece of no level has none.
  function hatched(colour, kind) {
    var tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    var pen = tile.getContext("2d");
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = pen.fillStyle = "rgba(255, 255, 255, 0.55)";
    pen.lineWidth = 1.5;
    pen.beginPath();
    if (kind === "dots") {
      pen.arc(4, 4, 1.4, 0, 2 * Math.PI);
      pen.fill();
    } else {
      if (kind !== "back") pen.moveTo(-2, 10), pen.lineTo(10, -2), pen.moveTo(-2, 2), pen.lineTo(2, -2), pen.moveTo(6, 10), pen.lineTo(10, 6);
      if (kind !== "diagonal") pen.moveTo(-2, -2), pen.lineTo(10, 10), pen.moveTo(6, -2), pen.lineTo(10, 2), pen.moveTo(-2, 6), pen.lineTo(2, 10);
      pen.stroke();
    }
    return pen.createPattern(tile, "repeat");
  }

  // the number at the end of each bar, where the chart asks for it (options.values)
  var figures = {
    id: "figures",
    afterDatasetsDraw: function (chart) {
      if (!chart.options.values) return;
      var pen = chart.ctx;
      pen.save();
      pen.fillStyle = token("ink");
      pen.font = "600 " + defaults.font.size + "px " + defaults.font.family;
      pen.textBaseline = "middle";
      chart.getDatasetMeta(0).data.forEach(function (bar, index) {
        pen.fillText(number.format(chart.data.datasets[0].data[index]), bar.x + 6, bar.y);
      });
      pen.restore();
    },
  };
  window.Chart.register(figures);

  // a point's style knows no dashes: a line is dashed in the legend as it is in the plot
  function asDrawn(chart) {
    var items = defaults.plugins.legend.labels.generateLabels(chart);
    items.forEach(function (item) {
      item.lineDash = chart.data.datasets[item.datasetIndex].borderDash || [];
    });
    return items;
  }

  // a dataset without colours takes the next one of the palette; none of them is a signal colour. A dataset with
  // plan: true is what was planned: grey and dashed, so that what was done stands out
  function paint(config) {
    var next = 0;
    var line = config.type === "line";
    (config.data.datasets || []).forEach(function (dataset) {
      var colour = dataset.plan ? token("chart-6") : token("chart-" + ((next++ % 6) + 1));
      if (!dataset.backgroundColor) dataset.backgroundColor = colour;
      if (dataset.pattern) dataset.backgroundColor = hatched(dataset.backgroundColor, dataset.pattern);
      if (!line) return;
      if (!dataset.borderColor) dataset.borderColor = colour;
      dataset.borderWidth = dataset.borderWidth || 2;
      dataset.pointRadius = dataset.pointRadius || (dataset.plan ? 0 : 3);
      if (dataset.plan && !dataset.borderDash) dataset.borderDash = [5, 4];
    });
    if (line) {
      config.options = config.options || {};
      config.options.plugins = config.options.plugins || {};
      config.options.plugins.legend = config.options.plugins.legend || {
        labels: { usePointStyle: true, pointStyle: "line", pointStyleWidth: 32, generateLabels: asDrawn },
      };
    }
    return config;
  }

  // an axis of days (options.daysSince, an ISO day): a tick a month, and points named by their day
  function byDays(options) {
    var first = options.daysSince.split("-").map(Number);
    var scale = options.scales.x;
    function dayOf(value) {
      return new Date(Date.UTC(first[0], first[1] - 1, first[2] + value));
    }
    scale.afterBuildTicks = function (axis) {
      axis.ticks = [];
      for (var value = axis.min; value <= axis.max; value++) if (dayOf(value).getUTCDate() === 1) axis.ticks.push({ value: value });
    };
    scale.ticks = {
      callback: function (value) {
        return dayOf(value).getUTCMonth() + 1 + "月";
      },
    };
    options.plugins.tooltip = {
      callbacks: {
        title: function (items) {
          var day = items.length && dayOf(items[0].parsed.x);
          return day ? day.getUTCMonth() + 1 + "月" + day.getUTCDate() + "日" : "";
        },
      },
    };
  }

  function draw(root) {
    root.querySelectorAll("canvas[data-chart]").forEach(function (canvas) {
      var source = document.getElementById(canvas.dataset.chart);
      if (!source || window.Chart.getChart(canvas)) return;
      var config = paint(resolve(JSON.parse(source.textContent)));
      if (config.options.daysSince) byDays(config.options);
      // bars in rows: as high as there are rows
      if (config.options.rows) canvas.parentNode.style.height = rem(1.75) * config.data.labels.length + rem(3.5) + "px";
      if (config.options.values) config.options.layout = { padding: { right: rem(2.5) } };
      var chart = new window.Chart(canvas, config);
      // an element of the chart may lead to the list behind it: a dataset's links, or data.links, one address per label
      function link(elements) {
        if (!elements.length) return "";
        var links = chart.data.datasets[elements[0].datasetIndex].links || chart.config.data.links;
        return links ? links[elements[0].index] : "";
      }
      chart.options.onClick = function (event, elements) {
        var address = link(elements);
        if (address) window.location.assign(address);
      };
      chart.options.onHover = function (event, elements) {
        canvas.classList.toggle("is-link", !!link(elements));
      };
    });
  }

  document.addEventListener("htmx:load", function (event) {
    draw(event.detail.elt);
  });
  window.addEventListener("beforeprint", function () {
    Object.values(window.Chart.instances).forEach(function (chart) {
      chart.resize();
    });
  });
  draw(document);
})();
