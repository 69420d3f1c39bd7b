"""rq-dashboard, as its own documentation serves it."""

import os

import rq_dashboard
from flask import Flask

app = Flask("dashboard")
app.config["RQ_DASHBOARD_REDIS_URL"] = os.environ["REDIS_URL"]
rq_dashboard.web.setup_rq_connection(app)
app.register_blueprint(rq_dashboard.blueprint, url_prefix="/rq")
