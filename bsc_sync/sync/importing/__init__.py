"""Coming to a site where the epics are there already, or where the store is not there any more."""
