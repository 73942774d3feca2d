// The interactive pieces of the chapters: each is moved by keys alone and shows what its process computed; on a phone, in the dark.
const {assert, contrast, noSideways, until} = require('../../../../teenygrad-serve/src/test/browser/page.cjs');

const WIDE = {viewport: {width: 1280, height: 1000}};

async function open(page, {book, token}, chapter) {
  await page.goto(`${book}/book/${chapter}?token=${token}`);
  await page.locator('body[data-ready]').waitFor();
}

/** The number of the first cell with such code. */
const numberOf = (page, code) => page.evaluate(text => [...document.querySelectorAll('.cell')].findIndex(cell => cell.textContent.includes(text)) + 1, code);
const cell = (page, n) => page.locator(`#cell-${n}`);

/** Runs a cell by keys, and waits until it is done. */
async function run(page, n) {
  await cell(page, n).locator('.cm-content').focus();
  await page.keyboard.press('Control+Enter');
  await done(page, n);
}

const done = (page, n) => until(page, id => document.getElementById(id).matches('[data-state="done"]:not(.stale)'), `cell-${n}`);
const source = image => image.evaluate(async element => (await element.decode(), element.src));

/** Shows a cell's end and takes a picture of it. */
async function shoot(page, n, picture, name) {
  await cell(page, n).locator('.made').evaluate(element => element.scrollIntoView({block: 'end'}));
  await picture(name);
}

exports.sunriseSlider = {
  options: WIDE,
  async run({page, servers, picture}) {
    await open(page, servers, '1.1-probability');
    const n = await numberOf(page, 'int sunrises');
    await run(page, n);
    const before = await source(cell(page, n).locator('.made img'));
    await cell(page, n).getByRole('slider', {name: 'sunrises'}).focus();
    await page.keyboard.press('End');
    await done(page, n);
    assert.match(await cell(page, n).locator('.cm-content').innerText(), /int sunrises = 20;/);
    assert.notEqual(await source(cell(page, n).locator('.made img')), before);
    await shoot(page, n, picture);
  },
};

exports.likelihoodSurface = {
  options: WIDE,
  async run({page, servers, picture}) {
    await open(page, servers, '1.1-probability');
    const n = await numberOf(page, 'double deviation');
    await run(page, n);
    const pad = cell(page, n).locator('.pad');
    await pad.focus();
    await page.keyboard.press('Shift+ArrowRight');
    await done(page, n);
    await page.keyboard.press('ArrowUp');
    await done(page, n);
    assert.match(await cell(page, n).locator('.cm-content').innerText(), /mean = -0\.5;[\s\S]*deviation = 1\.05;/);
    const {x, y, width, height} = await pad.boundingBox();
    await page.mouse.click(x + width * 0.7, y + height * 0.4);
    await done(page, n);
    assert.match(await cell(page, n).locator('.cm-content').innerText(), /mean = 0?\.?[1-9]|mean = 1/);
    await shoot(page, n, picture);
  },
};

exports.doubleDescent = {
  options: WIDE,
  async run({page, servers, picture}) {
    await open(page, servers, '1.2-regression');
    const n = await numberOf(page, 'int features');
    await run(page, n - 1);
    await run(page, n);
    await shoot(page, n, picture, 'peak');
    await cell(page, n).getByRole('slider', {name: 'features'}).focus();
    await page.keyboard.press('End');
    await done(page, n);
    await cell(page, n).getByRole('slider', {name: 'ridge'}).focus();
    await page.keyboard.press('PageUp');
    await done(page, n);
    assert.match(await cell(page, n).locator('.cm-content').innerText(), /features = 100;[\s\S]*ridge = 0\.0[1-9]/);
    await shoot(page, n, picture, 'ridge');
  },
};

exports.memoryStrip = {
  options: WIDE,
  async run({page, servers, axe, picture}) {
    await open(page, servers, '1.3-tensors');
    const n = await numberOf(page, 'Strip.of(x, x.transpose');
    await run(page, 1);
    await run(page, n);
    const view = cell(page, n).locator('.matrices');
    await view.focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await cell(page, n).locator('.strip').getAttribute('data-position'), '12');
    await page.keyboard.press('ArrowDown');
    assert.match(await cell(page, n).locator('.caption').innerText(), /^\[0, 1, 1\] lies at 0 \+ 0·1 \+ 1·4 \+ 1·12 = 16$/);
    assert.equal(await cell(page, n).locator('.memory-strip .chosen').innerText(), '16');
    await shoot(page, n, picture);
    await contrast(page, axe);
    await cell(page, n).getByRole('slider', {name: 'second'}).focus();
    await page.keyboard.press('Home');
    await done(page, n);
    await cell(page, n).getByText('strides [12, 4, 1], offset 0').waitFor();
    const slice = await numberOf(page, 'x.flip(0).index');
    await run(page, slice);
    assert.equal(await cell(page, slice).locator('.memory-strip .unseen-place').count(), 12);
  },
};

exports.rooflineWithCeilings = {
  options: WIDE,
  async run({page, servers, axe, picture}) {
    await open(page, servers, '1.4-cpu');
    const n = await numberOf(page, 'MachineRoofline.of');
    await run(page, n);
    const chart = cell(page, n).locator('.roofline');
    assert.equal(await chart.getAttribute('data-ceilings'), '2');
    for (const name of [/^one core, vectors/, /^all cores, no vectors/, /^second-level cache/]) {
      await cell(page, n).getByRole('checkbox', {name}).focus();
      await page.keyboard.press('Space');
    }
    await until(page, id => document.querySelector(`#${id} .roofline`).dataset.ceilings === '5', `cell-${n}`);
    await cell(page, n).getByRole('button', {name: /^contract 512x512x512/}).focus();
    await page.keyboard.press('Enter');
    await cell(page, n).getByText(/reaches \d+ % of “/).waitFor();
    await shoot(page, n, picture);
    await contrast(page, axe);
  },
};

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

exports.graphSteppedForwardAndBack = {
  options: WIDE,
  async run({page, servers, axe, picture}) {
    await open(page, servers, '2.2-autodiff');
    const n = await numberOf(page, 'GraphSteps.of');
    await run(page, n);
    const steps = cell(page, n).getByRole('slider', {name: 'Step'});
    const hidden = () => cell(page, n).locator('.not-yet').count();
    const all = await hidden();
    await steps.focus();
    await page.keyboard.press('ArrowRight');
    assert.match(await cell(page, n).locator('.caption').innerText(), /^(EXP|SIN) is /);
    assert.equal(await hidden(), all - 1);
    await page.keyboard.press('End');
    assert.equal(await hidden(), 0);
    await page.keyboard.press('ArrowLeft');
    assert.ok(await hidden() > 0);
    for (let i = 0; i < 20 && !/^the gradient of SIN/.test(await cell(page, n).locator('.caption').innerText()); i++) {
      await page.keyboard.press('ArrowLeft');
    }
    assert.match(await cell(page, n).locator('.caption').innerText(), /^the gradient of SIN is -8816\.\d+: the sum of what 2 uses hand back$/);
    await shoot(page, n, picture);
    await contrast(page, axe);
  },
};

exports.planeWhileXorTrains = {
  options: WIDE,
  async run({page, servers, axe, picture}) {
    await open(page, servers, '2.1-networks');
    const n = await numberOf(page, 'Film film');
    await run(page, n - 2);
    await run(page, n - 1);
    await cell(page, n).locator('.cm-content').focus();
    await page.keyboard.press('Control+Enter');
    await cell(page, n).locator('.film').waitFor(); // while it runs
    await done(page, n);
    assert.match(await cell(page, n).locator('.caption').innerText(), /^after 150 steps \(31 of 31\)$/);
    const last = await source(cell(page, n).locator('.film img'));
    await cell(page, n).getByRole('slider', {name: /which picture/}).focus();
    await page.keyboard.press('Home');
    assert.match(await cell(page, n).locator('.caption').innerText(), /^after 0 steps \(1 of 31\)$/);
    assert.notEqual(await source(cell(page, n).locator('.film img')), last);
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press('ArrowRight');
    }
    assert.match(await cell(page, n).locator('.caption').innerText(), /^after 40 steps/);
    await shoot(page, n, picture);
    await contrast(page, axe);
    await cell(page, n).getByRole('button', {name: 'Play'}).focus();
    await page.keyboard.press('Enter');
    await until(page, id => /^after 150/.test(document.querySelector(`#${id} .caption`).textContent), `cell-${n}`);
  },
};

exports.whatAModelExpectsBehindTypedText = {
  options: WIDE,
  async run({page, servers, axe, picture}) {
    await open(page, servers, '2.4-architectures');
    const n = await numberOf(page, 'String visible');
    await run(page, n - 1);
    await run(page, n);
    const line = cell(page, n).getByRole('textbox', {name: 'Text for the model'});
    assert.equal(await cell(page, n).locator('.typed img').count(), 2);
    await line.focus();
    await page.keyboard.press('End');
    await page.keyboard.type('me there was a');
    await cell(page, n).locator('.typed[data-text="Once upon a time there was a"]').waitFor();
    await cell(page, n).locator('.typed .caption', {hasText: /^\d+ ms$/}).waitFor();
    await shoot(page, n, picture);
    await contrast(page, axe);
  },
};

/** Every piece in little room: nothing is wider than the page, and what a finger needs is there. */
const PIECES = [
  ['sunrise', '1.1-probability', 'int sunrises', []],
  ['surface', '1.1-probability', 'double deviation', []],
  ['doubleDescent', '1.2-regression', 'int features', [-1]],
  ['strip', '1.3-tensors', 'Strip.of(x, x.transpose', [1]],
  ['roofline', '1.4-cpu', 'MachineRoofline.of', []],
  ['steps', '2.2-autodiff', 'GraphSteps.of', []],
  ['film', '2.1-networks', 'Film film', [1, 2]],
  ['typedText', '2.4-architectures', 'String visible', [-1]],
];

for (const [name, options] of [['OnAPhone', {viewport: {width: 380, height: 780}, hasTouch: true, isMobile: true}], ['InTheDark', {...WIDE, colorScheme: 'dark'}]]) {
  for (const [piece, chapter, code, before] of PIECES) {
    exports[piece + name] = {
      options,
      async run({page, servers, axe, picture}) {
        await open(page, servers, chapter);
        const n = await numberOf(page, code);
        for (const other of before) { // cells of the page; below 0 counted back from this one
          await run(page, other < 0 ? n + other : other);
        }
        await run(page, n);
        name === 'OnAPhone' ? await noSideways(page) : await contrast(page, axe);
        await shoot(page, n, picture);
      },
    };
  }
}
