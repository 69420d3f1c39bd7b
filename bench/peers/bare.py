"""The least that a Flask application can be: what every rate is told in parts of."""

from flask import Flask

app = Flask("bare")
app.add_url_rule("/hello", view_func=lambda: {"hello": "world"})
