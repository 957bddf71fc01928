from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "backend.core"
    label = "core"

    def ready(self) -> None:
        # Every process that can enqueue must know the job kinds and hear the signals.
        autodiscover_modules("tasks", "receivers")
