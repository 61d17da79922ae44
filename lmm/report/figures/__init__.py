"""The figures of the page: records to panels, with captions and the same in words."""
