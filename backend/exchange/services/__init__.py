"""Taking labelled data in and giving it out."""
