"""Start here: ``python main.py COMMAND`` (see console.cli)."""

import sys

from console.cli import main

if __name__ == "__main__":
    sys.exit(main())
