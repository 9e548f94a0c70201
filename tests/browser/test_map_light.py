"""How the map looks: shading, samples, names, sizes, palettes, and what it costs."""

import io
import sys

import numpy as np
import pytest
from PIL import Image

from pages.components.map_arrays import difference_array
from tests.browser.map_pool import N_CLUSTERS, synthetic

pytestmark = pytest.mark.browser

POOL = 51_924
SHADED = 300_000
LARGE = 1_200_000
HEAP = 60e6  # bytes a map of a million points may take, and everything else on the page with it
SIDE, TOP = 28, 48  # px around the outermost points
MODULES = "/_stcore/bidi-components/coreset-atlas.map"

# Counts what is asked of WebGL: vertices drawn, textures filled, objects made and not yet deleted.
WATCH_GL = """
  window.gl = { vertices: 0, textures: 0, made: 0, alive: {} };
  const surface = WebGL2RenderingContext.prototype;
  const watch = (name, note) => {
    const before = surface[name];
    surface[name] = function (...given) { note(...given); return before.apply(this, given); };
  };
  watch('drawArrays', (mode, first, count) => { window.gl.vertices += count; });
  watch('drawElements', (mode, count) => { window.gl.vertices += count; });
  watch('texImage2D', () => { window.gl.textures += 1; });
  watch('createBuffer', () => { window.gl.made += 1; });
  const kinds = ['Buffer', 'Texture', 'Program', 'Shader', 'VertexArray', 'Framebuffer',
    'Renderbuffer'];
  for (const kind of kinds) {
    window.gl.alive[kind] = 0;
    watch(`create${kind}`, () => { window.gl.alive[kind] += 1; });
    watch(`delete${kind}`, (made) => { if (made) window.gl.alive[kind] -= 1; });
  }
"""

BOXES = """(root) => [...root.querySelectorAll('.place.shown')].map((place) => {
  const { left, top, right, bottom } = place.getBoundingClientRect();
  return [left, top, right, bottom];
})"""


def opened(tab, server, query=""):
    """The map's root once its first frame is drawn."""
    tab.add_init_script(WATCH_GL)
    tab.goto(f"{server}/?{query}")
    tab.wait_for_selector(".atlas-map[data-ready=true]", timeout=60_000)
    tab.mouse.move(2, 2)
    return tab.locator(".atlas-map")


def frames_after(tab, root, act):
    """Does it and waits until the map has drawn what followed."""
    before = root.get_attribute("data-frame")
    act()
    tab.wait_for_function(
        "([root, before]) => root.dataset.frame !== before", arg=[root.element_handle(), before]
    )
    tab.wait_for_timeout(250)
    return int(root.get_attribute("data-frame")) - int(before)


def picture(tab):
    """The stage without its border and tools, (height, width, 3)."""
    shot = Image.open(io.BytesIO(tab.locator(".stage").screenshot())).convert("RGB")
    return np.asarray(shot, dtype=float)


def zoom(tab, steps):
    box = tab.locator(".stage").bounding_box()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for _ in range(abs(steps)):
        tab.mouse.wheel(0, -200 if steps > 0 else 200)
        tab.wait_for_timeout(60)
    tab.wait_for_timeout(250)
    tab.mouse.move(2, 2)


def module(tab, name, body, *given):
    """Runs a function of one of the map's modules in the page."""
    return tab.evaluate(
        f"async (given) => {{ const its = await import('{MODULES}/{name}.js'); {body} }}",
        list(given),
    )


# --- shading ----------------------------------------------------------------------------------


def test_the_shading_is_as_dark_as_its_place_is_full(tab, map_server):
    opened(tab, map_server, f"n={SHADED}&plain")
    grey = picture(tab).mean(axis=2)
    height, width = grey.shape
    points, _, _ = synthetic(SHADED)
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array([width - 2 - 2 * SIDE, height - 2 - 2 * TOP])
    places = (points - (low + high) / 2) * (room / (high - low)).min()
    x, y = places[:, 0] + width / 2, height / 2 - places[:, 1]
    block = 6  # px
    edges = [np.arange(60, height - 12, block), np.arange(12, width - 12, block)]
    counts, _, _ = np.histogram2d(y, x, bins=edges)
    tones = np.array(
        [[grey[i : i + block, j : j + block].mean() for j in edges[1][:-1]] for i in edges[0][:-1]]
    )
    full = counts > 3
    ranks = [np.argsort(np.argsort(values[full])) for values in (counts, -tones)]
    assert np.corrcoef(*ranks)[0, 1] > 0.93
    assert len(np.unique(tones[counts > 100].round())) > 20  # and not one flat grey


def test_every_point_is_counted_once_and_one_without_a_place_not_at_all(tab, map_server):
    opened(tab, map_server, "n=500")
    counted = """
      const points = new Float32Array(20_002);
      for (let i = 0; i < 20_000; i += 1) points[i] = Math.sin(i * 12.9898) * 5;
      points[20_000] = points[20_001] = NaN;
      const density = new its.Density(points, [-5, -5, 5, 5], 1);
      const counts = density.counted(points);
      return [counts.reduce((sum, count) => sum + count, 0), counts.length,
        density.columns * density.rows, density.levels.length];"""
    total, *cells = module(tab, "density", counted)
    assert total == 10_000
    assert len(set(cells)) == 1


def test_points_are_counted_again_only_where_the_zoom_takes_a_step(tab, map_server):
    root = opened(tab, map_server)
    stage = tab.locator(".stage")
    tab.wait_for_timeout(300)
    textures = tab.evaluate("gl.textures")
    frames_after(tab, root, lambda: stage.press("ArrowLeft"))
    assert tab.evaluate("gl.textures") == textures
    frames_after(tab, root, lambda: stage.press("+"))  # 1.4: the same step
    assert tab.evaluate("gl.textures") == textures
    frames_after(tab, root, lambda: stage.press("+"))  # 1.96
    frames_after(tab, root, lambda: stage.press("+"))  # 2.7: the next one
    assert tab.evaluate("gl.textures") == textures + 1


def test_where_points_lie_apart_nothing_is_shaded(tab, map_server):
    opened(tab, map_server, "n=1500&plain")
    pixels = picture(tab)[60:-12, 12:-12]
    surface = pixels[-1, -1]
    touched = np.abs(pixels - surface).sum(axis=2) > 6
    assert touched.mean() < 0.12


# --- budget -----------------------------------------------------------------------------------


def test_a_budget_step_draws_the_chosen_points_alone(tab, map_server):
    root = opened(tab, map_server)
    tab.wait_for_timeout(300)
    before = tab.evaluate("gl.vertices")
    tab.locator(".range").focus()
    n_frames = frames_after(tab, root, lambda: tab.keyboard.press("ArrowRight"))
    assert tab.evaluate("gl.vertices") - before == 1001 * n_frames


def test_a_pan_draws_the_pool_anew(tab, map_server):
    root = opened(tab, map_server, "plain")
    before = tab.evaluate("gl.vertices")
    frames_after(tab, root, lambda: tab.locator(".stage").press("ArrowLeft"))
    assert tab.evaluate("gl.vertices") - before >= POOL


# --- samples ----------------------------------------------------------------------------------


def test_above_a_million_a_sample_is_drawn_and_the_legend_says_so(tab, map_server):
    root = opened(tab, map_server, f"n={LARGE}")
    note = tab.locator(".sample").inner_text()
    assert note.startswith("1,200,000 examples: every one counts in the shading; 300,")
    assert "drawn as points, drawn at random" in note
    before = tab.evaluate("gl.vertices")
    n_frames = frames_after(tab, root, lambda: tab.locator(".stage").press("ArrowLeft"))
    assert tab.evaluate("gl.vertices") - before <= n_frames * (300_000 + 256 + 1000 + 3)
    zoom(tab, 4)
    assert tab.locator(".sample").is_hidden()


def test_a_million_and_fewer_are_all_drawn(tab, map_server):
    opened(tab, map_server, "n=60000")
    assert tab.locator(".sample").is_hidden()


def test_the_sample_is_fair_and_grows_by_rows_added(tab, map_server):
    opened(tab, map_server, "n=500")
    drawn = """
      const { Camera } = await import(given[0]);
      const n = 1_100_000;
      const points = new Float32Array(2 * n);
      for (let i = 0; i < 2 * n; i += 1) points[i] = ((i * 7919) % 10_007) / 10_007;
      const tiles = new its.Tiles(points, [0, 0, 1, 1]);
      const { rows } = tiles;
      const camera = new Camera();
      camera.setBounds([0, 0, 1, 1]);
      camera.resize(800, 800);
      const taken = (zoom) => {
        camera.zoom = zoom;
        const { share, stretches } = tiles.drawn(camera, 1);
        const found = stretches.flatMap(([first, count]) => [...rows.slice(first, first + count)]);
        return [share, new Set(found)];
      };
      const [share, few] = taken(1);
      const [more, many] = taken(1.5);
      const inMiddle = (row) => [0, 1].every((k) => Math.abs(points[2 * row + k] - 0.5) < 0.2);
      const middle = Array.from({ length: n }, (_, row) => row).filter(inMiddle);
      const of = (set) => middle.filter((row) => set.has(row)).length / middle.length;
      return {
        isWhole: new Set(rows).size === n, share, more,
        few: of(few), many: of(many), size: few.size / n,
        isKept: middle.every((row) => !few.has(row) || many.has(row)),
        mean: [...few].reduce((sum, row) => sum + row, 0) / few.size / n,
      };"""
    found = module(tab, "sample", drawn, f"{MODULES}/camera.js")
    assert found["isWhole"]
    assert found["isKept"]
    assert found["share"] == pytest.approx(300_000 / 1_100_000)
    assert found["size"] == pytest.approx(found["share"], abs=0.001)
    assert found["few"] == pytest.approx(found["share"], abs=0.005)
    assert found["many"] == pytest.approx(found["more"], abs=0.005)
    assert found["mean"] == pytest.approx(0.5, abs=0.003)


def test_a_slow_card_gets_fewer_points_while_the_map_moves_and_all_at_rest(tab, map_server):
    opened(tab, map_server, "n=500")
    paced = """
      const pace = new its.Pace();
      const at = (x, waited) => pace.of({ x, y: 0, zoom: 1 }, waited);
      return [at(0, 900), at(1, 10), at(2, 400), at(3, 80), at(3, 10), at(4, 5), at(5, 5)];"""
    first, quick, slow, slower, rest, *better = module(tab, "pace", paced)
    assert first == quick == rest == 1
    assert slow == pytest.approx(0.1)
    assert slower == pytest.approx(0.05)
    assert slower < better[0] < better[1] < 1


@pytest.mark.parametrize("points", [[], [3, 3], [0, 1, 5, 1, 9, 1], [float("nan")] * 4])
def test_odd_pools_are_counted_and_ordered_too(tab, map_server, points):
    opened(tab, map_server, "n=500")
    counted = """
      const { boundsOf, Camera } = await import(given[1]);
      const { Tiles } = await import(given[2]);
      const points = new Float32Array(given[0].map((value) => value ?? NaN));
      const bounds = boundsOf(points);
      const { levels, full, side } = new its.Density(points, bounds, 4);
      const tiles = new Tiles(points, bounds);
      const camera = new Camera();
      camera.setBounds(bounds);
      camera.resize(300, 200);
      return [levels.length, full, side, tiles.drawn(camera, 1).drawn, tiles.takeRows().length];"""
    given = [None if np.isnan(value) else value for value in points]
    cells, full, side, drawn, rows = module(
        tab, "density", counted, given, f"{MODULES}/camera.js", f"{MODULES}/sample.js"
    )
    assert cells >= 1
    assert full >= 0
    assert side > 0
    assert drawn == rows == len(points) // 2


# --- names ------------------------------------------------------------------------------------


def boxes(root):
    return root.evaluate(BOXES)


def is_apart(one, other):
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_names_never_overlap_nor_stand_under_the_tools(tab, map_server):
    root = opened(tab, map_server, "names")
    tools = tab.locator(".tools").bounding_box()
    bar = [tools["x"], tools["y"], tools["x"] + tools["width"], tools["y"] + tools["height"]]
    for steps in (0, 1, 2, -4):
        zoom(tab, steps)
        shown = [*boxes(root), bar]
        assert len(shown) > 2
        assert all(is_apart(one, b) for i, one in enumerate(shown) for b in shown[:i])


def test_names_grow_and_become_more_with_the_zoom(tab, map_server):
    root = opened(tab, map_server, "names")
    size = "(root) => parseFloat(root.querySelector('.place.shown').style.fontSize)"
    n_far, size_far = len(boxes(root)), root.evaluate(size)
    zoom(tab, 2)
    assert len(boxes(root)) > n_far
    assert root.evaluate(size) > size_far


def test_names_stay_while_the_map_is_moved_a_little(tab, map_server):
    root = opened(tab, map_server, "names")
    shown = "(root) => [...root.querySelectorAll('.place.shown')].map((p) => p.textContent).sort()"
    before = root.evaluate(shown)
    box = tab.locator(".stage").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    for step in (5, 6, 7, 8, 7, 6, 5, 0):
        tab.mouse.move(x + step, y)
        tab.wait_for_timeout(40)
        assert root.evaluate(shown) == before
    tab.mouse.up()


def test_a_name_is_text_and_lets_the_hand_through(tab, map_server):
    root = opened(tab, map_server, "names")
    texts = root.locator(".place").all_inner_texts()
    assert any(text.startswith("<b>markup</b>") for text in texts)
    assert root.locator(".place b").count() == 0
    assert root.locator(".labels").evaluate("(node) => getComputedStyle(node).pointerEvents") == (
        "none"
    )


def test_names_are_switched_by_their_tool_and_by_their_key(tab, map_server):
    root = opened(tab, map_server, "names")
    tool = tab.get_by_role("button", name="Names")
    assert tool.get_attribute("aria-pressed") == "true"
    tool.click()
    assert tool.get_attribute("aria-pressed") == "false"
    assert tab.locator(".labels").is_hidden()
    tab.locator(".stage").press("n")
    assert tool.get_attribute("aria-pressed") == "true"
    tab.wait_for_timeout(100)
    assert len(boxes(root)) > 3


def test_without_names_there_is_no_tool_for_them(tab, map_server):
    opened(tab, map_server)
    assert tab.get_by_role("button", name="Names").count() == 0


# --- sizes and colours ------------------------------------------------------------------------


def test_sizes_by_pick_are_stated_and_early_picks_are_larger(tab, map_server):
    opened(tab, map_server)
    even = accented(picture(tab))
    opened(tab, map_server, "sizes=pick")
    assert "the earlier, the larger" in tab.locator(".legend").inner_text()
    by_pick = accented(picture(tab))
    assert largest_run(by_pick) > 1.5 * largest_run(even)


def accented(pixels):
    """Where the accent is seen: much more blue than red."""
    return pixels[60:-12, 12:-12, 2] - pixels[60:-12, 12:-12, 0] > 100


def largest_run(mask):
    """The longest horizontal run, at the level of the 99.9th percentile."""
    runs = [
        np.diff(np.flatnonzero(np.diff(np.concatenate([[0], row, [0]]))))[::2]
        for row in mask.astype(int)
        if row.any()
    ]
    return float(np.percentile(np.concatenate(runs), 99.5))


def test_a_difference_runs_from_blue_through_grey_to_orange(tab, map_server):
    opened(tab, map_server, "colour=difference&plain")
    low, middle, high = tab.locator(".ends span").all_inner_texts()
    assert middle == "0"
    assert low == high.replace("+", "-")
    pixels = picture(tab)[60:-12, 12:-12]
    warmth = pixels[:, :, 0] - pixels[:, :, 2]
    seen = np.flatnonzero((np.abs(warmth) > 60).any(axis=0))
    left, right = seen[0], seen[-1]
    assert warmth[:, left : left + 60].min() < -60
    assert warmth[:, right - 60 : right].max() > 60


def test_points_set_aside_by_a_mask_step_back(tab, map_server):
    opened(tab, map_server, "plain")
    even = picture(tab)[60:-12, 12:-12].mean(axis=2)
    opened(tab, map_server, "plain&mask")
    masked = picture(tab)[60:-12, 12:-12].mean(axis=2)
    assert np.percentile(masked, 0.5) < np.percentile(even, 0.5) - 25


@pytest.mark.parametrize("values", [[-2.0, 1.0, 0.0], [0.0, 0.0], [5.0, np.nan]])
def test_a_difference_is_centred_on_zero(values):
    score = difference_array(np.array(values), "0" * 16, title="Difference")
    low, high = (float(text) for text in (score.low, score.high))
    assert low == -high < 0
    assert score.as_json()["middle"] == "0"


# --- what it lives through --------------------------------------------------------------------


def test_a_lost_context_comes_back_with_its_shading(tab, map_server):
    root = opened(tab, map_server, "n=300000")
    tab.wait_for_timeout(300)
    before = picture(tab)
    root.locator("canvas").evaluate(
        """(canvas) => {
          const loss = canvas.getContext('webgl2').getExtension('WEBGL_lose_context');
          loss.loseContext();
          setTimeout(() => loss.restoreContext(), 50);
        }"""
    )
    tab.wait_for_timeout(1200)
    assert np.abs(picture(tab) - before).mean() < 0.5


def test_a_denser_screen_gets_as_many_pixels(tab, map_server):
    root = opened(tab, map_server)
    canvas = root.locator("canvas")
    width = canvas.evaluate("(canvas) => canvas.width")
    tools = tab.context.new_cdp_session(tab)
    for factor, height in ((2, 1001), (1, 1000)):  # one px more, or the browser lays out nothing
        size = {"width": 1280, "height": height, "mobile": False, "deviceScaleFactor": factor}
        tools.send("Emulation.setDeviceMetricsOverride", size)
        tab.wait_for_function(
            "([canvas, width]) => Math.abs(canvas.width - width) < 3",
            arg=[canvas.element_handle(), factor * width],
        )
        drawn = canvas.evaluate("(canvas) => canvas.width")
        assert drawn == pytest.approx(factor * width, abs=3)


def test_every_object_on_the_graphics_card_is_deleted_on_leaving(tab, map_server):
    opened(tab, map_server, "colour=cluster&names&mask")
    with tab.expect_response("**/atlas/**"):
        tab.get_by_role("button", name="Select again").click()
    tab.wait_for_timeout(500)
    alive = tab.evaluate("gl.alive")
    assert alive["Buffer"] >= 5
    assert alive["Framebuffer"] == 1
    tab.get_by_text("Hide").click()
    tab.wait_for_function("() => !Object.values(gl.alive).some(Boolean)")


def test_a_new_selection_fades_in_unless_motion_is_reduced(tab, map_server):
    opened(tab, map_server, "n=2000")
    tab.wait_for_timeout(300)
    assert selections_kept(tab) == 2  # the ranks of the one before, and its rows in pick order
    tab.emulate_media(reduced_motion="reduce")
    tab.wait_for_timeout(300)
    assert selections_kept(tab) == 0
    tab.emulate_media(reduced_motion="no-preference")


def selections_kept(tab):
    """How many buffers a new selection asks for besides those that are there."""
    before = tab.evaluate("gl.made")
    with tab.expect_response("**/atlas/**"):
        tab.get_by_role("button", name="Select again").click()
    tab.wait_for_timeout(700)
    return tab.evaluate("gl.made") - before


def test_the_heap_of_a_million_points_is_small(tab, map_server, capsys):
    opened(tab, map_server, "n=1000000&colour=cluster")
    zoom(tab, 1)
    tools = tab.context.new_cdp_session(tab)
    tools.send("HeapProfiler.collectGarbage")
    usage = tools.send("Runtime.getHeapUsage")
    taken = usage["usedSize"] + usage["embedderHeapUsedSize"] + usage["backingStorageSize"]
    with capsys.disabled():
        sys.stdout.write(f"\nheap at a million points: {taken / 1e6:.0f} MB\n")
    assert taken < HEAP


def test_there_are_as_many_names_as_clusters(tab, map_server):
    root = opened(tab, map_server, "names")
    assert root.locator(".place").count() == N_CLUSTERS
