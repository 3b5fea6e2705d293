// On the page that a sent form leads to: what the browser kept of that form is no longer needed.
export function enhance() {
  const key = sessionStorage.getItem("sent");
  if (!key) return;
  localStorage.removeItem(key);
  sessionStorage.removeItem("sent");
}
