"""From the crowd to the questions that matter."""
