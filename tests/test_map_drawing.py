"""Maps drawn outside of the live one: the sample, the colours, the raster, the figure, the file."""

import io
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.pipeline.colouring import Groups, Scale
from core.pipeline.map_drawing import Drawing, Palette, fair_sample, legend, row_colours
from core.pipeline.map_png import png
from core.project.raster import counted, places_in, shading, stamped
from pages.components.map_figure import html_file, map_figure

BLACK, WHITE, GREY, BLUE, RED = (0, 0, 0), (1, 1, 1), (0.5, 0.5, 0.5), (0, 0, 1), (1, 0, 0)
PALETTE = Palette(WHITE, BLACK, GREY, BLUE, [RED, BLUE], {"viridis": [BLACK, WHITE]})


def drawing(n=500, n_chosen=50, shade=None, title="Map"):
    points = np.random.default_rng(0).normal(size=(n, 2)).astype(np.float32)
    return Drawing(title, "a caption", points, np.arange(n_chosen), shade)


def scale(values):
    there = np.ones(len(values), dtype=bool)
    return Scale("s", np.asarray(values, dtype=np.float32), there, "low", "high", "0" * 16)


def test_a_small_map_is_drawn_whole():
    assert sorted(fair_sample(drawing(), 1_000).tolist()) == list(range(500))


@given(st.integers(0, 300), st.integers(2, 200))
def test_a_sample_holds_distinct_rows_and_no_more_than_asked(n_chosen, most):
    rows = fair_sample(drawing(300, n_chosen), most)
    assert len(set(rows.tolist())) == len(rows) == min(most, 300)


def test_a_sample_leaves_half_its_room_to_the_chosen():
    rows = fair_sample(drawing(10_000, 4_000), 1_000)
    assert (rows < 4_000).sum() == 500


def test_a_sample_is_the_same_each_time():
    assert fair_sample(drawing(), 100).tolist() == fair_sample(drawing(), 100).tolist()


def test_groups_take_their_colours_by_size_and_noise_stays_grey():
    groups = Groups("g", np.array([1, 1, 0, -1]), ("few", "many"), "noise", "0" * 16)
    assert row_colours(drawing(4, 0, groups), PALETTE).tolist() == [
        [1, 0, 0], [1, 0, 0], [0, 0, 1], [0.5, 0.5, 0.5],
    ]  # fmt: skip


def test_a_scale_is_mixed_between_its_ends():
    found = row_colours(drawing(3, 0, scale([0, 0.5, 1])), PALETTE)
    np.testing.assert_allclose(found[:, 0], [0, 0.5, 1])


def test_the_legend_names_pool_chosen_and_the_ends_of_a_scale():
    texts = [entry.text for entry in legend(drawing(3, 1, scale([0, 0.5, 1])), PALETTE)]
    assert texts == ["pool, 3 examples", "chosen, 1", "s: low", "high"]


def test_places_keep_one_scale_and_turn_y_upwards():
    points = np.array([[0, 0], [10, 0], [0, 5]], dtype=np.float32)
    places = places_in(points, 100, 100, margin=0)
    np.testing.assert_allclose(places, [[0, 75], [100, 75], [0, 25]], atol=1e-4)


def test_a_disc_has_the_area_of_a_circle():
    one = np.ones((1, 1), dtype=np.float32)
    place = np.array([[50.3, 49.8]], dtype=np.float32)
    assert stamped(place, 100, 100, 8, one).sum() == pytest.approx(np.pi * 64, rel=0.02)


def test_discs_over_the_edge_are_cut_off_and_not_wrapped():
    one = np.ones((1, 1), dtype=np.float32)
    grid = stamped(np.array([[0.0, 10.0]], dtype=np.float32), 20, 20, 3, one)
    assert grid[:, 10:].sum() == 0
    assert grid.sum() > 0


def test_counts_are_those_of_numpys_histogram():
    places = (np.random.default_rng(1).random((1_000, 2)) * [30, 20]).astype(np.float32)
    expected, _, _ = np.histogram2d(
        places[:, 1], places[:, 0], bins=(20, 30), range=((0, 20), (0, 30))
    )
    np.testing.assert_array_equal(counted(places, 30, 20), expected)


def test_shading_is_logarithmic_from_none_to_full():
    found = shading(np.array([[0, 9, 99]], dtype=np.float32))
    np.testing.assert_allclose(found, [[0, 0.5, 1]])


def test_a_png_shows_the_chosen_in_their_colour():
    picture = np.asarray(Image.open(io.BytesIO(png(drawing(), PALETTE, (800, 600)))))
    assert picture.shape == (600, 800, 3)
    blue = (picture[..., 2] > 200) & (picture[..., 0] < 60)
    assert blue[:, :600].sum() > 50 * 10


def test_an_empty_pool_is_a_picture_all_the_same():
    empty = Drawing("Map", "", np.zeros((0, 2), dtype=np.float32), np.zeros(0, dtype=np.int64))
    assert Image.open(io.BytesIO(png(empty, PALETTE, (400, 300)))).size == (400, 300)


def test_a_point_of_the_figure_carries_its_row():
    rows = np.array([7, 60])
    figure = map_figure(drawing(), PALETTE, rows)
    drawn = [
        row for trace in figure.data if trace.customdata is not None for row in trace.customdata
    ]
    assert sorted(drawn) == [7, 60]


def test_text_of_examples_enters_the_file_escaped():
    rows = np.array([0, 60])
    hostile = ["<img src=x onerror=alert(1)>", "</script><script>alert(2)</script>"]
    figure = map_figure(drawing(title="<b>t</b>"), PALETTE, rows, texts=hostile, on_card=True)
    written = html_file(figure).decode()
    own = written[written.index("Plotly.newPlot") :]
    assert "<img" not in own
    assert "<script>alert" not in own
    assert "<b>t" not in own


def test_the_file_asks_nobody_for_anything():
    written = html_file(map_figure(drawing(5, 1), PALETTE, np.arange(5))).decode()
    outside_the_library = re.sub(r"<script[^>]*>/\*\*.*?</script>", "", written, flags=re.DOTALL)
    assert not re.search(r'(src|href)="https?:', outside_the_library)
