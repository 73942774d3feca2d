// The view of runs: live, of a file, of a cell; by keys, on a phone, in the dark.
const {assert, contrast, noSideways, until} = require('../../../../teenygrad-serve/src/test/browser/page.cjs');

const open = async (page, {live, liveToken}) => {
  await page.goto(`${live}/run?token=${liveToken}`);
  await page.locator('.kernels tbody tr').first().waitFor();
  await page.getByText('Lines are what this machine').waitFor();
};
const view = page => page.locator('.timeline').evaluate(canvas => canvas.dataset.spans);

/** Something else than the background is painted. */
const isPainted = canvas => canvas.evaluate(element => new Set(new Uint32Array(element.getContext('2d').getImageData(0, 0, element.width, element.height).data.buffer)).size > 20);

exports.showsWhatAProgramComputes = {
  options: {viewport: {width: 1380, height: 1000}},
  async run({page, servers, picture, axe}) {
    await open(page, servers);
    const products = page.getByRole('button', {name: /^contract 256x256x256 \+ bias/});
    await products.waitFor();
    assert.ok(await isPainted(page.locator('.timeline')));
    assert.ok(await isPainted(page.locator('.roofline')));
    assert.match(await page.locator('.kernels tr', {has: products}).innerText(), /\d+\s+[\d.]+ (µ|m)?s\s+[\d.]+ %\s+[\d.]+ [KMG]B\/s\s+[\d.]+ [MG]FLOP\/s\s+\d+ %/);
    assert.match(await page.locator('.run-facts').innerText(), /In kernels[\s\S]*Launches[\s\S]*Memory at most/);
    await products.click();
    await page.locator('.kernels tr.chosen').waitFor();
    await picture();
    await contrast(page, axe);
  },
};

exports.showsWhatComesWhileItRuns = {
  async run({page, servers}) {
    await open(page, servers);
    const launches = () => page.evaluate(() => Number(document.querySelectorAll('.run-facts dd')[2].textContent.replace(/,/g, '')));
    const before = await launches();
    await until(page, count => Number(document.querySelectorAll('.run-facts dd')[2].textContent.replace(/,/g, '')) > count, before);
  },
};

exports.movesAndEnlargesByKeys = {
  options: {viewport: {width: 1380, height: 1000}},
  async run({page, servers, picture}) {
    await open(page, servers);
    const all = await view(page);
    await page.locator('.timeline').focus();
    for (let i = 0; i < 18; i++) {
      await page.keyboard.press('+');
    }
    await until(page, spans => document.querySelector('.timeline').dataset.spans !== spans, all);
    assert.ok(Number(await view(page)) < Number(all));
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('0');
    for (let i = 0; i < 6; i++) {
      await page.keyboard.press('+');
    }
    await page.locator('.timeline').hover({position: {x: 600, y: 50}});
    await picture();
  },
};

exports.opensATraceFile = {
  async run({page, servers, picture}) {
    await page.goto(`${servers.book}/run?token=${servers.token}`);
    await page.getByLabel('Open a trace').setInputFiles(servers.trace);
    await page.locator('.kernels tbody tr').first().waitFor();
    assert.ok(await isPainted(page.locator('.timeline')));
    await picture();
    await page.getByLabel('Open a trace').setInputFiles({name: 'other.json', mimeType: 'application/json', buffer: Buffer.from('[{"ph":"?"}]')});
    await page.getByText('other.json is no trace of teenygrad: it has no kernels').waitFor();
  },
};

exports.showsTheTimelineOfACell = {
  options: {viewport: {width: 1280, height: 900}},
  async run({page, servers, picture}) {
    await page.goto(`${servers.book}/book/2.1-networks?token=${servers.token}`);
    await page.locator('body[data-ready]').waitFor();
    await page.click('#run-all');
    await page.locator('.cell[data-state="done"]').nth(1).waitFor();
    await page.locator('.cell').nth(1).getByRole('button', {name: 'Timeline'}).click();
    await page.locator('#view .kernels tbody tr').first().waitFor();
    await page.getByText('Lines are what this machine').waitFor();
    assert.ok(await isPainted(page.locator('.timeline')));
    await picture();
    await page.keyboard.press('Escape');
    await page.locator('#view').waitFor({state: 'hidden'});
  },
};

exports.runOnAPhone = {
  options: {viewport: {width: 380, height: 780}, hasTouch: true, isMobile: true},
  async run({page, servers, picture}) {
    await open(page, servers);
    await noSideways(page);
    await picture();
    await page.locator('.roofline').scrollIntoViewIfNeeded();
    await picture('roofline');
    await noSideways(page);
  },
};

exports.runInTheDark = {
  options: {colorScheme: 'dark', viewport: {width: 1380, height: 1000}},
  async run({page, servers, picture, axe}) {
    await open(page, servers);
    await picture();
    await contrast(page, axe);
  },
};
