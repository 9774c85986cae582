"""What operators count: formulas, one file a family."""
