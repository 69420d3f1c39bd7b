"""Clips and web-ready files, cut out of recordings."""
