// Small helps for every page but the attempt: focus after a swap, a word about it.

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const verdict = detail.elt.querySelector?.(".verdict") ?? document.querySelector("#sample .verdict");
  if (verdict && detail.elt.contains(verdict)) verdict.focus();
  const words = detail.elt.dataset?.say;
  if (words) document.getElementById("status").textContent = words;
});

// An attempt in another tab may be waiting for a login: tell it that a page was opened.
if ("BroadcastChannel" in window) {
  const channel = new BroadcastChannel("cutscore");
  channel.postMessage("opened");
  channel.close();
}
