"""A curator at the curate page: comes under a name, decides by keys, waits for what is stored."""

import re

PATIENCE = 120_000  # ms a page may take on two busy cores
VERDICT_OF = {"a": "approved", "x": "rejected", "s": "unsure"}
FRONT = ".curate[data-front]:not([data-front='']):not([hidden])"


class Curator:
    """Somebody with the curate page in front of them, and the keys that they pressed.

    `pressed` is what decided and was not taken back, in order: (example, key).
    """

    def __init__(self, tab, name):
        self.tab = tab
        self.name = name
        self.pressed = []

    @classmethod
    def come(cls, tab, address, name, query=""):
        """Open the page and say who one is."""
        tab.set_default_timeout(PATIENCE)
        tab.goto(f"{address}/curate{query}")
        field = tab.get_by_role("textbox", name="Your name")
        field.fill(name)
        field.press("Enter")
        curator = cls(tab, name)
        curator.ready()
        return curator

    def ready(self):
        """Wait until a card is there to be decided."""
        self.tab.wait_for_selector(FRONT)

    def front(self):
        """The example in front, once there is one."""
        if not self.at():
            self.ready()
        return self.at()

    def at(self):
        """The example in front; empty where the cards in hand are at an end."""
        return self.tab.locator(".curate").get_attribute("data-front")

    def decide(self, key):
        """Press a verdict's key; the sole carrier of something is rejected by a second X."""
        example = self.front()
        self.tab.keyboard.press(key)
        if key == "x" and self.at() == example:
            self.tab.keyboard.press(key)
        self.pressed.append((example, key))
        return example

    def undo(self):
        """Take the last verdict back, which brings its example to the front."""
        example, _ = self.pressed.pop()
        self.tab.keyboard.press("z")
        self.tab.wait_for_selector(f".curate[data-front='{example}']")
        return example

    def until_stored(self):
        """Wait until the page shows nothing as pending."""
        self.tab.wait_for_selector(".curate[data-pending='0']")

    def told(self, text):
        """Wait until the page says so; whether it then does."""
        said = self.tab.get_by_text(text).first
        said.wait_for()
        return said.is_visible()

    @property
    def verdicts(self):
        """What the keys come to, by example."""
        return {example: VERDICT_OF[key] for example, key in self.pressed}


def cells(tab, heading):
    """The lines of the table with a column of this name, as their cells hold it."""
    own = tab.locator("[role=columnheader]").filter(has_text=re.compile(f"^{heading}$"))
    lines = tab.locator("[data-testid=stDataFrame]").filter(has=own).first.locator("[role=row]")
    lines.first.wait_for(state="attached")
    return lines.evaluate_all(
        "rows => rows.map((row) => [...row.querySelectorAll('[role=gridcell]')]"
        ".map((cell) => cell.textContent)).filter((cells) => cells.length)"
    )
