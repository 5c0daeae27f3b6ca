"""Where the eye goes: a mask of the subject of each picture, its share and its box, and the files they are kept in."""
