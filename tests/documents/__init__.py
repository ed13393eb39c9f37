"""Tests of documents and seals."""
