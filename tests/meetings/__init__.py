"""Tests of meetings and resolutions."""
