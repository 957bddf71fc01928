import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotation", "0009_second_looks")]

    operations = [
        migrations.AddField(
            model_name="comment",
            name="thread",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="replies",
                to="annotation.comment",
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("thread", None),
                    models.Q(("resolved_at", None), ("x", None), ("y", None)),
                    _connector="OR",
                ),
                name="comment_reply_without_place",
            ),
        ),
    ]
