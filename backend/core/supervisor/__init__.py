"""What `manage.py up` does: one process that starts Siteloop's others, watches them, and takes them along."""
