// Asks for the page anew once a minute while it is looked at, and says so when nobody answers. What has
// not changed stays, and with it the place of who is reading.
(() => {
  const page = document.getElementById("page"), unanswered = document.getElementById("unanswered");
  const renew = (fresh) => {
    const open = page.querySelector("details[open]");
    if (open) fresh.querySelector("details")?.setAttribute("open", "");
    const old = [...page.children], renewed = [...fresh.children];
    if (old.length !== renewed.length) return page.replaceChildren(...renewed);
    old.forEach((part, at) => part.isEqualNode(renewed[at]) || part.replaceWith(renewed[at]));
  };
  const refresh = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.pathname, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      renew(fresh.getElementById("page"));
      document.title = fresh.title;
      unanswered.hidden = true;
    } catch {
      unanswered.hidden = false;
    }
  };
  setInterval(refresh, 60_000);
  document.addEventListener("visibilitychange", refresh);
})();
