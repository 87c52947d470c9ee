// Messages: close button; and one sentence when an htmx request fails, so that a dead click is never silent.
(function () {
  "use strict";

  function say(text) {
    var box = document.getElementById("messages");
    if (!box) return;
    var message = document.createElement("div");
    message.className = "msg msg-error";
    message.setAttribute("role", "alert");
    var body = document.createElement("div");
    body.className = "msg-text";
    body.textContent = text;
    message.appendChild(body);
    box.replaceChildren(message);
    message.scrollIntoView({ block: "nearest" });
  }

  // an address that leads to a row further down: what was said at the top stays in sight until the reader is there
  function hold() {
    var box = document.getElementById("messages");
    if (!box || !box.querySelector(".msg") || location.hash.length < 2) return;
    box.classList.remove("is-held");
    box.classList.toggle("is-held", box.getBoundingClientRect().bottom < 0);
  }
  window.addEventListener("load", function () {
    requestAnimationFrame(function () {
      hold();
      // what was said takes no room there any more: the row moved up by it
      var box = document.querySelector("#messages.is-held");
      var place = box && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (place) place.scrollIntoView();
    });
  });
  window.addEventListener(
    "scroll",
    function () {
      if (location.hash.length > 1) requestAnimationFrame(hold);
    },
    { passive: true }
  );

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-dismiss]");
    if (button) button.parentElement.remove();
  });
  // where something says itself what became of its request
  function saysItself(event) {
    return event.target.closest && event.target.closest("[data-own-errors]");
  }
  document.addEventListener("htmx:sendError", function (event) {
    if (saysItself(event)) return;
    say("没有连上服务器，内容未更新。请检查网络后重试。");
  });
  document.addEventListener("htmx:timeout", function (event) {
    if (saysItself(event)) return;
    say("服务器长时间没有回应，内容未更新。请稍后重试。");
  });
  document.addEventListener("htmx:responseError", function (event) {
    if (saysItself(event)) return;
    var status = event.detail.xhr.status;
    if (status === 403) say("没有完成：没有这项操作的权限，或登录已过期。请刷新页面。");
    else if (status === 404) say("没有完成：对象不存在或已被移除。请刷新页面。");
    else say("没有完成：服务器出错（" + status + "）。请刷新页面后重试。");
  });

  // a form sent back with errors: take the reader to the summary
  var first = document.querySelector("[data-focus]");
  if (first) first.focus();
})();
