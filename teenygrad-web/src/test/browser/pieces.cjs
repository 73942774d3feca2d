// The interactive pieces of the chapters: each is moved by keys alone and shows what its process computed; on a phone, in the dark.
const {assert, contrast, noSideways, until} = require('../../../../teenygrad-serve/src/test/browser/page.cjs');

const WIDE = {viewport: {width: 1280, height: 1000}};

/** The pieces: chapter, what stands in the cell, and the cells to run before it, by their numbers, or below 0 counted back from it. */
const PIECES = {
  sunrise: ['1.1-probability', 'int sunrises', []],
  surface: ['1.1-probability', 'double deviation', []],
  doubleDescent: ['1.2-regression', 'int features', [-1]],
  strip: ['1.3-tensors', 'Strip.of(x, x.transpose', [1]],
  roofline: ['1.4-cpu', 'MachineRoofline.of', []],
  steps: ['2.2-autodiff', 'GraphSteps.of', []],
  film: ['2.1-networks', 'Film film', [-2, -1]],
  typedText: ['2.4-architectures', 'String visible', [-1]],
};

async function open(page, {book, token}, chapter) {
  await page.goto(`${book}/book/${chapter}?token=${token}`);
  await page.locator('body[data-ready]').waitFor();
}

/** The number of the first cell with such code. */
const numberOf = (page, code) => page.evaluate(text => [...document.querySelectorAll('.cell')].findIndex(cell => cell.textContent.includes(text)) + 1, code);

/** Runs a cell by keys; it need not be done. */
async function begin(page, n) {
  await page.locator(`#cell-${n} .cm-content`).focus();
  await page.keyboard.press('Control+Enter');
}

const done = (page, n) => until(page, id => document.getElementById(id).matches('[data-state="done"]:not(.stale)'), `cell-${n}`);

async function run(page, n) {
  await begin(page, n);
  await done(page, n);
}

/** Opens the chapter of a piece, and begins its cell when those before it are done.
 * @returns the cell's number */
async function prepare(page, servers, name) {
  const [chapter, code, before] = PIECES[name];
  await open(page, servers, chapter);
  const n = await numberOf(page, code);
  for (const other of before) {
    await run(page, other < 0 ? n + other : other);
  }
  await begin(page, n);
  return n;
}

const source = image => image.evaluate(async element => (await element.decode(), element.src));

/** Shows a cell's end and takes a picture of it. */
async function shoot(cell, picture, name) {
  await cell.locator('.made').evaluate(element => element.scrollIntoView({block: 'end'}));
  await picture(name);
}

/**
 * A test of a piece.
 * @param act moves it: it is given the page, the piece's cell, `key` that presses some on an element, `again` that waits until the cell has run again, and `code`, what stands in it
 */
const moved = (name, act) => ({
  options: WIDE,
  async run({page, servers, axe, picture}) {
    const n = await prepare(page, servers, name);
    const cell = page.locator(`#cell-${n}`);
    const key = async (element, ...keys) => {
      await element.focus();
      for (const each of keys) {
        await page.keyboard.press(each);
      }
    };
    const again = () => done(page, n);
    await act({page, cell, n, key, again, code: () => cell.locator('.cm-content').innerText(), caption: () => cell.locator('.caption').innerText(), shoot: more => shoot(cell, picture, more)});
    await contrast(page, axe);
  },
});

exports.sunriseSlider = moved('sunrise', async ({cell, key, again, code, shoot}) => {
  await again();
  const before = await source(cell.locator('.made img'));
  await key(cell.getByRole('slider', {name: 'sunrises'}), 'End');
  await again();
  assert.match(await code(), /int sunrises = 20;/);
  assert.notEqual(await source(cell.locator('.made img')), before);
  await shoot();
});

exports.likelihoodSurface = moved('surface', async ({page, cell, key, again, code, shoot}) => {
  await again();
  const pad = cell.locator('.pad');
  await key(pad, 'Shift+ArrowRight');
  await again();
  await page.keyboard.press('ArrowUp');
  await again();
  assert.match(await code(), /mean = -0\.5;[\s\S]*deviation = 1\.05;/);
  const {x, y, width, height} = await pad.boundingBox();
  await page.mouse.click(x + width * 0.7, y + height * 0.4);
  await again();
  assert.match(await code(), /mean = 0?\.?[1-9]|mean = 1/);
  await shoot();
});

exports.doubleDescent = moved('doubleDescent', async ({cell, key, again, code, shoot}) => {
  await again();
  await shoot('peak');
  await key(cell.getByRole('slider', {name: 'features'}), 'End');
  await again();
  await key(cell.getByRole('slider', {name: 'ridge'}), 'PageUp');
  await again();
  assert.match(await code(), /features = 100;[\s\S]*ridge = 0\.0[1-9]/);
  await shoot('ridge');
});

exports.memoryStrip = moved('strip', async ({page, cell, key, again, caption, shoot}) => {
  await again();
  await key(cell.locator('.matrices'), 'ArrowRight');
  assert.equal(await cell.locator('.strip').getAttribute('data-position'), '12');
  await page.keyboard.press('ArrowDown');
  assert.match(await caption(), /^\[0, 1, 1\] lies at 0 \+ 0·1 \+ 1·4 \+ 1·12 = 16$/);
  assert.equal(await cell.locator('.memory-strip .chosen').innerText(), '16');
  await shoot();
  await key(cell.getByRole('slider', {name: 'second'}), 'Home');
  await again();
  await cell.getByText('strides [12, 4, 1], offset 0').waitFor();
  const slice = await numberOf(page, 'x.flip(0).index');
  await run(page, slice);
  assert.equal(await page.locator(`#cell-${slice} .memory-strip .unseen-place`).count(), 12);
});

exports.rooflineWithCeilings = moved('roofline', async ({page, cell, n, key, again, shoot}) => {
  await again();
  assert.equal(await cell.locator('.roofline').getAttribute('data-ceilings'), '2');
  for (const name of [/^one core, vectors/, /^all cores, no vectors/, /^second-level cache/]) {
    await key(cell.getByRole('checkbox', {name}), 'Space');
  }
  await until(page, id => document.querySelector(`#${id} .roofline`).dataset.ceilings === '5', `cell-${n}`);
  await key(cell.getByRole('button', {name: /^contract 512x512x512/}), 'Enter');
  await cell.getByText(/reaches \d+ % of “/).waitFor();
  await shoot();
});

exports.ceilingsThatAreNearlyEqualCanBeRead = {
  async run({page, servers}) {
    await open(page, servers, '1.4-cpu');
    const labels = await page.evaluate(async () => {
      const {RooflineChart} = await import('/page/roofline.js');
      const kernel = {flops: 1e9, bytes: 1e9, micros: 1e5, kind: 'map', description: 'map 3'};
      const chart = new RooflineChart({kernels: new Map([['map', kernel]])}, () => {});
      document.querySelector('main').append(chart.element);
      chart.setCeilings([[false, 200e9], [false, 198e9], [false, 190e9], [true, 40e9], [true, 39e9], [true, 41e9]].map(([memory, perSecond], i) => ({name: `${i}`, memory, perSecond})));
      chart.toggles.querySelectorAll('input:not(:checked)').forEach(box => box.click());
      chart.element.scrollIntoView();
      chart.draw();
      return chart.labels;
    });
    assert.equal(labels.length, 6);
    labels.forEach((one, i) => labels.slice(i + 1).forEach(other => assert.ok(one.memory !== other.memory || one.along + one.width < other.along || other.along + other.width < one.along || Math.abs(one.across - other.across) >= 12,
        JSON.stringify([one, other]))));
  },
};

exports.graphSteppedForwardAndBack = moved('steps', async ({page, cell, key, again, caption, shoot}) => {
  await again();
  const hidden = () => cell.locator('.not-yet').count();
  const all = await hidden();
  await key(cell.getByRole('slider', {name: 'Step'}), 'ArrowRight');
  assert.match(await caption(), /^(EXP|SIN) is /);
  assert.equal(await hidden(), all - 1);
  await page.keyboard.press('End');
  assert.equal(await hidden(), 0);
  await page.keyboard.press('ArrowLeft');
  assert.ok(await hidden() > 0);
  for (let i = 0; i < 20 && !/^the gradient of SIN/.test(await caption()); i++) {
    await page.keyboard.press('ArrowLeft');
  }
  assert.match(await caption(), /^the gradient of SIN is -8816\.\d+: the sum of what 2 uses hand back$/);
  await shoot();
});

exports.planeWhileXorTrains = moved('film', async ({page, cell, n, key, again, caption, shoot}) => {
  await cell.locator('.film').waitFor(); // while it runs
  await again();
  assert.match(await caption(), /^after 150 steps \(31 of 31\)$/);
  const last = await source(cell.locator('.film img'));
  await key(cell.getByRole('slider', {name: /which picture/}), 'Home');
  assert.match(await caption(), /^after 0 steps \(1 of 31\)$/);
  assert.notEqual(await source(cell.locator('.film img')), last);
  for (let i = 0; i < 8; i++) {
    await page.keyboard.press('ArrowRight');
  }
  assert.match(await caption(), /^after 40 steps/);
  await shoot();
  await key(cell.getByRole('button', {name: 'Play'}), 'Enter');
  await until(page, id => /^after 150/.test(document.querySelector(`#${id} .caption`).textContent), `cell-${n}`);
});

exports.whatAModelExpectsBehindTypedText = moved('typedText', async ({page, cell, key, again, shoot}) => {
  await again();
  assert.equal(await cell.locator('.typed img').count(), 2);
  await key(cell.getByRole('textbox', {name: 'Text for the model'}), 'End');
  await page.keyboard.type('me there was a');
  await cell.locator('.typed[data-text="Once upon a time there was a"]').waitFor();
  await cell.locator('.typed .caption', {hasText: /^\d+ ms$/}).waitFor();
  await shoot();
});

/** Every piece in little room: nothing is wider than the page, and what a finger needs is there; and in the dark. */
for (const [name, options] of [['OnAPhone', {viewport: {width: 380, height: 780}, hasTouch: true, isMobile: true}], ['InTheDark', {...WIDE, colorScheme: 'dark'}]]) {
  for (const piece of Object.keys(PIECES)) {
    exports[piece + name] = {
      options,
      async run({page, servers, axe, picture}) {
        const n = await prepare(page, servers, piece);
        await done(page, n);
        name === 'OnAPhone' ? await noSideways(page) : await contrast(page, axe);
        await shoot(page.locator(`#cell-${n}`), picture);
      },
    };
  }
}
