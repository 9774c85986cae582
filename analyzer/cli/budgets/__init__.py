"""Budgets of the configuration: figures that a model must keep to, absolute or beside a base."""
