"""The commands behind `pickwise`, a file a family; each is a few lines over the engine."""
