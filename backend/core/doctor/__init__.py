"""What `manage.py doctor` looks at: everything a new operator gets wrong, each with how to mend it."""
