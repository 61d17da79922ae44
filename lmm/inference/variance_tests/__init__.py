"""Tests of nested models and of variances on the edge of their range; the bootstrap."""
