"""Makes the picture of a report at the top of the README: ``python docs/pictures/make.py REPORT.html``.

A real screenshot of the first screen, in the light, with a palette of few colours, so that it is small.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

OUT = Path(__file__).with_name("report.png")
WIDTH, HEIGHT = 1200, 1132
COLOURS = 160


def main(report: str) -> int:
    """Open the report without a network, photograph it, write the picture."""
    browser_path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light", offline=True
        )
        page = context.new_page()
        page.goto(Path(report).resolve().as_uri())
        shot = page.screenshot()
        browser.close()
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(OUT, optimize=True)
    print(f"{OUT}: {OUT.stat().st_size / 1024:.0f} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
