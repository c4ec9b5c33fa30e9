"""Start here: ``python main.py COMMAND`` (see console.cli)."""

import sys


def run() -> int:
    """The command line; an interrupt while it loads is one like any other."""
    try:
        from console.cli import main

        return main()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(run())
