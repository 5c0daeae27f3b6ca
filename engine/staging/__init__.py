"""Files set aside for a person to look at, put back exactly, or sent to the system Trash; nothing is ever deleted."""
