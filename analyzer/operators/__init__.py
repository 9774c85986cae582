"""What single operators are and demand, apart from any model."""
