"""Prints the names of a group's people, one a line, for programs that must leave the others out.

    python3 -m facetrain.people --data LFW calibration selection > people.txt
"""

import argparse

from .lfw import Lfw


def main():
    """Command line of this module."""
    parser = argparse.ArgumentParser(description="Prints who belongs to a group of the split.")
    parser.add_argument("--data", required=True, help="directory of LFW")
    parser.add_argument("groups", nargs="+", choices=("train", "selection", "calibration", "test"))
    arguments = parser.parse_args()
    lfw = Lfw(arguments.data)
    print("\n".join(sorted({lfw.people[index] for group in arguments.groups for index in getattr(lfw.split, group)})))


if __name__ == "__main__":
    main()
