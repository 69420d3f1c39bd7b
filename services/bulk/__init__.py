"""One operation on many jobs: those that somebody ticked, or all that match a filter.

| Module | Its one subject |
|---|---|
| `actions` | the table of what may be done, and to jobs in which state |
| `selection` | which jobs are meant, frozen at the moment of asking |
| `preview` | how many those are, before anything is done |
| `moves`, `after` | a batch in one transaction, and what is to be told once that is committed |
| `at_once` | up to 1,000 jobs within a request |
| `orders`, `run` | any number, as a background job with an audit entry that counts |
"""
