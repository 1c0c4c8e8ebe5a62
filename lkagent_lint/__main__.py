"""``python -m lkagent_lint`` is the ``lkagent-lint`` command."""

from lkagent_lint.cli import main

if __name__ == "__main__":
    main()
