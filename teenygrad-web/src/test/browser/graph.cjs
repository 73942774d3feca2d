// Large graphs: GPT-2's training step, folded by kernels and not. How soon it is there and how smoothly it moves, teenygrad bench web measures.
const {assert, contrast, noSideways, until} = require('../../../../teenygrad-serve/src/test/browser/page.cjs');

const PLANNING = 180000;

const open = async (page, {large, largeToken}) => {
  await page.goto(`${large}/compiler?token=${largeToken}`);
  await page.waitForFunction(() => [...document.querySelectorAll('.compiler-view option')].some(option => Number(option.textContent.match(/(\d+) launch/)[1]) > 100), null, {timeout: PLANNING});
  await page.locator('.compiler-view select').selectOption(await page.evaluate(() => [...document.querySelectorAll('.compiler-view option')]
      .map(option => [Number(option.textContent.match(/(\d+) launch/)[1]), option.value]).sort(([a], [b]) => b - a)[0][1]));
};

const paint = async page => {
  await page.locator('.passes').getByRole('button', {name: /^graph/}).click();
  await page.locator('.graph-canvas[data-frames]').waitFor();
};

/** Each key paints another frame. */
async function move(page, ...keys) {
  await page.locator('.graph-canvas').focus();
  for (const key of keys) {
    const before = await page.locator('.graph-canvas').getAttribute('data-frames');
    await page.keyboard.press(key);
    await until(page, frames => document.querySelector('.graph-canvas').dataset.frames !== frames, before);
  }
}

exports.gpt2IsThereAndMoves = {
  options: {viewport: {width: 1380, height: 1000}},
  async run({page, servers, picture, axe}) {
    await open(page, servers);
    await paint(page);
    const count = await page.locator('.graph-large .count').innerText();
    assert.ok(Number(count.match(/^([\d,]+) nodes/)[1].replace(/,/g, '')) > 4500, count);
    await picture('folded');
    await contrast(page, axe);
    await move(page, '+', 'ArrowLeft', '-', 'ArrowRight');
    await page.getByRole('button', {name: 'Unfold all parts'}).click();
    await page.getByRole('button', {name: 'Show all'}).click();
    await until(page, () => Number(document.querySelector('.graph-canvas').dataset.boxes) > 4500);
    await move(page, '+', 'ArrowLeft', '-', 'ArrowRight');
    await picture('unfolded');
    await page.getByRole('searchbox').fill('ERF');
    await until(page, () => /^[1-9][\d,]* found of/.test(document.querySelector('.graph-large .count').textContent));
    await move(page, 'ArrowLeft', 'ArrowUp', 'ArrowRight', 'ArrowDown');
    await picture('near');
  },
};

/** How many boxes are drawn. */
const boxes = page => page.locator('.graph-large .count').innerText().then(text => Number(text.match(/in ([\d,]+) boxes/)[1].replace(/,/g, '')));

exports.aProgramFoldsByItsModules = {
  options: {viewport: {width: 1380, height: 1000}},
  async run({page, servers, picture}) {
    await open(page, servers);
    await paint(page);
    assert.ok(await boxes(page) < 100, 'modules, their derivatives and updates are a box each');
    await page.getByRole('button', {name: 'Show all'}).click();
    await picture('folded');
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name: 'DOT'}).click()]);
    const dot = require('fs').readFileSync(await file.path(), 'utf8');
    for (const part of ['subgraph "cluster_h.11/attn"', 'subgraph "cluster_∂ h.11/∂ attn"', 'label="updates"', 'h.11.attn.cAttn.weight']) {
      assert.ok(dot.includes(part), part);
    }
    await page.getByRole('searchbox').fill('h.11.attn.cAttn.weight');
    await until(page, () => /^1 found of/.test(document.querySelector('.graph-large .count').textContent));
    await page.locator('.graph-canvas').focus();
    await page.keyboard.press('Enter'); // the block
    await page.keyboard.press('Enter'); // its attention
    await page.keyboard.press('Enter'); // its layer
    await page.getByRole('searchbox').press('Enter');
    await until(page, () => /parameter h\.11\.attn\.cAttn\.weight[\s\S]*value float32\(2304, 768\)[\s\S]*gradient float32\(2304, 768\)/.test(document.querySelector('.graph-facts').innerText));
    await picture('parameter');
    const modules = await boxes(page);
    await page.getByRole('combobox', {name: 'What is folded to one box'}).selectOption('kernels');
    await until(page, () => document.querySelector('.graph-canvas[data-frames]') !== null);
    assert.ok(await boxes(page) > 2 * modules);
    await page.getByRole('combobox', {name: 'What is folded to one box'}).selectOption('modules');
  },
};

exports.aKernelUnfoldsAndIsFound = {
  options: {viewport: {width: 1380, height: 1000}, colorScheme: 'dark'},
  async run({page, servers, picture}) {
    await open(page, servers);
    await paint(page);
    await page.getByRole('combobox', {name: 'What is folded to one box'}).selectOption('kernels');
    await page.locator('.graph-canvas[data-frames]').waitFor();
    await page.getByRole('searchbox').fill('LOGSUMEXP');
    await until(page, () => /^[1-9][\d,]* found of/.test(document.querySelector('.graph-large .count').textContent));
    await page.locator('.graph-canvas').focus();
    const before = await boxes(page);
    await page.keyboard.press('Enter');
    assert.ok(await boxes(page) > before);
    await picture();
  },
};

exports.graphOnAPhone = {
  options: {viewport: {width: 380, height: 780}, hasTouch: true, isMobile: true},
  async run({page, servers, picture}) {
    await open(page, servers);
    await paint(page);
    await noSideways(page);
    await picture();
  },
};
