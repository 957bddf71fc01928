"""How several people's answers were put together: by vote, or by people weighed along with a model."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotation", "0012_video_parts")]

    operations = [
        migrations.AddField(
            model_name="consensusmerge",
            name="method",
            field=models.CharField(
                choices=[("vote", "Vote"), ("crowd", "Crowd")],
                db_default="vote",
                default="vote",
                max_length=8,
            ),
        ),
    ]
