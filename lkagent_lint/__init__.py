"""lkagent-lint: finds the silent lifecycle and dispatch mistakes of LiveKit agents before they run.

Importing the package imports nothing else; each surface imports what it needs.
"""

from lkagent_lint._version import __version__

__all__ = ["__version__"]
