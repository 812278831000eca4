"""The site's settings: one file, read from the environment, that fails loudly with a hint.

README.md lists every variable. With DJANGO_DEBUG=1 nothing else is needed; without it the secret key and the
host names must be given.
"""

from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from tracker import env

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.flag("DJANGO_DEBUG", default=False)

SECRET_KEY = env.text("DJANGO_SECRET_KEY")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "DJANGO_SECRET_KEY is unset. Give it a long random text (python -c 'import secrets; "
            "print(secrets.token_urlsafe(64))'), or set DJANGO_DEBUG=1 on a development machine."
        )
    SECRET_KEY = "development-only-" + "x" * 50

ALLOWED_HOSTS = env.words("DJANGO_ALLOWED_HOSTS")
if not ALLOWED_HOSTS and not DEBUG:
    raise ImproperlyConfigured(
        "DJANGO_ALLOWED_HOSTS is unset. Give it the site's host names, separated by commas "
        "(DJANGO_ALLOWED_HOSTS=tracker.example.org), or set DJANGO_DEBUG=1 on a development machine."
    )

INSTALLED_APPS = [
    "commitments.apps.CommitmentsConfig",
    "commitments.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_tables2",
    "simple_history",
    "csp",
    "corsheaders",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    *(["bench"] if (BASE_DIR / "bench").is_dir() else []),  # its command: make_synthetic
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "commitments.public.serving.PublicPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"

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
            ],
        },
    },
]

# Database: SQLite unless DATABASE_URL names another; an empty variable counts as unset.

DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Readers never wait for a writer (WAL); a writer takes its lock at the start, so that a rule that reads
    # before it writes cannot be overtaken (immediate transactions).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        "timeout": 120,  # seconds: a spreadsheet of 10,000 rows is one transaction, which other writers wait for
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True  # a reason is never cut short

# Accounts

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # refuses while too many sign-ins have failed
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# Sign-in: five failures for one name from one address close it for a quarter of an hour. Counting names alone would let
# anybody shut a colleague out, counting addresses alone would shut out a whole office.

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page says how long to wait, and that stays true
AXES_CLIENT_IP_CALLABLE = "commitments.admin.people.signing_in.client_address"
AXES_USERNAME_CALLABLE = "commitments.admin.people.signing_in.account_name"
AXES_LOCKOUT_CALLABLE = "commitments.admin.people.signing_in.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True  # who came from which address is not kept once they are in
AXES_ENABLE_ADMIN = False

OTP_TOTP_ISSUER = "Suivi des engagements"  # how the authenticator application names the account

TRACKER_REQUIRE_SECOND_FACTOR = env.words_of(
    "TRACKER_REQUIRE_SECOND_FACTOR", allowed={"analysts", "editors", "administrators"}
)
"""Whose accounts reach the desk only after a second factor; others may have one if they wish."""

DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
"""What a form may hold, in bytes: a pasted text that is too long is then refused next to its field, with its length."""

# Languages: French is the source, English is complete.

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "commitments" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["tracker.formats"]

# Static files

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("DJANGO_STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "tracker.static_files.TerseStaticFilesStorage"
        )
    },
}
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# Safety. DJANGO_HTTPS=0 is for a machine's own loopback address only (make demo).

HTTPS = env.flag("DJANGO_HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "commitments.admin.unsaved.keeping_site.csrf_failure"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.flag("DJANGO_BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = env.words("DJANGO_CSRF_TRUSTED_ORIGINS")
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Open data: pages of any other site may read it, and nothing else of ours. No cookie is sent with it.

CORS_ALLOW_ALL_ORIGINS = True
CORS_URLS_REGEX = r"^/(en/)?(api|data|flux|calendrier)/|^/(en/)?engagements/[^/]+/(flux|calendrier)\."
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "if-none-match"]
CORS_EXPOSE_HEADERS = ["etag", "link"]

# The desk's own choices

TRACKER_SINGLE_PERSON_DESK = env.flag("TRACKER_SINGLE_PERSON_DESK", default=False)
"""Whether whoever proposes an assessment may publish it; the public record then says so (DESIGN, rule 6)."""

TRACKER_DUE_SOON_DAYS = env.number("TRACKER_DUE_SOON_DAYS", default=90, minimum=1)
"""How many days before its last day a milestone counts as due soon."""

TRACKER_STALE_DAYS = env.number("TRACKER_STALE_DAYS", default=90, minimum=1)
"""After how many days a commitment that nobody looked at is in the work queue."""

TRACKER_PAGE_STORE = env.number("TRACKER_PAGE_STORE", default=0 if DEBUG else 16, minimum=0) * 1024 * 1024
"""How many megabytes of public pages each process keeps once they are made; 0 keeps none, as while templates change."""

TRACKER_SITE_URL = env.site("TRACKER_SITE_URL")
"""Where this site is served (https://tracker.example.org), for links in e-mails; empty: none can be sent."""

# Open data

TRACKER_PUBLISHER = env.text("TRACKER_PUBLISHER")
"""Who publishes the site and its data, on "À propos" and in catalogues; empty: catalogues give the name of the site."""

TRACKER_CONTACT = env.of_form("TRACKER_CONTACT", env.CONTACT, "mailto:contact@example.org, or to an https:// address")
"""Where readers reach the publisher and report an error (mailto: or https://); empty: "À propos" says so."""

TRACKER_DATA_LICENCE = env.of_form(
    "TRACKER_DATA_LICENCE", env.LICENCE, "an identifier of spdx.org/licenses (CC-BY-4.0), or to an https:// address"
)
"""The licence of the tracker's own words and assessments, an SPDX identifier or an address; empty: none is stated."""

TRACKER_SECURITY_CONTACT = env.of_form(
    "TRACKER_SECURITY_CONTACT", env.CONTACT, "mailto:security@example.org, or to an https:// address"
)
"""Where to report vulnerabilities (mailto: or https://), for security.txt and catalogues; empty: neither."""

# E-mail: printed on the console until a server is named.

EMAIL_HOST = env.text("DJANGO_EMAIL_HOST")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = env.number("DJANGO_EMAIL_PORT", default=587, minimum=1)
EMAIL_USE_TLS = env.flag("DJANGO_EMAIL_TLS", default=True)
EMAIL_HOST_USER = env.text("DJANGO_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("DJANGO_EMAIL_PASSWORD")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("DJANGO_EMAIL_FROM", default="webmaster@localhost")
if EMAIL_HOST and not env.text("DJANGO_EMAIL_FROM"):
    raise ImproperlyConfigured(
        "DJANGO_EMAIL_FROM is unset. Give it the address that e-mails come from (tracker@example.org), "
        "or unset DJANGO_EMAIL_HOST to print them on the console."
    )

DJANGO_TABLES2_TEMPLATE = "public/_table.html"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
