"""Everything Pickwise knows. Never imports `shell` or a window toolkit."""
