"""A Django site with celery-progress and django-rq, with the middleware that `startproject` gives."""

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import include, path

import bench.peers.tasks  # noqa: F401 - the Celery application whose results celery-progress reads

TOKEN = "peer"  # noqa: S105 - of a server that lives for some minutes
MIDDLEWARE = (
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)
APPS = ("auth", "contenttypes", "sessions", "messages")

settings.configure(
    SECRET_KEY="peer",  # noqa: S106 - of a server that lives for some minutes
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=MIDDLEWARE,
    INSTALLED_APPS=[*(f"django.contrib.{app}" for app in APPS), "celery_progress", "django_rq"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    RQ_QUEUES={"default": {"URL": os.environ["REDIS_URL"]}},
    RQ_API_TOKEN=TOKEN,
)
django.setup()
urlpatterns = [path("celery-progress/", include("celery_progress.urls")), path("rq/", include("django_rq.urls"))]
application = get_wsgi_application()
