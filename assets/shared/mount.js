// A component whose view lives on its mount point and outlives every change of its data.

// `View` is made of the mount point, told with `update(data, said)`, and ended by `destroy()`.
export function mounted(View) {
  const views = new WeakMap(); // mount point -> View

  // The cleanup of an overtaken call also runs while the view stays, so ask the document first.
  const leave = (mount, view) => setTimeout(() => {
    if (mount.isConnected || views.get(mount) !== view) return;
    views.delete(mount);
    view.destroy();
  }, 0);

  // Streamlit calls this on mount and again whenever the data or the theme changes.
  return ({ parentElement, data, setStateValue, setTriggerValue }) => {
    if (!views.has(parentElement)) views.set(parentElement, new View(parentElement));
    const view = views.get(parentElement);
    view.update(data, { setStateValue, setTriggerValue });
    return () => leave(parentElement, view);
  };
}
