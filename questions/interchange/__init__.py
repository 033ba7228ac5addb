"""Questions in and out, one small module per format."""
