// The view of the compiler: passes, rules, kernels and their code; of a program and of a cell, on a phone, in the dark.
const fs = require('fs');
const {assert, contrast, noSideways, until} = require('../../../../teenygrad-serve/src/test/browser/page.cjs');

const open = async (page, {live, liveToken}) => {
  await page.goto(`${live}/compiler?token=${liveToken}`);
  await page.locator('.list li').first().waitFor();
};
const pass = (page, name) => page.locator('.passes').getByRole('button', {name: new RegExp(`^${name}`)});

exports.showsWhatEachPassChanged = {
  options: {viewport: {width: 1380, height: 1000}},
  async run({page, servers, picture, axe}) {
    await open(page, servers);
    await pass(page, 'expand gradients').click();
    await page.getByRole('heading', {name: /^Before/}).waitFor();
    assert.match(await page.locator('.list').first().innerText(), /GRADIENT/);
    assert.doesNotMatch(await page.locator('.list').nth(1).innerText(), /GRADIENT/);
    await pass(page, 'simplify').click();
    const rule = page.locator('.rules button').first();
    await rule.click();
    const name = await rule.locator('code').innerText();
    await page.locator('.list mark', {hasText: name}).first().waitFor();
    assert.ok(await page.locator('.list .added').count() > 0);
    await picture();
    await contrast(page, axe);
  },
};

exports.showsKernelsAndTheirCode = {
  options: {viewport: {width: 1380, height: 1400}},
  async run({page, servers, picture, axe}) {
    await open(page, servers);
    await pass(page, 'kernels').click();
    await page.getByRole('button', {name: /^contract 256x256x256 \+ bias/}).click();
    await page.getByRole('heading', {name: /^contract 256x256x256 \+ bias/}).waitFor();
    await page.getByRole('button', {name: 'LLVM IR'}).click();
    assert.match(await page.locator('.code').innerText(), /^define void @contract_/m);
    await page.getByRole('button', {name: 'Assembly'}).click();
    await until(page, () => /\.text/.test(document.querySelector('.code').textContent));
    assert.match(await page.locator('.kernel-detail .parts').innerText(), /about \d+ operations an element/);
    assert.match(await page.locator('.kernel-detail .list').innerText(), /MUL[\s\S]*REDUCE/);
    await picture();
    await contrast(page, axe);
  },
};

exports.valuesOfAProgramAreReadWhileItRuns = {
  options: {viewport: {width: 1380, height: 1000}},
  async run({page, servers, picture, axe}) {
    await open(page, servers);
    await page.getByLabel('Schedule').selectOption({index: await page.getByLabel('Schedule').locator('option').count() - 1}); // that of each step
    await pass(page, 'graph').click();
    await page.locator('.graph-canvas').waitFor();
    await page.getByRole('searchbox').fill('contract 256x256x256 + bias');
    const value = page.locator('.graph-facts');
    await value.getByText(/^value /).waitFor();
    const read = () => value.innerText().then(text => text.match(/float32\(256, ?256\), in run ([\d,]+)\s+from [-\d.e]+ to [-\d.e]+, mean [-\d.e]+, standard deviation [-\d.e]+\s+\[\[/)?.[1].replace(/,/g, ''));
    await until(page, () => /standard deviation/.test(document.querySelector('.graph-facts').textContent));
    const before = Number(await read());
    await value.locator('img').scrollIntoViewIfNeeded();
    await picture();
    await contrast(page, axe);
    await page.getByRole('searchbox').press('Enter'); // chooses it once more
    await until(page, run => Number(document.querySelector('.graph-facts').textContent.match(/in run ([\d,]+)/)?.[1].replace(/,/g, '')) > run, before);
    for (const [name, start, part] of [['DOT', 'digraph teenygrad', 'label="3: contract 256x256x256'], ['SVG', '<svg', '3: contract 256x256x256']]) {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name, exact: true}).click()]);
      const text = fs.readFileSync(await download.path(), 'utf8');
      assert.ok(text.startsWith(start) && text.includes(part), text);
    }
    await page.getByRole('button', {name: 'Unfold all parts'}).click();
    await page.getByRole('searchbox').fill('ERF');
    await value.getByText('It has no memory of its own').first().waitFor();
  },
};

exports.plansForAGpuThatIsNotThere = {
  options: {viewport: {width: 1380, height: 1400}},
  async run({page, servers, picture, axe}) {
    await open(page, servers);
    await page.getByRole('button', {name: 'an H200'}).focus();
    await page.keyboard.press('Enter');
    await page.getByText(/^for H200 \(planned\), made in/).waitFor();
    await page.getByRole('button', {name: /^contract 256x256x256/}).first().focus();
    await page.keyboard.press('Enter');
    await page.waitForLoadState('networkidle'); // the kernel that was chosen has come
    await page.getByRole('button', {name: 'PTX'}).focus();
    await page.keyboard.press('Enter');
    await until(page, () => /\.target sm_90a/.test(document.querySelector('.code').textContent));
    assert.match(await page.locator('.plan-facts').innerText(), /256 rows by 256 columns of sums of 256 products each[\s\S]*a block of \d+ threads makes \d+ x \d+ sums/);
    await page.locator('.plan-facts').scrollIntoViewIfNeeded();
    await picture();
    await contrast(page, axe);
    await pass(page, 'graph').click();
    await page.locator('.graph-canvas').waitFor();
    await page.getByRole('searchbox').fill('ERF');
    await page.locator('.graph-facts').getByText('Enter unfolds it').waitFor();
    await page.locator('.graph-canvas').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('searchbox').fill('ERF');
    await page.locator('.graph-facts').getByText(/Program\.java:\d+/).waitFor(); // the line that made it
  },
};

exports.showsHowACellIsCompiled = {
  options: {viewport: {width: 1280, height: 900}},
  async run({page, servers, picture}) {
    await page.goto(`${servers.book}/book/2.2-autodiff?token=${servers.token}`);
    await page.locator('body[data-ready]').waitFor();
    await page.locator('.cell').first().getByRole('button', {name: 'Run'}).click();
    await page.locator('.cell[data-state="done"]').first().waitFor();
    await page.locator('.cell').first().getByRole('button', {name: 'Compiler'}).click();
    await page.locator('#view .list li').first().waitFor();
    assert.match(await page.locator('#view .list').first().innerText(), /SIN [\s\S]*3: Tensor d = x1\.exp/); // the cell's line
    await picture();
  },
};

exports.compilerOnAPhone = {
  options: {viewport: {width: 380, height: 780}, hasTouch: true, isMobile: true},
  async run({page, servers, picture}) {
    await open(page, servers);
    await noSideways(page);
    await picture();
    await pass(page, 'kernels').tap();
    await page.locator('.code').waitFor();
    await noSideways(page);
    await picture('kernels');
  },
};

exports.compilerInTheDark = {
  options: {colorScheme: 'dark', viewport: {width: 1380, height: 1000}},
  async run({page, servers, picture, axe}) {
    await open(page, servers);
    await picture();
    await contrast(page, axe);
    await pass(page, 'kernels').click();
    await page.locator('.code').waitFor();
    await picture('kernels');
    await contrast(page, axe);
  },
};
