"""All settings, in one file; what differs between machines comes from the environment.

The unsafe defaults (a secret key made on the spot, plain HTTP) hold only in the demo,
``CUTSCORE_DEMO=1``, which ``make run`` sets and which refuses to leave loopback.
docs/hosting.md lists every variable.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "data")))
DEMO = env.bool("CUTSCORE_DEMO", default=False)
TESTING = env.bool("CUTSCORE_TESTING", default=False)
DEBUG = env.bool("DEBUG", default=False)
INSECURE = DEMO or TESTING  # plain HTTP on loopback

if DEMO and env("HOST", default="127.0.0.1") not in {"127.0.0.1", "localhost", "::1"}:
    raise ImproperlyConfigured("The demo has known accounts: it serves loopback only (HOST).")


def _demo_secret() -> str:
    """A secret key kept in DATA_DIR, so that a restart does not log everybody out."""
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    path = DATA_DIR / "secret-key"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(50))
        path.chmod(0o600)
    return path.read_text()


if DEMO:
    SECRET_KEY = _demo_secret()
elif TESTING:
    SECRET_KEY = "for tests, on loopback, with throw-away data"
else:
    SECRET_KEY = env("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "import_export",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "questions",
    "exams",
]

MIDDLEWARE = [
    "config.middleware.arrival",
    "config.middleware.unavailable",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.preferences.context",
            ],
        },
    },
]

# --- Database -----------------------------------------------------------------------------
# A lock is waited for as long as LOCK_TIMEOUT; the sweeper leaves attempts alone that long
# after their grace, so that a save that arrived in time is never shut out (docs/promises).

LOCK_TIMEOUT = timedelta(seconds=3)
SQLITE_OPTIONS = {
    # A deferred transaction that reads and then writes fails at once when another writer
    # came between; IMMEDIATE waits its turn. FULL syncs the log at each commit.
    "transaction_mode": "IMMEDIATE",
    "timeout": 5,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        "PRAGMA cache_size=-16000;"
    ),
}
POSTGRES_OPTIONS = {
    "options": (
        "-c statement_timeout=5000"
        f" -c lock_timeout={int(LOCK_TIMEOUT.total_seconds() * 1000)}"
        " -c idle_in_transaction_session_timeout=30000"
    ),
}

DATABASES = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'cutscore.sqlite3'}"),
}
DATABASE = DATABASES["default"]
DATABASE["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
DATABASE["CONN_HEALTH_CHECKS"] = True
if DATABASE["ENGINE"].endswith("sqlite3"):
    DATABASE.setdefault("OPTIONS", {}).update(SQLITE_OPTIONS)
    # Tests need real locks and a real log: a file, not the in-memory default.
    DATABASE["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    DATABASE.setdefault("OPTIONS", {}).update(POSTGRES_OPTIONS)

CACHES = {
    "default": {
        "BACKEND": env("CACHE_BACKEND", default="django.core.cache.backends.locmem.LocMemCache"),
        "LOCATION": env("CACHE_LOCATION", default="cutscore"),
    },
}

# --- Accounts -----------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "config.hashers.Argon2Hasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_NOTIFICATIONS = not INSECURE
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
if TESTING:
    ACCOUNT_RATE_LIMITS = False

MAILERS: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"},
}
if smtp_host := env("SMTP_HOST", default=""):
    MAILERS["default"] = {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": smtp_host,
            "port": env.int("SMTP_PORT", default=587),
            "username": env("SMTP_USER", default=""),
            "password": env("SMTP_PASSWORD", default=""),
            "use_tls": True,
        },
    }
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="cutscore@localhost")

# --- Sessions and security ----------------------------------------------------------------

SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_SAVE_EVERY_REQUEST = False  # reading an exam page must not write
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
CSRF_COOKIE_HTTPONLY = False  # the attempt page reads the token at each request
if not INSECURE:
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    if env.bool("BEHIND_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
PERMISSIONS_POLICY_HEADER = "camera=(), microphone=(), geolocation=()"

# --- Import and export --------------------------------------------------------------------

IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
IMPORT_EXPORT_SKIP_ADMIN_LOG = False

# --- Language, time, files ----------------------------------------------------------------

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", default="Asia/Seoul")
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
if TESTING:  # the finders serve; WhiteNoise only wants the folder to be there
    STATIC_ROOT = DATA_DIR / "static"
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if TESTING
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        ),
    },
}
WHITENOISE_USE_FINDERS = TESTING
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Exams --------------------------------------------------------------------------------

GRACE = timedelta(seconds=5)  # after the deadline, from arrival; the same for everybody
SWEEP_INTERVAL = timedelta(seconds=env.int("SWEEP_SECONDS", default=30))
GUEST_MINI_MOCKS = env.bool("GUEST_MINI_MOCKS", default=True)
GUEST_STARTS_PER_HOUR = env.int("GUEST_STARTS_PER_HOUR", default=5)
SHIPPED_SUBJECT = BASE_DIR / "fixtures" / "saa-c03"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"cutscore": {"level": env("LOG_LEVEL", default="INFO")}},
}
