// A page of another application. The job's id is kept in the address, so that a reload and other tabs pick it up.
const [bar, events] = ['bar', 'events'].map((id) => document.getElementById(id));

function pickUp() {
  bar.dataset.jobId = location.hash.slice(1);
  if (bar.dataset.jobId) attachProgressElements();
}

document.getElementById('start').addEventListener('click', async () => {
  const response = await fetch('/api/examples/1/analyze', { method: 'POST' });
  location.hash = (await response.json()).job_id;
});

for (const type of ['stall', 'reconnect', 'error', 'complete']) {
  globalPoller.addEventListener(type, ({ detail }) => {
    const line = document.createElement('li');
    line.textContent = `${type}: ${detail.progress?.status ?? detail.error?.message ?? `${Math.round(detail.downMs / 1000)} s`}`;
    events.prepend(line);
  });
}

addEventListener('hashchange', pickUp);
pickUp();
