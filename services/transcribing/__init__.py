"""Speech to timed text, by an engine that settings choose."""
