"""From results to one self-contained HTML page: findings, sections, and the rendering of both."""
