"""A worker as `make run` starts it, with the benchmark's work in the place of the pipeline's."""

from bench.pipeline_work import install
from workers.worker import main

if __name__ == "__main__":
    install()
    main()
