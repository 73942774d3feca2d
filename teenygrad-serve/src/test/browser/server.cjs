// The page and the server: keys, refusals, lost connections, the engine's view.
const {ask, assert, begin, events, lastAnswer, noSideways, text, until} = require('./page.cjs');

exports.asksForTheKey = {
  async run({page, servers, picture}) {
    await page.goto(servers.keyed);
    const dialog = page.locator('#key');
    await dialog.waitFor();
    await picture();
    await page.getByRole('textbox', {name: 'Key'}).fill('a-key-that-is-wrong');
    await page.keyboard.press('Enter');
    await page.getByText('That key is none of the server’s.').waitFor();
    await page.getByRole('textbox', {name: 'Key'}).fill(servers.key);
    await page.keyboard.press('Enter');
    await dialog.waitFor({state: 'hidden'});
    await until(page, () => document.getElementById('model').textContent === 'euro');
    await ask(page, 'hello');
    assert.equal(await text(lastAnswer(page)), 'aé€.');
    assert.equal(await page.evaluate(() => Object.values(localStorage).some(value => value.includes('a-key-of'))), false);
    await page.reload();
    await until(page, () => document.getElementById('model').textContent === 'euro');
    await page.evaluate(() => sessionStorage.clear());
    await page.fill('#question', 'again');
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('The server wants a key.').waitFor();
  },
};

exports.showsRefusals = {
  async run({page, servers, picture}) {
    await page.goto(servers.random);
    const refuse = answer => page.route('**/v1/chat/completions', answer, {times: 1});
    await refuse(route => route.fulfill({
      status: 429, headers: {'Retry-After': '1'}, contentType: 'application/json', body: '{"error": {"message": "there are 256 requests already"}}'}));
    await ask(page, 'one');
    assert.equal(await lastAnswer(page).locator('.note').innerText(), 'there are 256 requests already (try again in 1 s)');
    await refuse(route => route.abort());
    await ask(page, 'two');
    assert.equal(await lastAnswer(page).locator('.note').innerText(), 'The server does not answer. Is it still running?');
    await refuse(route => route.fulfill({contentType: 'text/event-stream', body: events(['half', ' an']).replace('data: [DONE]\n\n', '')}));
    await ask(page, 'three');
    assert.equal(await text(lastAnswer(page)), 'half an');
    assert.equal(await lastAnswer(page).locator('.note').innerText(), 'The answer ended before its end.');
    await picture();
    await lastAnswer(page).getByLabel('Answer again').click();
    await page.locator('.answer[data-state="done"]').waitFor();
    await page.locator('.answer').last().locator('.branches').waitFor();
  },
};

exports.refusesWhatItCannotRead = {
  async run({page, servers}) {
    await page.goto(servers.random);
    await ask(page, 'long '.repeat(500));
    assert.match(await lastAnswer(page).locator('.note').innerText(), /the prompt has \d+ tokens, and the model reads \d+ at most/);
  },
};

exports.showsTheEngine = {
  options: {colorScheme: 'dark'},
  async run({page, servers, picture}) {
    await page.goto(servers.endless);
    await page.click('#tab-engine');
    await page.getByText('Nobody is served at the moment.').waitFor();
    await page.click('#tab-chat');
    await begin(page, 'Go on');
    await page.click('#tab-engine');
    const row = page.getByLabel('Texts of the batch').locator('li:not(.quiet)');
    await row.waitFor();
    const said = await row.innerText();
    await until(page, before => document.querySelector('.rows li').innerText !== before, said);
    assert.match(said, /#\d+\s+\d+ \+ \d+ of 4096/);
    assert.ok(await page.locator('.steps rect').count() > 5);
    assert.equal(await page.locator('.figures dd').first().innerText(), '1 of 8');
    await picture();
    await page.keyboard.press('Escape');
    await page.getByText('Nobody is served at the moment.').waitFor();
    await page.reload();
    await page.getByText('Nobody is served at the moment.').waitFor();
  },
};

exports.showsTheEngineOfEachModel = {
  options: {viewport: {width: 380, height: 780}, hasTouch: true, isMobile: true},
  async run({page, servers, picture}) {
    await page.goto(`${servers.two}/#/engine`);
    await page.getByText('Nobody is served at the moment.').waitFor();
    await page.evaluate(() => {
      globalThis.answering = new AbortController();
      fetch('/v1/chat/completions', {
        method: 'POST', signal: globalThis.answering.signal, headers: {'Content-Type': 'application/json'},
        body: JSON.stringify({model: 'endless', messages: [{role: 'user', content: 'Go on'}], max_tokens: 4000, stream: true}),
      }).then(answer => answer.text()).catch(() => {});
    });
    await page.getByRole('combobox', {name: 'Model'}).selectOption('endless');
    await page.getByLabel('Texts of the batch').locator('li:not(.quiet)').waitFor();
    await noSideways(page);
    await picture();
    await page.getByRole('combobox', {name: 'Model'}).selectOption('tiny');
    await page.getByText('Nobody is served at the moment.').waitFor();
    await page.evaluate(() => globalThis.answering.abort());
    await page.goto(servers.endless);
    await until(page, () => document.getElementById('model').textContent !== '');
    await page.goto(`${servers.endless}/#/engine`);
    assert.equal(await page.getByRole('combobox', {name: 'Model'}).count(), 0);
  },
};

exports.loadsNothingFromElsewhere = {
  expects: /TrustedScriptURL/,
  async run({page, servers}) {
    const answers = [];
    page.on('response', response => answers.push(response));
    await page.goto(servers.random);
    await until(page, () => document.getElementById('model').textContent === 'tiny');
    assert.deepEqual(answers.filter(response => response.status() !== 200 || !response.url().startsWith(servers.random)).map(response => response.url()), []);
    await page.evaluate(() => document.body.append(Object.assign(document.createElement('script'), {src: '/page/main.js'}))).then(
        () => assert.fail('markup became script'), error => assert.match(error.message, /TrustedScriptURL/));
  },
};
