"""The library on disk: its folder, settings, database, journal and history. Knows nothing of images."""
