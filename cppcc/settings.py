"""Settings, read from the environment by the strict readers of cppcc/environment.py. README lists the variables.

A bare clone (no SECRET_KEY) is a place to try things: DEBUG is on, only this machine may connect, SQLite under var/,
secrets made on first use. With a SECRET_KEY it is a server: DEBUG is off and everything about HTTPS is on.
"""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from cppcc import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]

DEBUG = env.switch("DEBUG", default=env.given("SECRET_KEY") is None)
SECRET_KEY = env.secret("SECRET_KEY", VAR_DIR / "secret_key", is_required=not DEBUG)
TELEPHONE_KEY = env.secret("TELEPHONE_KEY", VAR_DIR / "telephone_key", is_required=not DEBUG)
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", default=LOOPBACK)
if DEBUG and not set(ALLOWED_HOSTS) <= {*LOOPBACK, "testserver"}:
    # Debug pages show settings and source text to whoever causes an error.
    raise env.WrongSetting("DEBUG", "on", "off, because ALLOWED_HOSTS names more than this machine")

# ---------------------------------------------------------------- applications
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "simple_history",
    "axes",
    "csp",
    "audit",
    "members",
    "activities",
    "proposals",
    "opinions",
    "scoring",
    "reports",
    "desk",
]

MIDDLEWARE = [
    "audit.middleware.ActionContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "members.middleware.SessionLimitsMiddleware",
    "members.middleware.FirstPasswordMiddleware",
    "members.middleware.OwnPhoneMiddleware",
    "members.middleware.TextSizeMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Axes must be last: it turns the locked-out signal into the answer.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "cppcc.urls"
WSGI_APPLICATION = "cppcc.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "members.context.page",
            ],
        },
    },
]

# ---------------------------------------------------------------- data
DATABASES = {"default": env.database("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'cppcc.sqlite3'}")}
EVIDENCE_DIR = env.folder("EVIDENCE_DIR", default=VAR_DIR / "evidence")
EVIDENCE_MAX_BYTES = env.whole("EVIDENCE_MAX_BYTES", default=10 * 1024**2, low=1024, high=100 * 1024**2)
if DEBUG:
    VAR_DIR.mkdir(exist_ok=True)

# An office's own fonts for paper: 仿宋_GB2312, 方正小标宋 and the like, or one with characters that ours lack.
PRINT_FONT_DIR = env.folder("PRINT_FONT_DIR", default=VAR_DIR / "fonts")
# What is printed for many at once, as files, until it is removed. Web and workers share it.
PRINT_DIR = env.folder("PRINT_DIR", default=VAR_DIR / "prints")

# Limits for uploaded sheets; the child process that parses them gets the last two from the operating system.
SHEET_MAX_ROWS = env.whole("SHEET_MAX_ROWS", default=20_000, low=1, high=1_000_000)
SHEET_MAX_COLUMNS = env.whole("SHEET_MAX_COLUMNS", default=60, low=1, high=16_384)
SHEET_MAX_BYTES = env.whole("SHEET_MAX_BYTES", default=10 * 1024**2, low=1024, high=1024**3)
SHEET_MAX_SECONDS = env.whole("SHEET_MAX_SECONDS", default=20, low=1, high=600)
SHEET_MAX_MEMORY = env.whole("SHEET_MAX_MEMORY", default=512 * 1024**2, low=128 * 1024**2, high=16 * 1024**3)
# One request's body: a sheet or an evidence file and a little around it. Files go to disk above 2.5 MB.
DATA_UPLOAD_MAX_MEMORY_SIZE = SHEET_MAX_BYTES + 1024**2
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

# ---------------------------------------------------------------- language, time, files
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.folder("STATIC_ROOT", default=BASE_DIR / "staticfiles")
STATICFILES_DIRS = [path for path in [BASE_DIR / "static"] if path.is_dir()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        # Names with digests need a collectstatic run first, which a bare clone has not had.
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# ---------------------------------------------------------------- accounts and sessions
AUTH_USER_MODEL = "members.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
PASSWORD_MIN_LENGTH = env.whole("PASSWORD_MIN_LENGTH", default=10, low=8, high=64)
# GB/T 22239 8.1.4.1 asks for complexity and for a change from time to time; 0 switches either off.
PASSWORD_KINDS = env.whole("PASSWORD_KINDS", default=3, low=0, high=4)
PASSWORD_DAYS_STAFF = env.whole("PASSWORD_DAYS_STAFF", default=90, low=0, high=3650)
PASSWORD_DAYS_MEMBER = env.whole("PASSWORD_DAYS_MEMBER", default=180, low=0, high=3650)
PASSWORDS_REMEMBERED = env.whole("PASSWORDS_REMEMBERED", default=5, low=0, high=24)
FIRST_PASSWORD_DAYS = env.whole("FIRST_PASSWORD_DAYS", default=30, low=1, high=365)
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "members.passwords.LongEnough",
        "OPTIONS": {"min_length": PASSWORD_MIN_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "members.passwords.MixedEnough", "OPTIONS": {"kinds": PASSWORD_KINDS}},
    {"NAME": "members.passwords.NotPersonal"},
    {"NAME": "members.passwords.NotRecent"},
]
PASSWORD_RESET_TIMEOUT = 24 * 3600

# Sessions live in the database, so that signing out or disabling an account ends them on the server.
SESSION_IDLE_SECONDS = env.whole("SESSION_IDLE_SECONDS", default=30 * 60, low=60, high=24 * 3600)
SESSION_IDLE_STAFF_SECONDS = env.whole("SESSION_IDLE_STAFF_SECONDS", default=15 * 60, low=60, high=24 * 3600)
SESSION_ABSOLUTE_SECONDS = env.whole("SESSION_ABSOLUTE_SECONDS", default=8 * 3600, low=60, high=24 * 3600)
# On a phone of one's own, where the committee allows it; who writes gives the password again (members/own_phone.py).
SESSION_OWN_PHONE_SECONDS = 30 * 24 * 3600
# members.middleware ends idle sessions and says so; a cookie that is gone by then could not be told why.
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = False

# Five wrong passwords for one account from one address close it there for a quarter of an hour. By account alone,
# anybody could lock the chair's office out; by address alone, one member could lock out a hall.
AXES_FAILURE_LIMIT = env.whole("PASSWORD_FAILURES", default=5, low=3, high=20)
AXES_COOLOFF_TIME = timedelta(minutes=env.whole("PASSWORD_LOCK_MINUTES", default=15, low=1, high=24 * 60))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
# Who signed in, and who failed to, is not deleted in a browser; the system administrator opens a locked account.
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_CALLABLE = "members.views.locked_out"
AXES_CLIENT_IP_CALLABLE = "members.signin.client_address"

# ---------------------------------------------------------------- HTTP
HTTPS = env.switch("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
# Health checks come from the same container, in plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# Only believed when the operator says that a proxy sets it; otherwise any client could.
BEHIND_PROXY = env.switch("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
# The preload list cannot be left again; whether a committee's domain goes there is its owner's decision.
# W040: SQLite keeps the index of facts without its non-key columns, which is what is wanted there.
SILENCED_SYSTEM_CHECKS = ["security.W021", "models.W040"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "object-src": [NONE],
    },
}

# ---------------------------------------------------------------- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "PAGE_SIZE": 100,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "政协委员履职考核",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "AdoptionLevel": "opinions.models.Level",
        "ContributionLevel": "activities.models.Contribution.Level",
    },
}

# ---------------------------------------------------------------- Celery
# Redis is a bell: what has to be done is in the database (docs/decisions). Every message may be lost or come twice.
REDIS_URL = env.broker("REDIS_URL")
SWEEP_SECONDS = env.whole("SCORING_SWEEP_SECONDS", default=2, low=1, high=60)
# A run is cut into chunks of so many subjects; a worker that has not finished its chunk in time loses it to another.
SCORING_CHUNK_SIZE = env.whole("SCORING_CHUNK_SIZE", default=500, low=1, high=10_000)
SCORING_LEASE_SECONDS = env.whole("SCORING_LEASE_SECONDS", default=60, low=1, high=3600)
SCORING_ATTEMPTS = 5
# By which editions are digested from now on; each says in its text by which it was.
EDITION_DIGEST = env.one_of("EDITION_DIGEST", default="sha256", allowed={"sha256", "sm3"})
# With a host name, which means nothing here, kombu does not warn about its absence.
CELERY_BROKER_URL = "memory://localhost/" if REDIS_URL == "memory://" else REDIS_URL
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 570
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Without the socket timeouts a Redis that hangs, rather than refuses, holds its client for ever.
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"polling_interval": 0.1}
    if REDIS_URL == "memory://"
    else {"visibility_timeout": 3600, "socket_connect_timeout": 2, "socket_timeout": 5, "socket_keepalive": True}
)
CELERY_BEAT_ALIVE_FILE = str(env.folder("BEAT_ALIVE_FILE", default=VAR_DIR / "beat-alive"))
CELERY_BEAT_SCHEDULER = "cppcc.celery:Beat"
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "scoring.tasks.sweep",
        "schedule": SWEEP_SECONDS,
        # A sweep that waited longer than the next one's start has nothing left to do.
        "options": {"expires": SWEEP_SECONDS},
    },
    "prints": {
        "task": "reports.tasks.sweep_prints",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    "old_prints": {"task": "reports.tasks.clean_prints", "schedule": 3600, "options": {"expires": 3600}},
    # Asked every hour, done once a quarter: desk/reminders.py.
    "remind": {"task": "desk.tasks.remind", "schedule": 3600, "options": {"expires": 3600}},
}

# ---------------------------------------------------------------- notices that leave the house
# Off without EMAIL_URL. Another channel (SMS, WeChat) is a class, see members.delivery.Channel.
MAIL = env.mail("EMAIL_URL")
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_SSL, EMAIL_USE_TLS, DEFAULT_FROM_EMAIL = (
    MAIL or env.Mail()
)
EMAIL_TIMEOUT = 10
NOTICE_CHANNELS = env.names("NOTICE_CHANNELS", default=["members.delivery.Email"] if MAIL else [])
NOTICE_SWEEP_SECONDS = 20
# For links in what is sent: a worker has no request to read the host from.
SITE_URL = env.site(
    "SITE_URL", default=f"{'https' if HTTPS else 'http'}://{[*ALLOWED_HOSTS, 'localhost'][0].lstrip('.*')}"
)
if NOTICE_CHANNELS:
    CELERY_BEAT_SCHEDULE["notices"] = {
        "task": "members.tasks.sweep_notices",
        "schedule": NOTICE_SWEEP_SECONDS,
        "options": {"expires": NOTICE_SWEEP_SECONDS},
    }

# ---------------------------------------------------------------- log
LOG_LEVEL = env.one_of("LOG_LEVEL", default="INFO", allowed={"DEBUG", "INFO", "WARNING", "ERROR"})
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {"pikepdf": {"level": "WARNING"}},  # it says at every start that it is there
}
