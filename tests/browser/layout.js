// What of a page's controls cannot be seen or hit, in words. What a scrolling box holds can be
// scrolled to; what is cut off by a box that does not scroll cannot.
(least) => {
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const ASIDE = ".vh, .visually-hidden, .skip, .skip-to-content-link"; // meant to be out of sight
  const width = document.documentElement.clientWidth;
  const found = [];

  const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const ancestors = (e) => (e && e !== document.body ? [e, ...ancestors(e.parentElement)] : []);
  const fixed = (e) => ancestors(e).some((each) => getComputedStyle(each).position === "fixed");
  const name = (e) => {
    const classes = [...e.classList].map((each) => `.${each}`).join("");
    const text = e.innerText || e.value || e.ariaLabel || e.name || "";
    return `${e.localName}${e.id && `#${e.id}`}${classes} “${text.trim().replace(/\s+/g, " ").slice(0, 30)}”`;
  };

  if (document.scrollingElement.scrollWidth > width + 1) {
    const wide = [...document.body.querySelectorAll("*")].filter(
      (e) => seen(e) && e.getBoundingClientRect().right > width + 1,
    );
    const over = document.scrollingElement.scrollWidth - width;
    found.push(`the page scrolls sideways by ${over}: ${wide.slice(0, 4).map(name).join("; ")}`);
  }

  const checkEdges = (e, box) => {
    for (const each of ancestors(e.parentElement)) {
      const overflow = getComputedStyle(each).overflowX, edge = each.getBoundingClientRect();
      if (/auto|scroll/.test(overflow)) return;
      if (/hidden|clip/.test(overflow) && (box.left < edge.left - 1 || box.right > edge.right + 1))
        found.push(`cut off by ${name(each)}: ${name(e)}`);
    }
    if (box.left < -1 || box.right > width + 1)
      found.push(`outside (${Math.round(box.left)} to ${Math.round(box.right)}): ${name(e)}`);
    if (fixed(e) && !e.closest("dialog") && (box.top < -1 || box.bottom > innerHeight + 1))
      found.push(`below the edge: ${name(e)}`);
  };

  const checkTarget = (e, box) => {
    if (!e.matches("button, .btn, .chip, .cell, .nav a, select, textarea, summary, input")) return;
    const label = e.matches("[type=radio], [type=checkbox]") && e.labels?.[0]?.getBoundingClientRect();
    const high = Math.max(box.height, label?.height ?? 0);
    const wide = Math.max(box.width, label?.width ?? 0);
    if (Math.min(high, wide) < least - 0.5)
      found.push(`small (${Math.round(wide)} × ${Math.round(high)}): ${name(e)}`);
  };

  for (const e of document.querySelectorAll(CONTROLS)) {
    const box = e.getBoundingClientRect();
    if (!seen(e) || e.closest(ASIDE) || (!box.width && !box.height)) continue;
    checkEdges(e, box);
    checkTarget(e, box);
    const cut = e.scrollWidth > e.clientWidth + 2 && getComputedStyle(e).overflowX !== "visible";
    const iconOnly = getComputedStyle(e).textIndent !== "0px" || e.matches(".selector *"); // the stock admin's
    if (cut && !iconOnly && e.matches("button, .btn, .chip")) found.push(`its words are cut: ${name(e)}`);
  }
  return found;
}
