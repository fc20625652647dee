"""Products as facts with evidence; claims checked against facts."""
