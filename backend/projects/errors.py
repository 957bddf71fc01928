"""Errors of projects."""

from backend.core.errors import BadInput, Conflict


class OntologyRefused(BadInput):
    code = "ontology_refused"


class LabelInUse(Conflict):
    code = "label_in_use"


class ProjectArchived(Conflict):
    code = "project_archived"
