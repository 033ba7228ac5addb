// Runs before the page is drawn: says that script is there, so nothing flashes.
document.documentElement.classList.add("js");
