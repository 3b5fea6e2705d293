"""Settings, read top to bottom; what differs between installations comes from the environment.

Every variable has a safe default and is listed in the README, where a test compares the two.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from resourcecenter.core.headers import sandbox_static_file
from resourcecenter.core.logs import FORMATTERS

BASE_DIR = Path(__file__).resolve().parent.parent


class Environment(environ.Env):
    """The environment; a value of the wrong kind stops the start with a sentence that names its variable."""

    def get_value(self, var, *args, **kwargs):
        try:
            return super().get_value(var, *args, **kwargs)
        except ValueError as error:
            raise ImproperlyConfigured(f"{var} has a value that cannot be read: {error}.") from error


env = Environment()

# --- Where things are ---------------------------------------------------------------------------

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(mode=0o750, parents=True, exist_ok=True)
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
SITE_NAME = env.str("SITE_NAME", default="Learning Networks Resource Center")
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="")

try:
    _site = urlsplit(SITE_URL)
    _is_address = (
        _site.scheme in {"http", "https"} and _site.hostname and _site.port != 0 and not (_site.path or _site.username)
    )
except ValueError:
    _is_address = False
if not _is_address:
    raise ImproperlyConfigured("SITE_URL must be a full address such as https://learn.example.org.")
_https = _site.scheme == "https"

# --- Secrets ------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
SECRET_KEY_FILE = env.str("SECRET_KEY_FILE", default="")
if not SECRET_KEY and SECRET_KEY_FILE:
    try:
        SECRET_KEY = Path(SECRET_KEY_FILE).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"SECRET_KEY_FILE cannot be read: {error}") from error
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY to a long random text, or SECRET_KEY_FILE to a file that holds one.")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# --- Hosts, cookies, headers --------------------------------------------------------------------

# The machine itself may always ask how it is.
ALLOWED_HOSTS = [*env.list("ALLOWED_HOSTS", default=[_site.hostname]), "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_NAME = "__Host-session" if _https else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _https else "csrf"
CSRF_COOKIE_HTTPONLY = True
# The other storage keeps what the admin said in a cookie of its own, without the prefix __Host-.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_SSL_REDIRECT = _https
SECURE_SSL_HOST = _site.netloc
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # What default-src says already, for tools and older browsers that ask for each.
        "object-src": [NONE],
        "media-src": [NONE],
        "manifest-src": [NONE],
        "worker-src": [NONE],
        "frame-src": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "upgrade-insecure-requests": _https,
    }
}

# --- Applications -------------------------------------------------------------------------------

INSTALLED_APPS = [
    "taggit",  # before the roof, whose admin takes taggit's own tags out
    "resourcecenter",
    "resourcecenter.staff",
    "contributions",
    "catalogue",
    "phases",
    "resourcecenter.core",
    "markdownx",
    "django_countries",
    "import_export",
    "post_office",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "resourcecenter.staff.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    # First, so that redirects, static files, refusals and answers 304 have their headers too.
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "resourcecenter.core.headers.keep_to_itself",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "resourcecenter.speculation.announce",
    "resourcecenter.core.pagecache.no_store_unless_public",
    "resourcecenter.core.middleware.refuse_odd_charsets",
    "resourcecenter.core.middleware.refuse_large_bodies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "resourcecenter.core.middleware.NullOrigin",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "resourcecenter.core.middleware.explain_wrong_methods",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "resourcecenter.urls"
WSGI_APPLICATION = "resourcecenter.wsgi.application"
CSRF_FAILURE_VIEW = "resourcecenter.views.errors.csrf_failure"

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
                "resourcecenter.core.context.site",
                "resourcecenter.within.within",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database -----------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
if DATABASES["default"].get("ENGINE") not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
    raise ImproperlyConfigured("DATABASE_URL must look like postgres://user:password@host/name or sqlite:///path.")
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # Read where the system has the file in memory: searches look at thousands of rows, and spare a copy of each.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA mmap_size=2000000000;",
    }
else:
    DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)
DATABASES["default"].setdefault("CONN_MAX_AGE", env.int("CONN_MAX_AGE", default=600))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://resourcecenter")}
if CACHES["default"]["BACKEND"] == "django.core.cache.backends.redis.RedisCache":
    CACHES["default"]["BACKEND"] = "resourcecenter.core.pagecache.shared.SharedCache"

# --- Files --------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Private and public files lie apart, and neither under an address: views find the record first, then send the file.
STORAGES = {"staticfiles": {"BACKEND": "resourcecenter.core.files.StaticStorage"}}
_storage = urlsplit(env.str("STORAGE_URL", default=""))
for _alias, _folder in (("default", "public-files"), ("private", "private-files")):
    if _storage.scheme == "s3":
        STORAGES[_alias] = {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "endpoint_url": f"https://{_storage.netloc.rpartition('@')[2]}",
                "access_key": unquote(_storage.username or ""),
                "secret_key": unquote(_storage.password or ""),
                "bucket_name": _storage.path.strip("/"),
                "location": _folder,
                "default_acl": "private",
                "file_overwrite": False,
            },
        }
    elif _storage.scheme:
        raise ImproperlyConfigured("STORAGE_URL must look like s3://key:secret@host/bucket.")
    else:
        STORAGES[_alias] = {
            "BACKEND": "resourcecenter.core.files.WholeFileStorage",
            "OPTIONS": {"location": VAR_DIR / _folder, "base_url": None},
        }
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_ADD_HEADERS_FUNCTION = sandbox_static_file
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Above what any form takes, so that its own errors can tell, beside the field and with the text kept.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
DATA_UPLOAD_MAX_NUMBER_FILES = 50

# --- Language and time --------------------------------------------------------------------------

LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")

# --- Mail ---------------------------------------------------------------------------------------

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DELIVERY_BACKEND = EMAIL_BACKEND  # noqa: F821 (set by the line above)
EMAIL_BACKEND = "post_office.EmailBackend"
EMAIL_TIMEOUT = 30
POST_OFFICE = {
    "BACKENDS": {"default": "resourcecenter.core.mail.delivery.Backend"},
    "MESSAGE_ID_ENABLED": True,
    "MESSAGE_ID_FQDN": _site.hostname,
    "FILE_STORAGE": "private",
}
RETENTION_MAIL_DAYS = env.int("RETENTION_MAIL_DAYS", default=30)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("FROM_EMAIL", default=f"{SITE_NAME} <noreply@localhost>")

# --- What the worker does -----------------------------------------------------------------------

CHECK_LINKS = env.bool("CHECK_LINKS", default=True)

# --- How long things are kept, in days ----------------------------------------------------------

RETENTION_DRAFT_DAYS = env.int("RETENTION_DRAFT_DAYS", default=30)
RETENTION_REJECTED_DAYS = env.int("RETENTION_REJECTED_DAYS", default=90)
RETENTION_UNANSWERED_DAYS = env.int("RETENTION_UNANSWERED_DAYS", default=365)
RETENTION_LINK_DAYS = env.int("RETENTION_LINK_DAYS", default=180)
RETENTION_AUDIT_DAYS = env.int("RETENTION_AUDIT_DAYS", default=365)
RETENTION_MISSED_SEARCH_DAYS = env.int("RETENTION_MISSED_SEARCH_DAYS", default=365)
# Outside the database and its backups, so that whom they still hold stays erased.
ERASURES_FILE = Path(env.str("ERASURES_FILE", default=str(VAR_DIR / "erasures")))

# --- How much strangers may send and ask --------------------------------------------------------

CONTRIBUTIONS_PER_ADDRESS = env.int("CONTRIBUTIONS_PER_ADDRESS", default=40)
CONTRIBUTIONS_PER_HOUR = env.int("CONTRIBUTIONS_PER_HOUR", default=300)
SEARCHES_PER_MINUTE = env.int("SEARCHES_PER_MINUTE", default=60)

# --- People -------------------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]

# On the machine itself, without https, a log-in is one step.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=_https)
OTP_TOTP_ISSUER = SITE_NAME

AXES_HANDLER = "resourcecenter.staff.lockout.Handler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# In the order that the handler expects; never the name alone, or strangers could lock people out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address"]
AXES_LOCKOUT_CALLABLE = "resourcecenter.staff.lockout.refuse"
AXES_CLIENT_IP_CALLABLE = "resourcecenter.staff.lockout.address_of"
AXES_USERNAME_CALLABLE = "resourcecenter.staff.lockout.name_of"
AXES_CLIENT_STR_CALLABLE = "resourcecenter.staff.lockout.unnamed"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "csrfmiddlewaretoken"]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = AXES_VERBOSE = False

# --- The libraries ------------------------------------------------------------------------------

# History is read by record and by number, never by date.
SIMPLE_HISTORY_DATE_INDEX = False
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

TAGGIT_CASE_INSENSITIVE = True
AFTER_CHANGE = "resourcecenter.finding.follow"
"""What is called at the end of each change of public content, with the rows that were written."""

MARKDOWNX_MARKDOWNIFY_FUNCTION = "resourcecenter.core.markdown.render"
MARKDOWNX_URLS_PATH = "/markdown/preview/"
MARKDOWNX_UPLOAD_URLS_PATH = ""
MARKDOWNX_EDITOR_RESIZABLE = False

# --- Logs and figures ---------------------------------------------------------------------------

# What follows these in a path opens somebody's page.
PRIVATE_PATHS = ["contributions", "contribute/draft", "staff/invitations", "staff/password"]
LOG_FORMAT = env.str("LOG_FORMAT", default="json" if _https else "line")
if LOG_FORMAT not in FORMATTERS:
    raise ImproperlyConfigured("LOG_FORMAT must be line or json.")
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
_console = {"handlers": ["console"], "propagate": False}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask": {"()": "resourcecenter.core.logs.Mask", "private": PRIVATE_PATHS}},
    "formatters": {"chosen": {"()": FORMATTERS[LOG_FORMAT]}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "chosen", "filters": ["mask"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # All but the first bring handlers of their own, which would not mask.
    "loggers": {
        "axes": {"level": "WARNING"},
        "django": {"handlers": [], "propagate": True},
        "django.server": _console,
        "post_office": _console,
    },
}
