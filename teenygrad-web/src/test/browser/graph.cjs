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

exports.aKernelUnfoldsAndIsFound = {
  options: {viewport: {width: 1380, height: 1000}, colorScheme: 'dark'},
  async run({page, servers, picture}) {
    await open(page, servers);
    await paint(page);
    await page.getByRole('searchbox').fill('LOGSUMEXP');
    await until(page, () => /^[1-9][\d,]* found of/.test(document.querySelector('.graph-large .count').textContent));
    await page.locator('.graph-canvas').focus();
    const boxes = () => page.locator('.graph-large .count').innerText().then(text => Number(text.match(/in ([\d,]+) boxes/)[1].replace(/,/g, '')));
    const before = await boxes();
    await page.keyboard.press('Enter');
    assert.ok(await boxes() > before);
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
