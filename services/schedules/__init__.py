"""What runs by the clock: a table in code, what operators made of it in SQL, and jobs as its only deeds."""
