"""check_links.py FOLDER: every link of the pages in it leads to a file, and to a place in it that is there. The API reference is Doxygen's own."""
import pathlib
import sys
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.links, self.places = [], set()

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.append(value)
            if name in ("id", "name") and value:
                self.places.add(value)


def read(path, pages={}):
    if path not in pages:
        pages[path] = Page()
        pages[path].feed(path.read_text(encoding="utf-8"))
    return pages[path]


def main(folder):
    broken, checked = [], 0
    for path in sorted(folder.glob("*.html")):
        if path.name == "404.html":  # served from anywhere: its links begin at the root
            continue
        for link in read(path).links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            checked += 1
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target = target / "index.html"
            if not target.is_file():
                broken.append(f"{path.name}: {link}: no such file")
            elif parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in read(target).places:
                broken.append(f"{path.name}: {link}: no such place")
    print("\n".join(broken))
    print(f"{checked} links, {len(broken)} broken")
    return 1 if broken or not checked else 0


sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))
