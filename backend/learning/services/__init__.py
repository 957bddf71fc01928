"""Changes to models, bindings, trainings and selections."""
