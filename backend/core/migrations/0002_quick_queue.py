"""A queue for short work that somebody waits for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="jobrun",
            name="queue",
            field=models.CharField(
                choices=[
                    ("default", "Default"),
                    ("ingest", "Ingest"),
                    ("assist", "Assist"),
                    ("ml", "Ml"),
                    ("feeds", "Feeds"),
                    ("quick", "Quick"),
                ],
                max_length=16,
            ),
        ),
    ]
