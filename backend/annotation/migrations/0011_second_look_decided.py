"""Second looks by when they were decided: what the quality page tells of the last days."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotation", "0010_comment_threads")]

    operations = [
        migrations.AddIndex(
            model_name="secondlook",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", False)),
                fields=["-decided_at"],
                name="second_look_decided",
            ),
        ),
    ]
