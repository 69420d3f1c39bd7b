"""`make fleet`: Backbeat on many machines, which are network namespaces of this one, and what becomes of its promises
when they fail."""
