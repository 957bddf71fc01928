from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("media", "0005_erasures"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="erasure",
            name="erased_once",
        ),
        migrations.AddField(
            model_name="erasure",
            name="kind",
            field=models.CharField(
                choices=[
                    ("asset", "Asset"),
                    ("incident_picture", "Incident Picture"),
                    ("incident_clip", "Incident Clip"),
                    ("calibration_still", "Calibration Still"),
                ],
                default="asset",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=models.UniqueConstraint(fields=("asset_id", "kind"), name="erased_once_of_its_kind"),
        ),
    ]
