"""Tracks on either side of a seam between parts of a video, joined or parted by hand."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import backend.core.models


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0013_merge_method"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TrackLink",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=backend.core.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("earlier_region", models.UUIDField()),
                ("later_region", models.UUIDField()),
                (
                    "kind",
                    models.CharField(choices=[("together", "Together"), ("apart", "Apart")], max_length=8),
                ),
                (
                    "earlier_task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links_on",
                        to="annotation.task",
                    ),
                ),
                (
                    "later_task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links_back",
                        to="annotation.task",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("earlier_task", "later_task", "earlier_region", "later_region"),
                        name="track_link_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "together")),
                        fields=("earlier_task", "earlier_region"),
                        name="track_joined_on_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "together")),
                        fields=("later_task", "later_region"),
                        name="track_joined_back_once",
                    ),
                ],
            },
        ),
    ]
