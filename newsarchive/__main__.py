"""The entry of the command line, and `python -m newsarchive`."""

import sys

from newsarchive import interrupts


def main() -> None:
    """Run the command line; an interrupt ends it without a traceback, also while it is still being loaded."""
    try:
        interrupts.remember()
        from newsarchive.cli import main as run  # noqa: PLC0415 - what it imports takes long enough to be interrupted

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
