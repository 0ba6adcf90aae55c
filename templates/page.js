// Asks for the page anew once a minute while it is looked at. What has not changed stays, and with it the
// place of who is reading. What nobody answered for is old after a while, and the page says so instead
// of what it said; a tab in the background, which asks nobody, says nothing.
(() => {
  const EVERY_MS = 60_000, PATIENCE_MS = 10_000, OLD_AFTER_MS = 150_000;
  const page = document.getElementById("page"), unanswered = document.getElementById("unanswered");
  let answeredAt = Date.now(), title = document.title;
  const renew = (fresh) => {
    const open = page.querySelector("details[open]");
    if (open) fresh.querySelector("details")?.setAttribute("open", "");
    const old = [...page.children], renewed = [...fresh.children];
    if (old.length !== renewed.length) return page.replaceChildren(...renewed);
    old.forEach((part, at) => part.isEqualNode(renewed[at]) || part.replaceWith(renewed[at]));
  };
  const ask = async () => {
    const signal = AbortSignal.timeout?.(PATIENCE_MS);
    const answer = await fetch(location.pathname, { cache: "no-store", signal });
    if (!answer.ok) throw new Error(answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    renew(fresh.getElementById("page"));
    unanswered.replaceChildren(...fresh.getElementById("unanswered").childNodes);
    [answeredAt, title] = [Date.now(), fresh.title];
  };
  const isOld = () => Date.now() - answeredAt > OLD_AFTER_MS;
  const refresh = async () => {
    if (document.hidden) return (document.title = "resguardo");
    // Who comes back to it after hours reads nothing that may not hold any more.
    page.classList.toggle("old", isOld());
    await ask().catch(() => {});
    const old = isOld();
    page.classList.toggle("old", old);
    unanswered.hidden = !old;
    document.title = document.hidden ? "resguardo" : old ? unanswered.querySelector(".title").textContent : title;
  };
  setInterval(refresh, EVERY_MS);
  document.addEventListener("visibilitychange", refresh);
})();
