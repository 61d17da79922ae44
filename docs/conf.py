"""Settings of the documentation: ``make docs`` builds it, with every warning an error."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "extensions"), str(HERE.parent)]

import lmm  # noqa: E402

project = "lmm-report"
author = "the lmm-report authors"
version = release = lmm.__version__
language = "en-GB"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "command_reference",
    "configuration_reference",
    "mathml",
    "plain_docstrings",
]
exclude_patterns = ["extensions"]
nitpicky = True
# Types that a signature names are explained where they are defined, or by the library they are of.
nitpick_ignore_regex = [("py:.*", ".*")]

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_dmath_double_inline = False
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "separated"
add_module_names = False

# The theme brings its style and script along; fonts are the reader's own. Nothing is fetched.
html_theme = "furo"
html_title = f"lmm-report {release}"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["docs.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "footer_icons": [],
    "light_css_variables": {"color-brand-primary": "#0a5ea8", "color-brand-content": "#0a5ea8"},
    "dark_css_variables": {"color-brand-primary": "#7cbcff", "color-brand-content": "#7cbcff"},
}
