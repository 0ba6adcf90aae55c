// Asks for the page anew once a minute while it is looked at, and says so when nobody answers.
(() => {
  const page = document.getElementById("page"), unanswered = document.getElementById("unanswered");
  const refresh = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.pathname, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const open = page.querySelector("details[open]");
      page.replaceChildren(...fresh.getElementById("page").childNodes);
      if (open) page.querySelector("details")?.setAttribute("open", "");
      document.title = fresh.title;
      unanswered.hidden = true;
    } catch {
      unanswered.hidden = false;
    }
  };
  setInterval(refresh, 60_000);
  document.addEventListener("visibilitychange", refresh);
})();
