"""A matplotlib renderer that gathers a figure's marks as layers of the page's SVG."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_hex
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from lmm.plots.pathdata import DOT, Steps, decimal, steps_of, tenths
from lmm.plots.style import LIGHT, TEXT_SIZE, clean

_NAMES = {value: name for name, value in LIGHT.items()}
_TEXT_CLASSES = {"ink2": "t", "ink": "t-strong"}
_ANCHORS = {"center": "middle", "right": "end"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Marks that share all attributes: one ``<path>`` of the page. ``artist`` tells tagged ones apart."""

    attributes: dict[str, str]
    artist: int
    paths: list[Steps] = field(default_factory=list)


class PageRenderer(RendererBase):
    """A matplotlib renderer that gathers layers and texts instead of painting them."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__()
        self.width, self.height = float(width), float(height)
        self.layers: list[Layer] = []
        self.texts: dict[tuple[tuple[str, str], ...], list[tuple[float, float, str]]] = {}
        self._flip = Affine2D().scale(1, -1).translate(0, self.height)
        self._groups: list[str | None] = [None]
        self._artist = 0

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Return the size of the picture in pixels."""
        return self.width, self.height

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Remember the tag of the artist whose marks follow."""
        self._groups.append(gid)
        self._artist += 1

    def close_group(self, s: str) -> None:
        """Forget the tag of the artist that is done."""
        self._groups.pop()

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Any,
        rgbFace: Any = None,  # noqa: N803 - matplotlib's name
    ) -> None:
        """Gather a path, drawn as the artist says."""
        attributes = self._paint(gc, rgbFace)
        if attributes is not None:
            free = self._groups[-1] is None
            crisp = free and float(attributes.get("stroke-width", 2)) <= 1
            if crisp:
                attributes["stroke-linecap"] = "butt"
            self._add(attributes, [steps_of(path, transform + self._flip, free=free, crisp=crisp)])

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Any,
        path: Path,
        trans: Any,
        rgbFace: Any = None,  # noqa: N803 - matplotlib's name
    ) -> None:
        """Gather dots as round-capped points of one path; other markers one by one."""
        codes = marker_path.codes
        round_marker = codes is not None and bool(np.any(np.asarray(codes) == Path.CURVE4))
        if not round_marker or rgbFace is None:
            if (
                np.shape(marker_path.vertices)[0] == 2
            ):  # a tick has no inside: all of an axis are one path
                rgbFace = None  # noqa: N806
            super().draw_markers(gc, marker_path, marker_trans, path, trans, rgbFace)
            return
        attributes = {
            "class": f"dots k-{_name(rgbFace)}",
            "stroke-width": decimal(marker_path.get_extents(marker_trans).width),
        } | _opacity(rgbFace)
        points = (trans + self._flip).transform(path.vertices)
        points = tenths(points[np.isfinite(points).all(axis=1)])
        self._add(attributes, [[("m", point[None]), DOT] for point in points])

    def draw_text(  # noqa: PLR0913 - matplotlib's signature
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: Any = False,
        mtext: Text | None = None,
    ) -> None:
        """Gather a line of text, anchored where its artist is: the reader's face has other widths."""
        attributes: dict[str, str] = {}
        name = _name(gc.get_rgb())
        attributes["class"] = _TEXT_CLASSES.get(name, f"t-{name}")
        if mtext is not None:
            x = float(mtext.get_transform().transform(mtext.get_unitless_position())[0])
            anchor = _ANCHORS.get(mtext.get_horizontalalignment())
            if anchor:
                attributes["text-anchor"] = anchor
        if self._groups[-1] == "halo":
            attributes["class"] += " halo"
        if prop.get_weight() in ("bold", "semibold", 600, 700):
            attributes["font-weight"] = "600"
        if abs(prop.get_size_in_points() - TEXT_SIZE) > 0.01:
            attributes["font-size"] = decimal(prop.get_size_in_points())
        self.texts.setdefault(tuple(attributes.items()), []).append((x, self.height - y, clean(s)))

    def flipy(self) -> bool:
        """Return that y grows upwards here; :meth:`draw_text` and the paths turn it round."""
        return False

    def _paint(self, gc: GraphicsContextBase, face: Any) -> dict[str, str] | None:
        """Return the attributes of a stroke or a fill; ``None`` if nothing would be seen."""
        stroke = gc.get_rgb()
        stroked = gc.get_linewidth() > 0 and stroke[3] > 0
        filled = face is not None and (len(face) < 4 or face[3] > 0)
        if not (stroked or filled):
            return None
        classes = [f"f-{_name(face)}"] if filled else []
        attributes: dict[str, str] = {}
        if stroked:
            classes.append(f"k-{_name(stroke)}")
            attributes["stroke-width"] = decimal(gc.get_linewidth())
        _, pattern = gc.get_dashes()
        if stroked and pattern is not None:
            classes.append("dash")
            attributes["stroke-dasharray"] = " ".join(
                decimal(length) for length in np.asarray(pattern)
            )
            attributes["stroke-linecap"] = "butt"
        return {"class": " ".join(classes)} | attributes | _opacity(face if filled else stroke)

    def _add(self, attributes: dict[str, str], paths: list[Steps]) -> None:
        """Append marks to the last layer if they look the same; start a new one if not."""
        tag = self._groups[-1]
        if tag is not None:
            attributes = attributes | {"data-i": tag}
        artist = 0 if tag is None else self._artist
        last = self.layers[-1] if self.layers else None
        # The runs of a tag count the marks of one artist: those of two must not be joined. Nor may
        # fills: where two overlap, one path would show a hole or lose the second coat.
        alike = last is not None and (last.attributes, last.artist) == (attributes, artist)
        if last is None or not alike or "f-" in attributes["class"]:
            last = Layer(attributes=attributes, artist=artist)
            self.layers.append(last)
        last.paths.extend(paths)


def _name(rgba: Any) -> str:
    code = to_hex(tuple(rgba)[:3])
    if code not in _NAMES:
        raise ValueError(f"colour {code} has no class; use one of {', '.join(LIGHT)}")
    return _NAMES[code]


def _opacity(rgba: Any) -> dict[str, str]:
    alpha = float(rgba[3]) if len(rgba) > 3 else 1.0
    return {} if alpha >= 1 else {"opacity": decimal(alpha)}
