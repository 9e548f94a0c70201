"""`make bench`: every benchmark of the project, one after the other, figures on the screen."""

from benchmarks import selection

if __name__ == "__main__":
    selection.main()
