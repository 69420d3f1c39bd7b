"""Who is let in to what: asked before every view, in this order."""

from flask import Flask

from blueprints.access import csrf, identify, permission, rates


def init_app(app: Flask) -> None:
    app.before_request(identify.identify)
    app.before_request(permission.refuse_unknown_person)
    app.before_request(rates.refuse_too_many_calls)
    app.before_request(permission.refuse_lower_role)
    app.before_request(csrf.refuse_without_token)
    app.before_request(permission.refuse_what_is_not_theirs)
    app.before_request(permission.refuse_too_many)
    app.jinja_env.globals.update(csrf_token=csrf.csrf_token)
    app.context_processor(identify.for_templates)
