"""What a picture looks like, in numbers: vectors of a network, and whether two pictures are one picture edited.

Networks run in worker processes only; nothing here loads one when it is imported.
"""
