"""What a web page says of itself: its title, description and keywords, for robots that are welcome there."""

from services.scraping.errors import PageNotRead
from services.scraping.reading import Page, read_page

__all__ = ["Page", "PageNotRead", "read_page"]
