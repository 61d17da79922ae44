"""The synthetic twins of the course's two studies: ``python -m data.generate`` writes them again."""
