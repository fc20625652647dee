"""From messy spreadsheets to facts."""
