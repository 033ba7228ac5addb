// Small helps for every page but the attempt: focus after a swap, a word about it.

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const verdict = detail.elt.querySelector?.(".verdict") ?? document.querySelector("#sample .verdict");
  if (verdict && detail.elt.contains(verdict)) verdict.focus();
  const words = detail.elt.dataset?.say;
  if (words) document.getElementById("status").textContent = words;
});
