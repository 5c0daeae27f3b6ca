"""Two front doors, no logic: the window and the terminal."""
