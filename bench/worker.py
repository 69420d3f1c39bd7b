"""A worker as `make run` starts it, which also knows the benchmark's jobs."""

from bench.noop import register
from workers.worker import main

if __name__ == "__main__":
    register()
    main()
