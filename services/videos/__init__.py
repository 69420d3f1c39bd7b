"""Videos: uploaded or made of segments, made ready for the web, and found again where nobody picked them up."""
