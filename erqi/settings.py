"""All settings in one file. Every value that an installation may change is read by a typed helper of erqi.environment."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from erqi import embedded, serving
from erqi.environment import (
    declare,
    env_bool,
    env_database,
    env_date,
    env_int,
    env_list,
    env_mail,
    env_pattern,
    env_str,
    refuse_unknown,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = embedded.data_dir()

DEBUG = env_bool("ERQI_DEBUG", False)
SECRET_KEY = env_str("ERQI_SECRET_KEY") or serving.installation_secret(DATA_DIR)
ALLOWED_HOSTS = env_list(
    "ERQI_ALLOWED_HOSTS",
    ["127.0.0.1", "localhost", "[::1]"],
    r"\*|\.?[\w-]+(\.[\w-]+)*|\[[0-9A-Fa-f:.]+\]",
    "ledger.example.gov.cn（不带 https:// 和端口）",
)
CSRF_TRUSTED_ORIGINS = env_list("ERQI_TRUSTED_ORIGINS", [], r"https?://[\w.*\[\]:-]+", "https://ledger.example.gov.cn（末尾不带 /）")

# Behind a TLS proxy everything below becomes strict; the default serves plain HTTP on loopback.
HTTPS = env_bool("ERQI_HTTPS", False)
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "erqi.common.signed_out.csrf_failure"
SESSION_COOKIE_AGE = env_int("ERQI_IDLE_MINUTES", 120, 5, 24 * 60) * 60
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The address of the person behind a proxy: how many proxies of ours stand before us.
PROXY_COUNT = env_int("ERQI_PROXY_COUNT", 0, 0, 5)

INSTALLED_APPS = [
    "erqi",
    "erqi.common",
    "projects",
    "supervision",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_tables2",
    "django_filters",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "erqi.common.middleware.NulGuardMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "erqi.common.asof_links.CarryDayMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "erqi.common.request_size.RequestSizeMiddleware",
    "erqi.common.signed_out.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "erqi.common.middleware.PrivatePagesMiddleware",
    "erqi.common.middleware.SessionTouchMiddleware",
    "erqi.common.middleware.HistoryMiddleware",
    "erqi.common.middleware.PasswordChangeMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "erqi.urls"
WSGI_APPLICATION = "erqi.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ]
            if not DEBUG
            else ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
            "builtins": ["erqi.templatetags.erqi_ui", "projects.templatetags.sources", "projects.templatetags.warning"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "erqi.navigation.page_frame",
            ],
        },
    }
]
FORM_RENDERER = "erqi.common.form_renderer.FormRenderer"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

# Our engine differs from Django's in one line: automatic names keep to 30 characters (design.md §3).
_server = env_database("DATABASE_URL")
DATABASES = {
    "default": {
        "ENGINE": "erqi.common.postgres",
        **(_server or embedded.socket_settings(DATA_DIR)),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "common.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "erqi.common.passwords.ThreeKindsValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

AXES_FAILURE_LIMIT = env_int("ERQI_LOGIN_FAILURES", 5, 3, 20)
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_CLIENT_IP_CALLABLE = "erqi.common.middleware.client_address"
# An audit keeps every failure; nothing is thinned out.
AXES_ACCESS_FAILURE_LOG_PER_USER_LIMIT = 10**9
AXES_ENABLE_ADMIN = False
AXES_ENABLE_ACCESS_FAILURE_LOG = True

# Every change of a tracked record is written by a database trigger; the event rows themselves cannot be changed.
PGHISTORY_APPEND_ONLY = True
PGHISTORY_ADMIN_ALL_EVENTS = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "media"
# What a form may hold beside its files, and what a stranger may send at all.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 50
# A form with nine attachments of 10 MB (erqi.common.files), and some room; erqi.common.request_size refuses larger requests.
LARGEST_REQUEST = 100 * 1024 * 1024

# Mails (manage.py remind): without a server they are written into files of the data place, and nobody gets them.
_mail = env_mail("ERQI_EMAIL_URL")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _mail else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = env_pattern("ERQI_EMAIL_FROM", r"[^<>@\s]+@[\w.-]+|[^<>@]+<[^<>@\s]+@[\w.-]+>", "重点项目平台 <ledger@example.gov.cn>")
if _mail:
    EMAIL_HOST, EMAIL_PORT, EMAIL_TIMEOUT = _mail.host, _mail.port, _mail.timeout
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.starttls, _mail.tls
    if not DEFAULT_FROM_EMAIL:
        raise ImproperlyConfigured("设了 ERQI_EMAIL_URL，还须设 ERQI_EMAIL_FROM（发件人），如 重点项目平台 <ledger@example.gov.cn>。")
DEFAULT_FROM_EMAIL = DEFAULT_FROM_EMAIL or "erqi@localhost"
# Where people reach the platform, for links in mails; empty: mails carry none.
BASE_URL = env_pattern("ERQI_BASE_URL", r"https?://[\w.-]+(:\d+)?", "https://ledger.example.gov.cn（末尾不带 /）")

# A fixed business date for training or demonstration; an installation's own setting in the database comes second.
FIXED_TODAY = env_date("ERQI_TODAY")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"brief": {"()": "erqi.common.logs.BriefRefusals"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["brief"]}},
    # A wrong Host header is answered with 400; scanners send thousands, and each would write a traceback.
    "loggers": {"django.security.DisallowedHost": {"handlers": [], "propagate": False}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

declare("ERQI_DATA_DIR", "ERQI_DEMO_PASSWORD", "ERQI_CHROMIUM")
refuse_unknown()
