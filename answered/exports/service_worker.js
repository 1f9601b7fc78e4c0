/* Keeps for times without a connection what practice needs, and other pages as they are read; with a connection all comes from it. */
"use strict";

const CACHE = "pytorch-answered";

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

addEventListener("fetch", (event) => {
  const {method, url} = event.request;
  if (method === "GET" && url.startsWith(registration.scope) && !url.includes("/downloads/")) event.respondWith(answer(event.request));
});

const answer = async (request) => {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request, {ignoreSearch: true});
    if (kept) return kept;
    throw error;
  }
};
