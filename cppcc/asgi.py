"""The same pages for an ASGI server; nothing here needs one."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cppcc.settings")
application = get_asgi_application()
