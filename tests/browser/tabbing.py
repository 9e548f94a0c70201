"""Going through a page by Tab: where focus lands, what it is called, and whether one sees it."""

from dataclasses import dataclass

MOST = 250  # stops of a page; more is a trap
AROUND = 8  # px beside an element in which its focus may be drawn

# The element in focus, through shadow trees.
FOCUSED = """() => {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found;
}"""

# Whether a table in focus has its cursor on a cell, which it may get a few frames later.
IN_A_CELL = "() => !document.activeElement?.matches('[data-testid=stDataFrame] canvas')"

# Where it stands: test ids and classes of everything around it, and the number of the stop it was
# before; null where nothing is in focus.
DESCRIBED = """(node) => {
  if (!node || node === document.body) return null;
  const around = [];
  for (let one = node; one; one = one.parentElement ?? one.getRootNode().host ?? null) {
    around.push(...one.classList, one.dataset?.testid ?? "");
  }
  const { tabbed } = window;
  const before = tabbed.get(node) ?? null;
  if (before === null) tabbed.set(node, tabbed.size);
  return { around, before, tabindex: node.tabIndex, tag: node.localName };
}"""

# As on a page just opened, whatever was clicked on it: the next Tab enters at its top.
FROM_THE_TOP = """() => {
  window.tabbed = new Map();
  const start = document.createElement("span");
  start.tabIndex = -1;
  document.body.prepend(start);
  start.focus();
  start.remove();
}"""


@dataclass(frozen=True)
class Stop:
    """An element that Tab reached."""

    tag: str
    role: str
    name: str
    around: frozenset[str]
    tabindex: int
    is_seen: bool  # that it has the focus

    def __str__(self):
        return f"{self.role} {self.name[:60]!r} <{self.tag}>"


def stops(tab):
    """Every element that Tab reaches, from the top of the page to its end, in that order.

    Fails where Tab comes back to an element other than the first: it is trapped there.
    """
    tab.evaluate(FROM_THE_TOP)
    session = tab.context.new_cdp_session(tab)
    found = []
    while len(found) < MOST:
        tab.keyboard.press("Tab")
        tab.wait_for_function(IN_A_CELL)
        node = tab.evaluate_handle(FOCUSED)
        seen = node.evaluate(DESCRIBED)
        if seen is None or seen["before"] == 0:
            session.detach()
            return found
        assert seen["before"] is None, f"Tab comes back from {found[-1]} to {called(session)}"
        role, name = called(session)
        around = frozenset(seen["around"])
        sight = is_visible(tab, node)
        found.append(Stop(seen["tag"], role, name, around, seen["tabindex"], sight))
    raise AssertionError(f"no end after {MOST} stops, the last of them {found[-1]}")


def called(session):
    """Role and name of the element in focus, as the browser tells assistive technology."""
    element = session.send("Runtime.evaluate", {"expression": f"({FOCUSED})()"})["result"]
    asked = {"objectId": element["objectId"], "fetchRelatives": False}
    (node,) = session.send("Accessibility.getPartialAXTree", asked)["nodes"]
    return tuple(node.get(part, {}).get("value", "") for part in ("role", "name"))


def is_visible(tab, node):
    """Whether the place around an element looks otherwise without its focus."""
    with_focus = pictured(tab, node)
    if with_focus is None:
        return False
    node.evaluate("(node) => node.blur()")
    without = pictured(tab, node)
    node.evaluate("(node) => node.focus({ preventScroll: true })")
    return with_focus != without


def pictured(tab, node):
    """The place around an element as it looks, where it is in the window at all."""
    left, top, width, height = placed(node)
    window = tab.viewport_size
    x, y = max(0, left - AROUND), max(0, top - AROUND)
    right = min(window["width"], left + width + AROUND)
    bottom = min(window["height"], top + height + AROUND)
    if right <= x or bottom <= y:
        return None
    clip = {"x": x, "y": y, "width": right - x, "height": bottom - y}
    return tab.screenshot(clip=clip, animations="disabled")


def placed(node):
    """Left, top, width and height in the window; a table's cells stand in its canvas."""
    return node.evaluate(
        """(node) => {
          const box = (node.closest("canvas") ?? node).getBoundingClientRect();
          return [box.left, box.top, box.width, box.height];
        }"""
    )
