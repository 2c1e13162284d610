"""Checks of the reconciliation page in a real browser: page_checks.py CHROMIUM URL TOKEN REPORT_FILE CHECK [--shots DIR]
The service behind URL has the demo's ledger (tests/support/demo_ledger.hpp). Ends with 0, or with one line that says what is wrong."""
import json, os, sys
from urllib.parse import urlsplit

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../support"))
from browser import Browser

VIEWS = {
    "overview": "document.querySelectorAll('.light').length >= 10 && document.querySelectorAll('.drawing svg').length >= 4",
    "breaks": "document.querySelectorAll('tbody tr').length >= 20",
    "breaks/30": "document.querySelector('.sides') && document.querySelector('form')",
    "breaks/28": "document.querySelector('.sides') && document.querySelector('form')",
    "positions": "document.querySelectorAll('tbody tr').length >= 6",
    "coverage": "document.querySelectorAll('.drawing svg').length >= 2 && document.querySelectorAll('tbody tr').length >= 4",
    "plots": "document.querySelectorAll('.drawing svg path.line').length >= 2",
    "days": "document.querySelectorAll('tbody tr').length >= 15 && document.querySelector('.drawing svg')",
    "executions": "document.querySelectorAll('tbody tr').length >= 100",
}


def check(held, what):
    if not held:
        raise AssertionError(what)


class Checks:
    def __init__(self, browser, url, token, report, shots):
        self.browser, self.url, self.token, self.report, self.shots = browser, url, token, report, shots
        self.tabs = []

    def tab(self, width=1440, height=900, scheme="light"):
        tab = self.browser.tab()
        self.tabs.append(tab)
        tab.look(width, height, scheme, width < 640)
        return tab

    def open(self, tab, view):
        tab.go(self.url + "#/" + view)
        tab.until(VIEWS[view], view)

    def unharmed(self):
        """No refusal by the policy, nothing on the console, no request to another address, nothing that a text of the ledger did."""
        for tab in self.tabs:
            check(tab.value("window.refused") == [], f"refused by the policy: {tab.value('window.refused')}")
            expected = [c for c in tab.complaints if not ("401" in c and "/api/breaks/" in c)]  # told below: a POST without the token
            check(expected == [], f"on the console: {expected}")
            check(tab.value("window.hacked === undefined"), "a text of the ledger was run as a script")
            home = urlsplit(self.url).netloc
            strangers = [r for r in tab.requests if urlsplit(r).scheme not in ("about", "file", "data") and urlsplit(r).netloc != home]
            check(strangers == [], f"asked another address: {strangers}")
            check(len(tab.requests) > 0, "no request was seen at all")

    def photograph(self, tab, name):
        if self.shots:
            tab.shot(os.path.join(self.shots, name + ".png"))

    # ---- the checks

    def views(self):
        for width in (1440, 390, 360):
            for scheme in ("light", "dark"):
                tab = self.tab(width, 900, scheme)
                for view in VIEWS:
                    self.open(tab, view)
                    wide = tab.value("document.documentElement.scrollWidth")
                    check(wide <= width, f"{view} is {wide} wide in a window of {width}")
                    check(tab.value("[...document.querySelectorAll('.num')].every((n) => getComputedStyle(n).fontVariantNumeric.includes('tabular-nums'))"), f"{view}: figures that are not tabular")
                    if width != 360:
                        self.photograph(tab, f"{view.replace('/', '-')}-{width}-{scheme}")
                ground = tab.value("getComputedStyle(document.body).backgroundColor")
                check((ground == "rgb(15, 20, 27)") == (scheme == "dark"), f"{scheme}: the ground is {ground}")

    def hostile(self):
        tab = self.tab()
        self.open(tab, "breaks/28")
        for text in ("<svg/onload=", "<img src=x onerror=", "<b>bold</b>", "\\u202e drowssap"):
            check(tab.value("document.getElementById('view').innerText.includes(%s)" % json.dumps(text)), f"{text} is not shown as the text it is")
        check(tab.value("document.querySelector('#view img, #view script, #view b') === null"), "a text of the ledger became an element")

    def resolving(self):
        tab, other = self.tab(), self.tab()
        self.open(other, "breaks")
        other.until("document.querySelector('[data-key=break-30]')")
        self.open(tab, "breaks/30")
        fill = ("(() => { const f = document.querySelector('form'); f.user.value = 'Ana'; f.token.value = %r; f.reason.value = 'the exchange has corrected it'; "
                "f.requestSubmit(); return true; })()")
        tab.value(fill % "not the token")
        tab.until("document.querySelector('.said.bad') && document.querySelector('.said.bad').textContent.includes('token')", "the refusal")
        check(tab.value("document.querySelector('.head .badge').textContent") == "confirmed", "it was closed without the token")
        check(tab.value("document.querySelector('form').reason.value") == "the exchange has corrected it", "what was written is lost")
        tab.value(fill % self.token)
        tab.until("document.querySelector('.head .badge').textContent === 'resolved'", "the break is resolved")
        tab.until("document.getElementById('view').innerText.includes('the exchange has corrected it')", "the reason is shown")
        check(tab.value("document.querySelector('form') === null"), "what is closed can be closed again")
        # The other tab is told by the one that holds the stream, without a reload.
        other.until("!document.querySelector('[data-key=break-30]')", "the other tab's list follows")
        tab.value("1"), other.value("1")
        streams = [r for t in self.tabs for r in t.requests if r.endswith("/api/stream")]
        check(len(streams) == 1, f"{len(streams)} streams for two tabs")
        for seen in (tab, other):
            check(not seen.value("document.documentElement.outerHTML.includes(%r)" % self.token), "the token stands in the page")

    def keyboard(self):
        tab = self.tab()
        self.open(tab, "breaks")
        tab.value("document.activeElement.blur(), true")
        tab.key("Tab")
        check(tab.value("document.activeElement.className") == "skip", "the first stop is not the skip link")
        check(tab.value("getComputedStyle(document.activeElement).outlineStyle") == "solid", "the focus cannot be seen")
        names = []
        for _ in range(40):
            tab.key("Tab")
            names.append(tab.value("document.activeElement.dataset.key || document.activeElement.dataset.view || document.activeElement.className"))
            if names[-1].startswith("break-"):
                break
        for wanted in ("overview", "executions", "filter-state", "filter-category", "filter-text"):
            check(wanted in names, f"Tab does not stop at {wanted}: {names}")
        tab.key("Enter")
        tab.until("document.querySelector('.sides')", "Enter opens the break")
        tab.until("document.activeElement.tagName === 'H1'", "the break's title has the focus")
        tab.key("Escape")
        tab.until("location.hash === '#/breaks' && document.querySelectorAll('tbody tr').length >= 20", "Escape leads back")
        unnamed = tab.value("[...document.querySelectorAll('input, select, textarea')].filter((n) => !n.closest('label') && !n.getAttribute('aria-label')).length")
        check(unnamed == 0, "a field without a name")

    def reports(self):
        for width, scheme in ((1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")):
            tab = self.tab(width, 900, scheme)
            tab.go("file://" + self.report)
            tab.until("document.querySelectorAll('svg').length >= 3 && document.querySelectorAll('table').length >= 4", "the report")
            wide = tab.value("document.documentElement.scrollWidth")
            check(wide <= width, f"the report is {wide} wide in a window of {width}")
            check(tab.value("document.querySelector('script') === null && document.querySelector('img') === null"), "a text of the ledger became an element")
            check(tab.value("getComputedStyle(document.body).backgroundColor") == ("rgb(15, 20, 27)" if scheme == "dark" else "rgb(255, 255, 255)"), "the style sheet was refused")
            self.photograph(tab, f"report-{width}-{scheme}")


def main(arguments):
    program, url, token, report, name = arguments[:5]
    shots = arguments[6] if len(arguments) > 6 and arguments[5] == "--shots" else ""
    browser = Browser(program)
    try:
        checks = Checks(browser, url, token, report, shots)
        getattr(checks, name)()
        checks.unharmed()
    finally:
        browser.close()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except AssertionError as wrong:
        sys.exit(f"wrong: {wrong}")
