"""A page as its tags and its words, for tests."""

from html.parser import HTMLParser

_SILENT = frozenset({"script", "style"})
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


class Markup(HTMLParser):
    """The tags of a page with their attributes, in order; its words with single spaces; tags that were never closed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.wrongly_closed: list[str] = []
        self.inline_code: list[str] = []
        self._words: list[str] = []
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._words).split())

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        """The attributes of each such tag; `data_part="x"` asks for `data-part="x"`."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [found for name, found in self.tags if name == tag and wanted.items() <= found.items()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.wrongly_closed.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in _SILENT:
            self.inline_code.append(data)
        else:
            self._words.append(data)
