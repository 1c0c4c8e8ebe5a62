"""``python -m lkagent_lint`` is the ``lkagent-lint`` command."""

import os
import sys

if __name__ == "__main__":
    # Python puts the current directory first, and a module of the project that is checked would stand in for one of the
    # libraries. This package has been found already.
    if sys.path and sys.path[0] in ("", os.getcwd()):
        del sys.path[0]

    from lkagent_lint.cli import main

    main()
