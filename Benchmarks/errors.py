"""The one error that ends a run."""


class BenchmarkError(Exception):
    """Something that the person at the keyboard can put right; the text says how."""
