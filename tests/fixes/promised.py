"""Which rules were promised a fix when they were designed, and why one lacks it."""

from __future__ import annotations

SAFE = frozenset(
    {
        *("LKA002", "LKA101", "LKA106", "LKA112", "LKA119", "LKA209", "LKA213", "LKA301"),
        *("LKA304", "LKA307", "LKA308", "LKA309", "LKA312", "LKA403", "LKA408", "LKA409"),
        *("LKA412", "LKA414", "LKA416", "LKA419", "LKA502", "LKA503", "LKA601"),
    }
)
UNSAFE = frozenset(
    {
        *("LKA101", "LKA104", "LKA105", "LKA107", "LKA110", "LKA111", "LKA115", "LKA116"),
        *("LKA120", "LKA125", "LKA203", "LKA212", "LKA213", "LKA214", "LKA215", "LKA401"),
        *("LKA402", "LKA403", "LKA405", "LKA406", "LKA413", "LKA414", "LKA417", "LKA418"),
        *("LKA420", "LKA602", "LKA604"),
    }
)
"""A suggestion is such a one, too."""
LACKING: dict[tuple[str, str], str] = {}
"""The reason, by the code and ``S`` or ``U``."""
NEW = frozenset({"LKA129", "LKA501"})
"""Rules that nobody promised one."""
