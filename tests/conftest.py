"""What holds for every test."""

from hypothesis import settings

# How fast an example runs says how busy the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
