from django.db import migrations, models

NUMBERS = (
    ("part_number", models.PositiveSmallIntegerField),
    ("part_count", models.PositiveSmallIntegerField),
    ("frame_start", models.PositiveIntegerField),
    ("frame_end", models.PositiveIntegerField),
    ("suggestions_left_out", models.PositiveIntegerField),
)


class Migration(migrations.Migration):
    dependencies = [("annotation", "0011_second_look_decided")]

    operations = [
        *(
            migrations.AddField(model_name="task", name=name, field=kind(db_default=0, default=0))
            for name, kind in NUMBERS
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(
                fields=("project", "asset", "part_number"), name="task_once_per_part"
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("frame_end", 0),
                    ("frame_start", 0),
                    ("part_count", 0),
                    ("part_number", 0),
                )
                | models.Q(
                    ("frame_start__lt", models.F("frame_end")),
                    ("part_number__gte", 1),
                    ("part_number__lte", models.F("part_count")),
                ),
                name="task_part_range",
            ),
        ),
        # Only once the new one holds: at no moment may a picture get two tasks.
        migrations.RemoveConstraint(model_name="task", name="task_once_per_asset"),
    ]
