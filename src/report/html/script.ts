/**
 * The page's only script. It writes text with textContent and nothing else, asks for nothing over the network,
 * and the page is complete without it: it adds stepping.
 */
export const script = `
(() => {
  'use strict';
  document.documentElement.classList.replace('no-script', 'js');

  const element = (tag, name, text) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  function start(trace) {
    const rows = [...trace.querySelectorAll('tr[data-step]')];
    if (rows.length === 0) return;
    const data = JSON.parse(trace.querySelector('script').textContent);
    const slider = trace.querySelector('input');
    const output = trace.querySelector('[data-at]');
    const stateBox = trace.querySelector('[data-state]');
    const threads = [...trace.querySelectorAll('[data-thread]')];
    let at = -1;

    // Moving follows the step with the eye; only keys and clicks on a row move the focus as well.
    function show(step, focus, scroll = true) {
      step = Math.max(0, Math.min(rows.length - 1, step));
      if (at >= 0) {
        rows[at].classList.remove('now');
        rows[at].querySelector('button').tabIndex = -1;
        rows[at].querySelector('button').removeAttribute('aria-current');
      }
      at = step;
      const button = rows[at].querySelector('button');
      rows[at].classList.add('now');
      button.tabIndex = 0;
      button.setAttribute('aria-current', 'step');
      slider.value = String(at + 1);
      output.textContent = 'step ' + (at + 1) + ' of ' + rows.length;
      showPositions();
      if (stateBox) showState();
      if (focus) button.focus({ preventScroll: true });
      if (scroll) rows[at].scrollIntoView({ block: 'nearest' });
    }

    function showPositions() {
      threads.forEach((box, lane) => {
        let last = at;
        while (last >= 0 && Number(rows[last].dataset.lane) !== lane) last--;
        box.classList.toggle('acts', last === at);
        const place = box.querySelector('dd');
        place.replaceChildren();
        if (last < 0) {
          place.textContent = 'not started';
          return;
        }
        const row = rows[last];
        const where = row.querySelector('.helper').textContent + ' ' + row.querySelector('.line').textContent;
        place.append(element('span', '', where.trim() || 'step ' + (last + 1)));
        const code = row.querySelector('code');
        if (code) place.append(element('code', '', code.textContent));
      });
    }

    function showState() {
      const now = new Map();
      const before = new Map();
      for (let step = 0; step <= at; step++) {
        if (step === at) for (const [row, value] of now) before.set(row, value);
        for (const [row, value] of data.steps[step]) {
          if (value < 0) now.delete(row);
          else now.set(row, value);
        }
      }
      const changed = new Set(data.steps[at].map(change => change[0]));
      stateBox.replaceChildren();
      let title = null;
      let body = null;
      data.rows.forEach(([section, name], row) => {
        if (!now.has(row) && !before.has(row)) return;
        if (section !== title) {
          title = section;
          stateBox.append(element('h4', '', section));
          const table = element('table');
          table.setAttribute('aria-label', section);
          body = table.createTBody();
          stateBox.append(table);
        }
        const line = element('tr');
        const head = element('th', '', name);
        head.scope = 'row';
        const cell = element('td', '', now.has(row) ? data.values[now.get(row)] : 'gone');
        if (changed.has(row) && at > 0) {
          line.className = 'diff';
          const was = before.has(row) ? data.values[before.get(row)] : 'nothing';
          cell.append(' (was: ', element('s', '', was), ')');
        }
        line.append(head, cell);
        body.append(line);
      });
    }

    const moves = { first: () => 0, previous: () => at - 1, next: () => at + 1, last: () => rows.length - 1 };
    const keys = { ArrowDown: 'next', ArrowRight: 'next', j: 'next', ArrowUp: 'previous', ArrowLeft: 'previous',
      k: 'previous', Home: 'first', End: 'last' };
    trace.addEventListener('click', event => {
      const go = event.target.closest('[data-go]');
      if (go) return show(moves[go.dataset.go](), false);
      const row = event.target.closest('tr[data-step]');
      if (row && String(getSelection()) === '') show(Number(row.dataset.step), true);
    });
    slider.addEventListener('input', () => show(Number(slider.value) - 1, false));
    trace.addEventListener('keydown', event => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target === slider) return;
      const move = Object.hasOwn(keys, event.key) ? keys[event.key] : null;
      if (!move) return;
      event.preventDefault();
      show(moves[move](), true);
    });
    show(0, false, false);
  }

  for (const trace of document.querySelectorAll('[data-trace]')) start(trace);
  const closed = [];
  addEventListener('beforeprint', () => {
    for (const box of document.querySelectorAll('details:not([open])')) {
      box.open = true;
      closed.push(box);
    }
  });
  addEventListener('afterprint', () => {
    while (closed.length > 0) closed.pop().open = false;
  });
  const openTarget = () => {
    const target = document.getElementById(location.hash.slice(1));
    for (let box = target; box; box = box.parentElement) if (box.tagName === 'DETAILS') box.open = true;
  };
  addEventListener('hashchange', openTarget);
  openTarget();
})();
`;
