"""Checks of the gateway's page in a real browser: page_checks.py CHROMIUM URL TOKEN CHECK [--shots DIR]
The gateway behind URL is that of tests/support/fake_gateway.hpp. Ends with 0, or with one line that says what is wrong."""
import json, os, sys, urllib.request
from urllib.parse import urlsplit

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../support"))
from browser import Browser

VIEWS = {
    "overview": "document.querySelectorAll('.light').length === 2 && document.querySelectorAll('tbody tr').length === 3 && document.querySelector('.verdict.good')",
    "clients": "document.querySelectorAll('tbody tr').length === 6",
    "orders": "document.querySelectorAll('tbody tr').length === 3 && document.querySelector('.filters')",
    "limits": "document.querySelectorAll('tbody tr').length === 3",
    "keys": "document.querySelectorAll('tbody tr').length === 2",
    "latency": "document.querySelectorAll('.drawing svg').length === 3 && document.querySelectorAll('.hops dd').length === 12",
}


def check(held, what):
    if not held:
        raise AssertionError(what)


class Checks:
    def __init__(self, browser, url, token, shots):
        self.browser, self.url, self.token, self.shots = browser, url, token, shots
        self.tabs, self.offline = [], False

    def tab(self, width=1440, height=900, scheme="light"):
        tab = self.browser.tab()
        self.tabs.append(tab)
        tab.look(width, height, scheme, width < 640)
        return tab

    def open(self, tab, view):
        tab.go(self.url + "#/" + view)
        tab.until(VIEWS[view], view)

    def unharmed(self):
        """No refusal by the policy, nothing on the console, no request to another address, nothing that somebody's text did."""
        for tab in self.tabs:
            check(tab.value("window.refused") == [], f"refused by the policy: {tab.value('window.refused')}")
            expected = [c for c in tab.complaints if not (self.offline and "ERR_INTERNET_DISCONNECTED" in c)]
            check(expected == [], f"on the console: {expected}")
            check(tab.value("window.hacked === undefined"), "somebody's text was run as a script")
            home = urlsplit(self.url).netloc
            strangers = [r for r in tab.requests if urlsplit(r).scheme not in ("about", "data") and urlsplit(r).netloc != home]
            check(strangers == [], f"asked another address: {strangers}")
            check(len(tab.requests) > 0, "no request was seen at all")

    def post(self, path, body):
        headers = {"Content-Type": "application/json", "Authorization": "Bearer " + self.token}
        urllib.request.urlopen(urllib.request.Request(self.url + path, json.dumps(body).encode(), headers, method="POST"), timeout=20).read()

    # ---- the checks

    def views(self):
        for width in (1440, 390, 360):
            for scheme in ("light", "dark"):
                tab = self.tab(width, 900, scheme)
                for view in VIEWS:
                    self.open(tab, view)
                    wide = tab.value("document.documentElement.scrollWidth")
                    check(wide <= width, f"{view} is {wide} wide in a window of {width}")
                    check(tab.value("[...document.querySelectorAll('table')].every((t) => t.querySelector('th[scope=col]'))"), f"{view}: a table without heads")
                    check(tab.value("[...document.querySelectorAll('.num')].every((n) => getComputedStyle(n).fontVariantNumeric.includes('tabular-nums'))"), f"{view}: figures that are not tabular")
                    if self.shots and width != 360:
                        tab.shot(os.path.join(self.shots, f"gateway-{view}-{width}-{scheme}.png"))
                ground = tab.value("getComputedStyle(document.body).backgroundColor")
                check((ground == "rgb(15, 20, 27)") == (scheme == "dark"), f"{scheme}: the ground is {ground}")
        check(tab.value("!document.documentElement.outerHTML.includes(%r)" % self.token), "the token stands in the page")

    def hostile(self):
        tab = self.tab()
        for view, texts in (("overview", ("<b>bold</b>", "<svg/onload=", "<script>")), ("orders", ("<img src=x", "\\u202e drowssap"))):
            tab.go(self.url + "#/" + view)
            for text in texts:
                tab.until("document.getElementById('view').innerText.includes(%s)" % json.dumps(text), f"{view} shows {text}")
            check(tab.value("document.querySelector('#view img, #view script, #view b') === null"), f"{view}: somebody's text became an element")

    def killing(self):
        tab = self.tab()
        self.open(tab, "overview")
        self.post("kill", {"reason": "fat finger"})
        tab.until("document.querySelector('.verdict.bad') && document.getElementById('view').innerText.includes('fat finger')", "the kill is seen")
        check(tab.value("document.title").startswith("KILLED"), "the title does not say it")
        self.post("arm", {})
        tab.until("document.getElementById('view').innerText.includes('first of the two steps')", "the first step is seen")
        self.post("arm", {})
        tab.until("document.querySelector('.verdict.good')", "it is armed again")

    def unreachable(self):
        tab = self.tab()
        self.open(tab, "overview")
        tab.until("document.querySelector('.live.on')", "the page is live")
        self.offline = True
        tab.do("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1, uploadThroughput=-1)
        tab.until("document.querySelector('.live.off') && !document.getElementById('fault').hidden", "the page says that it cannot be reached")
        check("cannot be reached since" in tab.value("document.getElementById('fault').textContent"), "it does not say so in words")
        check(tab.value("document.querySelectorAll('tbody tr').length") == 3, "what it knew is gone")
        if self.shots:
            tab.shot(os.path.join(self.shots, "gateway-unreachable.png"))
        tab.do("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1)
        tab.until("document.querySelector('.live.on') && document.getElementById('fault').hidden", "it is live again")

    def keyboard(self):
        tab = self.tab()
        self.open(tab, "orders")
        tab.value("document.activeElement.blur(), true")
        tab.key("Tab")
        check(tab.value("document.activeElement.className") == "skip", "the first stop is not the skip link")
        names = []
        for _ in range(20):
            tab.key("Tab")
            names.append(tab.value("document.activeElement.dataset.key || document.activeElement.dataset.view || document.activeElement.className"))
            if names[-1] == "filter-text":
                break
        for wanted in ("overview", "latency", "filter-client", "filter-open", "filter-text"):
            check(wanted in names, f"Tab does not stop at {wanted}: {names}")
        tab.value("(() => { const f = document.activeElement; f.value = 'ord-2'; f.dispatchEvent(new Event('input')); return true; })()")
        tab.until("document.querySelectorAll('tbody tr').length === 1 && document.activeElement.dataset.key === 'filter-text'", "the list is narrowed, the focus stays")
        tab.value("(() => { const f = document.querySelector('[data-key=filter-text]'); f.value = ''; const s = document.querySelector('[data-key=filter-open]'); s.value = '0'; s.dispatchEvent(new Event('change')); f.dispatchEvent(new Event('input')); return true; })()")
        tab.until("document.querySelectorAll('tbody tr').length === 6", "ended orders are shown too")
        unnamed = tab.value("[...document.querySelectorAll('input, select')].filter((n) => !n.closest('label') && !n.getAttribute('aria-label')).length")
        check(unnamed == 0, "a field without a name")


def main(arguments):
    program, url, token, name = arguments[:4]
    shots = arguments[5] if len(arguments) > 5 and arguments[4] == "--shots" else ""
    browser = Browser(program)
    try:
        checks = Checks(browser, url, token, shots)
        getattr(checks, name)()
        checks.unharmed()
    finally:
        browser.close()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except AssertionError as wrong:
        sys.exit(f"wrong: {wrong}")
