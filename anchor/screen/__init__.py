"""What the viewer sees."""
