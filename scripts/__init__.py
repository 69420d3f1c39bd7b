"""What is run from the shell: `python -m scripts.NAME`."""
