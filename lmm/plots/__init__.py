"""Pictures: arrays in, a matplotlib figure or the page's SVG out. No statistic is made here."""
