// The view of trainings: runs side by side, as they go on, after a reload, on a phone, in the dark.
const fs = require('fs');
const path = require('path');
const {assert, contrast, noSideways, until} = require('../../../../teenygrad-serve/src/test/browser/page.cjs');

const HEADER = 'iteration,loss,learning_rate,ms,train_loss,val_loss,grad_norm\n';
const EVERY = 50;

/** Rows as a training writes them: a loss that falls towards `floor`. */
function rows(from, to, floor, speed) {
  let text = '';
  for (let i = from; i < to; i++) {
    const loss = floor + 3 * Math.exp(-i / speed);
    const noise = 0.15 * Math.sin(i * 12.9898) * Math.cos(i * 78.233);
    text += `${i},${loss + noise},${0.001 * Math.min(1, i / 100)},${60 + 8 * Math.sin(i)},${i % EVERY ? ',' : `${loss},${loss + 0.05}`},${1 + Math.exp(-i / 50)}\n`;
  }
  return text;
}

function write(logs, name, text, settings) {
  const folder = path.join(logs, name);
  fs.mkdirSync(folder, {recursive: true});
  fs.writeFileSync(path.join(folder, 'config.json'), JSON.stringify(settings));
  fs.writeFileSync(path.join(folder, 'log.csv'), text);
  fs.writeFileSync(path.join(folder, 'samples.jsonl'), [0, 200, 350].map(iteration => sample(iteration, `${name} at ${iteration}: once upon a time`)).join(''));
}

const sample = (iteration, text) => `${JSON.stringify({iteration, text, live_bytes: 3.2e7})}\n`;

function two(logs) {
  fs.rmSync(logs, {recursive: true, force: true});
  write(logs, 'small', HEADER + rows(0, 600, 1.5, 120), {n_layer: 2, batch_size: 12, block_size: 64, learning_rate: 0.001, device: 'cpu', flops_per_token: 5e6});
  write(logs, 'large', HEADER + rows(0, 400, 1.2, 160), {n_layer: 4, batch_size: 12, block_size: 64, learning_rate: 0.001, device: 'cuda', machine: 'NVIDIA H200, 139.8 GiB', dtype: 'bfloat16', flops_per_token: 5e9});
}

const open = (page, {book, token}) => page.goto(`${book}/training?token=${token}`);
const iteration = (page, row) => page.locator('#training .runs tbody tr').nth(row).locator('td').nth(2).innerText();

exports.saysWhatMakesARun = {
  async run({page, servers}) {
    fs.rmSync(servers.logs, {recursive: true, force: true});
    await open(page, servers);
    await page.getByText('There is no run below').waitFor();
    two(servers.logs);
    await page.locator('#training .uplot').first().waitFor();
  },
};

exports.showsRunsSideBySideAndLive = {
  options: {viewport: {width: 1280, height: 1000}},
  async run({page, servers, picture, axe}) {
    two(servers.logs);
    await open(page, servers);
    await page.locator('#training .uplot').nth(2).waitFor();
    assert.equal(await page.locator('#training .runs tbody tr').count(), 2);
    assert.equal(await iteration(page, 0), '399');
    assert.match(await page.locator('#training .settings').innerText(), /n_layer\s+4\s+2/);
    await contrast(page, axe);
    await page.waitForTimeout(1100); // rows from now on are no longer those that were there
    fs.appendFileSync(path.join(servers.logs, 'large', 'log.csv'), rows(400, 450, 1.2, 160));
    await until(page, () => document.querySelector('#training tbody tr td:nth-child(3)').innerText === '449');
    await page.getByText('live', {exact: true}).waitFor();
    for (const title of ['Loss', 'Learning rate', 'Gradient norm', 'Speed', 'MFU', 'Memory of tensors']) {
      await page.locator('.charts figcaption', {hasText: title}).waitFor();
    }
    await picture();
    await page.getByText('large at 350: once upon a time').waitFor();
    fs.appendFileSync(path.join(servers.logs, 'large', 'samples.jsonl'), sample(400, 'large at 400: <b>the end</b>'));
    await page.getByText('large at 400: <b>the end</b>').waitFor();
    await page.getByRole('slider', {name: 'Sample of large'}).focus();
    await page.keyboard.press('Home');
    await page.getByText('large at 0: once upon a time').waitFor();
    await page.locator('.samples').scrollIntoViewIfNeeded();
    await picture('samples');
    await page.getByRole('checkbox', {name: 'Show small'}).uncheck();
    await until(page, () => document.querySelectorAll('#training .settings tr').length === 0);
    await page.locator('.charts figcaption', {hasText: 'MFU'}).waitFor(); // of a GPU, by its data sheet
    await page.reload();
    await page.locator('#training .uplot').nth(2).waitFor();
    assert.equal(await iteration(page, 0), '449');
  },
};

exports.trainingOnAPhone = {
  options: {viewport: {width: 380, height: 780}, hasTouch: true, isMobile: true},
  async run({page, servers, picture}) {
    two(servers.logs);
    await open(page, servers);
    await page.locator('#training .uplot').nth(2).waitFor();
    await noSideways(page);
    await picture();
  },
};

exports.trainingInTheDark = {
  options: {colorScheme: 'dark', viewport: {width: 1280, height: 1000}},
  async run({page, servers, picture, axe}) {
    two(servers.logs);
    await open(page, servers);
    await page.locator('#training .uplot').nth(2).waitFor();
    await page.getByRole('checkbox', {name: 'Logarithmic loss'}).check();
    await page.locator('.u-over').first().hover({position: {x: 200, y: 100}});
    await until(page, () => document.querySelector('.readout').innerText.includes('large'));
    await picture();
    await contrast(page, axe);
  },
};
