"""The web servers that Backbeat runs on, and how each of them hears polls first."""
