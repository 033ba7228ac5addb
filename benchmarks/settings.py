"""The site as it is hosted, but for plain HTTP on loopback and the floor's route."""

import os

os.environ.setdefault("CUTSCORE_TESTING", "1")

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
STORAGES["staticfiles"]["BACKEND"] = (  # noqa: F405
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
