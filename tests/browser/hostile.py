"""Texts that try to be more than text."""

HOSTILE = (
    '<img src=x onerror="window.broken = 1"><script>window.broken = 1</script>'
    "<style>*{display:none}</style> **bold** <h1>heading</h1>"
)
UNSEEN = "left \u202e right, zero\u200bwidth, bell \u0007, family \U0001f468\u200d\U0001f469"
CODE = "Before\n```python\nprint('<b>x</b>')\n```\nafter"
