// On the page that a sent form leads to: what the browser kept of that form is no longer needed, but its key is (see form.js).
export function enhance() {
  const sent = JSON.parse(sessionStorage.getItem("sent"));
  if (!sent) return;
  const [key, path, formKey] = sent;
  localStorage.removeItem(key);
  sessionStorage.setItem(`sent:${path}`, formKey);
  sessionStorage.removeItem("sent");
}
