"""The site as it is hosted, but for plain HTTP on loopback and, when asked, a planted fault."""

import os

os.environ.setdefault("CUTSCORE_TESTING", "1")

from config.settings import *  # noqa: F403

STORAGES["staticfiles"]["BACKEND"] = (  # noqa: F405
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
FAULT = os.environ.get("DRILL_FAULT", "")
if FAULT:
    INSTALLED_APPS = [*INSTALLED_APPS, "drills.faults.Faults"]  # noqa: F405
