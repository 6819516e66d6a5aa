"""Our application, for servers other than ours."""

from api import create_app
from api.settings import Settings

app = create_app(Settings.of())
