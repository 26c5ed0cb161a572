"""Run ``python -m detector`` like the command ``kentongan``."""

from detector.cli import main

if __name__ == "__main__":
    main()
