// Keeps in this browser under which name somebody decides. A cookie, since the server then knows
// the name with the first word of a new session, and nothing has to be drawn twice.
const YEAR = 365 * 24 * 60 * 60; // s

// Streamlit calls this on mount and again whenever the data changes.
export default function curator({ data }) {
  const value = encodeURIComponent(data.name);
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${data.cookie}=${value}; path=/; max-age=${YEAR}; samesite=strict${secure}`;
}
