// The book: reading, running, errors, completion, the graph; by keys alone, on a phone, in the dark.
const fs = require('fs');
const {assert, contrast, noSideways, until} = require('../../../../teenygrad-serve/src/test/browser/page.cjs');

const MOD = 'Control';
const at = ({book, token}, path) => `${book}${path}?token=${token}`;

async function open(page, servers, chapter) {
  await page.goto(at(servers, `/book/${chapter}`));
  await page.locator('body[data-ready]').waitFor();
}

const cell = (page, n) => page.locator('.cell').nth(n - 1);

/** Puts other code in a cell, by keys. */
async function write(page, n, code) {
  await cell(page, n).locator('.cm-content').click();
  await page.keyboard.press(`${MOD}+a`);
  await page.keyboard.insertText(code);
}

async function runs(page, n, state = 'done') {
  await page.keyboard.press(`${MOD}+Enter`);
  await cell(page, n).and(page.locator(`[data-state="${state}"]`)).waitFor();
}

/** What Chromium makes of a text that replaces all: it would keep the style, which is refused. */
const KEPT_STYLE = /Applying inline style/;

const made = (page, n) => cell(page, n).locator('.made').innerText();

exports.opensByItsUrlAndForgetsTheToken = {
  async run({page, servers, picture}) {
    await page.goto(at(servers, '/'));
    await page.getByRole('heading', {name: 'The book, chapter by chapter'}).waitFor();
    assert.equal(new URL(page.url()).search, '');
    await picture();
    await page.getByRole('navigation', {name: 'Chapters'}).first().getByRole('link', {name: 'Tensors'}).click();
    await page.getByRole('heading', {level: 1, name: '1.3 Tensors'}).waitFor();
    await page.locator('body[data-ready]').waitFor();
    await page.getByRole('link', {name: 'Next'}).click();
    await page.getByRole('heading', {level: 1, name: '1.4 Programming the CPU'}).waitFor();
    await page.locator('body[data-ready]').waitFor();
    await page.context().clearCookies();
    await page.goto(`${servers.book}/book/1.3-tensors`);
    await page.getByText('open the URL that teenygrad web has printed').waitFor();
  },
};

exports.runsAChapter = {
  options: {viewport: {width: 1280, height: 900}},
  async run({page, servers, picture}) {
    await open(page, servers, '1.1-probability');
    await page.click('#run-all');
    await page.locator('.cell[data-state="done"]').nth(2).waitFor();
    assert.match(await made(page, 1), /^0\.(79|80)\d+$/);
    assert.equal(await cell(page, 2).locator('img').evaluate(img => img.naturalWidth > 100), true);
    await cell(page, 2).scrollIntoViewIfNeeded();
    await picture('sunrise');
    await cell(page, 3).locator('img').scrollIntoViewIfNeeded();
    await picture('bigrams');
  },
};

exports.keepsNamesShowsErrorsAndBeginsAnew = {
  expects: KEPT_STYLE,
  async run({page, servers, picture}) {
    await open(page, servers, '1.3-tensors');
    await write(page, 1, 'int kept = 41;\nkept + 1');
    await runs(page, 1);
    assert.equal(await made(page, 1), '42');
    await write(page, 2, 'println("kept is " + kept);\nTensor a = Tensor.ones(2, 3);\na.matmul(a);');
    await runs(page, 2, 'failed');
    assert.match(await made(page, 2), /kept is 41[\s\S]*Line 3: IllegalArgumentException: matmul: inner dimensions differ/);
    await cell(page, 2).locator('.cm-lintRange-error').waitFor();
    await picture();
    await page.click('#anew');
    await page.waitForFunction(() => document.querySelectorAll('.cell[data-state]').length === 0);
    await write(page, 2, 'kept');
    await runs(page, 2, 'failed');
    assert.match(await made(page, 2), /cannot find symbol[\s\S]*kept/);
    await cell(page, 2).getByRole('button', {name: 'As it was'}).click();
    assert.match(await cell(page, 2).locator('.cm-content').innerText(), /Strip\.of\(x/);
  },
};

exports.stopsALoopAndTellsOfAnEnd = {
  expects: KEPT_STYLE,
  async run({page, servers}) {
    await open(page, servers, '1.3-tensors');
    await write(page, 1, 'int counted = 0;\nwhile (true) counted++;');
    await page.keyboard.press(`${MOD}+Enter`);
    await cell(page, 1).and(page.locator('[data-state="running"]')).waitFor();
    await cell(page, 1).getByRole('button', {name: 'Stop'}).click();
    await cell(page, 1).and(page.locator('[data-state="failed"]')).waitFor();
    assert.match(await made(page, 1), /stopped/);
    await write(page, 1, 'counted >= 0');
    await runs(page, 1);
    assert.equal(await made(page, 1), 'true');
    await write(page, 1, 'System.exit(0);');
    await runs(page, 1, 'failed');
    assert.match(await made(page, 1), /the cell ended its process \(status 0\)/);
    await write(page, 1, '6 * 7');
    await runs(page, 1);
    assert.equal(await made(page, 1), '42');
  },
};

exports.completesNames = {
  expects: KEPT_STYLE,
  async run({page, servers, picture}) {
    await open(page, servers, '1.3-tensors');
    await write(page, 1, 'Tensor long = Tensor.ones(2);'.replace('long', 'tall'));
    await runs(page, 1);
    await write(page, 2, ' ');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('tall.softm');
    await page.locator('.cm-tooltip-autocomplete li', {hasText: 'softmax('}).waitFor();
    await picture();
    await page.keyboard.press('Tab');
    assert.match(await cell(page, 2).locator('.cm-content').innerText(), /^tall\.softmax\(/);
  },
};

exports.showsTheGraph = {
  options: {viewport: {width: 1280, height: 900}},
  async run({page, servers, picture}) {
    await open(page, servers, '2.2-autodiff');
    await page.click('#run-all');
    await page.locator('.cell[data-state="done"]').nth(1).waitFor();
    await cell(page, 1).getByRole('button', {name: 'Graph'}).click();
    const canvas = page.locator('#view .graph-canvas');
    await canvas.waitFor();
    await page.getByRole('searchbox').fill('sin');
    await until(page, () => /^1 found of \d+ nodes/.test(document.querySelector('.graph-large .count').textContent));
    const facts = page.locator('.graph-facts');
    await facts.getByText('-0.544').first().waitFor();
    assert.match(await facts.innerText(), /SIN[\s\S]*made in 3: Tensor d = x1\.exp\(\)\.mul\(x2\.sin\(\)\.square\(\)\);[\s\S]*value\s+-0\.544[\s\S]*gradient\s+-?8816/);
    await picture();
    await canvas.focus();
    const boxes = await canvas.getAttribute('data-frames');
    await page.keyboard.press('+');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('n');
    await until(page, before => document.querySelector('.graph-canvas').dataset.frames !== before, boxes);
    await page.keyboard.press('0');
    for (const [name, start] of [['DOT', 'digraph teenygrad'], ['SVG', '<svg']]) {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name, exact: true}).click()]);
      const text = fs.readFileSync(await download.path(), 'utf8');
      assert.ok(text.startsWith(start));
      assert.match(text, /SIN/);
    }
    await page.keyboard.press('Escape');
    await page.locator('#view').waitFor({state: 'hidden'});
  },
};

exports.slidersMoveNumbers = {
  async run({page, servers, picture}) {
    await open(page, servers, '1.2-regression');
    await page.getByRole('slider', {name: 'degree'}).focus();
    await page.keyboard.press('Home');
    await cell(page, 2).and(page.locator('[data-state="done"]')).waitFor();
    for (let i = 0; i < 3; i++) {
      await page.keyboard.press('ArrowRight');
    }
    await until(page, () => document.querySelector('#cell-2').dataset.state === 'done' && !document.querySelector('#cell-2').matches('.stale'));
    assert.match(await cell(page, 2).locator('.cm-content').innerText(), /^int degree = 3;   \/\/ 0 to 11/);
    assert.equal(await cell(page, 2).locator('.made img').count(), 1);
    assert.equal(await cell(page, 2).locator('output').first().innerText(), '3');
    await picture();
  },
};

exports.canBeUsedByKeysAlone = {
  async run({page, servers}) {
    await open(page, servers, '1.3-tensors');
    await page.locator('#cell-1 .cm-content').focus();
    await page.keyboard.press('Shift+Enter');
    await cell(page, 1).and(page.locator('[data-state="done"]')).waitFor();
    await until(page, () => document.activeElement.closest('.cell')?.id === 'cell-2');
    await page.keyboard.press('Escape');
    for (let i = 0; i < 3; i++) { // past two sliders
      await page.keyboard.press('Tab');
    }
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Run');
    await page.keyboard.press('Enter');
    await cell(page, 2).and(page.locator('[data-state="done"]')).waitFor();
    assert.match(await page.locator('#said').innerText(), /Cell 2 is done/);
  },
};

exports.textOfACellIsNoMarkup = {
  expects: KEPT_STYLE,
  async run({page, servers}) {
    await open(page, servers, '1.3-tensors');
    await write(page, 1, 'println("<img src=x onerror=alert(1)><script>alert(2)</script>");\n"<b>bold</b>"');
    await runs(page, 1);
    assert.match(await made(page, 1), /<script>alert\(2\)<\/script>[\s\S]*<b>bold<\/b>/);
    assert.equal(await cell(page, 1).locator('.made b, .made script, .made img').count(), 0);
  },
};

exports.bookOnAPhone = {
  options: {viewport: {width: 380, height: 780}, hasTouch: true, isMobile: true},
  async run({page, servers, axe, picture}) {
    await open(page, servers, '2.1-networks');
    await noSideways(page);
    await picture('chapter');
    await page.locator('#run-all').tap();
    await page.locator('.cell[data-state="done"]').nth(1).waitFor();
    await cell(page, 2).locator('img').scrollIntoViewIfNeeded();
    await noSideways(page);
    await picture('cell');
    await cell(page, 1).getByRole('button', {name: 'Graph'}).tap();
    await page.locator('#view .graph-canvas').waitFor();
    await picture('graph');
    await page.getByRole('button', {name: 'Close'}).last().tap();
    await page.locator('#side-open').tap();
    await picture('contents');
    await contrast(page, axe);
  },
};

exports.bookInTheDark = {
  options: {colorScheme: 'dark', viewport: {width: 1280, height: 900}},
  async run({page, servers, axe, picture}) {
    await open(page, servers, '1.5-classification');
    await page.click('#run-all');
    await page.locator('.cell[data-state="done"]').first().waitFor();
    await cell(page, 1).locator('img').scrollIntoViewIfNeeded();
    await picture();
    await contrast(page, axe);
    await page.click('#theme');
    await picture('switched');
    await contrast(page, axe);
  },
};
