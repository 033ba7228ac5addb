"""Tests in a real Chromium against the real server, each in a process of its own."""
