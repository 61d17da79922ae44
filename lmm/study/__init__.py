"""The configured study: from ``config.yaml`` to published reports."""
