// Runs after the module, in words that every browser understands: when the module never ran, the page says so (CL-13).
if (document.documentElement.getAttribute('data-started') === null) {
  document.getElementById('too-old').removeAttribute('hidden');
}
