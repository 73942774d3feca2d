// The conversation.
const {answerWith, ask, assert, begin, lastAnswer, requestOf, text, until} = require('./page.cjs');

exports.streamsAndStops = {
  async run({page, servers, picture}) {
    await page.goto(servers.endless);
    await begin(page, 'Go on');
    const first = (await text(lastAnswer(page))).length;
    await until(page, length => document.querySelector('.answer .body').innerText.length > length + 20, first);
    assert.match(await page.locator('#live').innerText(), /\d+ tokens · [\d.]+ tokens\/s · first \d/);
    assert.deepEqual(await page.locator('.conversation').allInnerTexts(), ['Go on']);
    await picture('streams');
    await page.click('#stop');
    await lastAnswer(page).and(page.locator('[data-state="stopped"]')).waitFor();
    assert.match(await text(lastAnswer(page)), /^(abc)+a?b?$/);
    assert.equal(await lastAnswer(page).locator('.note').innerText(), 'Stopped.');
    await until(page, async () => /teenygrad_choices_running 0\n/.test(await (await fetch('/metrics')).text()));
    await begin(page, 'And again');
    await page.keyboard.press('Escape');
    await lastAnswer(page).and(page.locator('[data-state="stopped"]')).waitFor();
  },
};

exports.editsIntoABranch = {
  async run({page, servers, picture}) {
    await page.goto(servers.calculating);
    await ask(page, 'one');
    await ask(page, 'later');
    const question = page.locator('.question').first();
    await question.hover();
    await question.getByLabel('Edit').click();
    await page.getByLabel('Your message, edited').fill('two');
    await page.keyboard.press('Enter');
    await until(page, () => document.querySelectorAll('.answer[data-state="done"]').length === 1);
    assert.equal(await page.locator('.question .said').innerText(), 'two');
    assert.equal(await page.locator('.question .branches').innerText(), '2 / 2');
    await picture();
    await page.getByLabel('Version before').click();
    assert.deepEqual(await page.locator('.question .said').allInnerTexts(), ['one', 'later']);
    await page.reload();
    assert.deepEqual(await page.locator('.question .said').allInnerTexts(), ['one', 'later']);
    await page.getByLabel('Next version').click();
    assert.deepEqual(await page.locator('.question .said').allInnerTexts(), ['two']);
  },
};

exports.answersAgain = {
  async run({page, servers}) {
    await page.goto(servers.random);
    await ask(page, 'hello');
    const first = await text(lastAnswer(page));
    await lastAnswer(page).hover();
    await page.getByLabel('Answer again').click();
    await page.locator('.answer .branches').waitFor();
    await until(page, () => document.querySelector('.answer').dataset.state !== 'writing');
    assert.equal(await page.locator('.answer .branches').innerText(), '2 / 2');
    await page.getByLabel('Version before').click();
    assert.equal(await text(lastAnswer(page)), first);
  },
};

exports.keepsConversations = {
  async run({page, servers, picture}) {
    await page.goto(servers.calculating);
    await ask(page, 'the first');
    const answer = await text(lastAnswer(page));
    await page.reload();
    assert.equal(await text(lastAnswer(page)), answer);
    await page.click('#new-chat');
    assert.equal(await page.locator('article').count(), 0);
    await ask(page, 'the second');
    await picture();
    assert.deepEqual(await page.locator('.conversation').allInnerTexts(), ['the second', 'the first']);
    await page.getByRole('button', {name: 'the first', exact: true}).click();
    assert.equal(await page.locator('.question .said').innerText(), 'the first');
    await page.getByLabel('Delete: the first').click();
    assert.deepEqual(await page.locator('.conversation').allInnerTexts(), ['the second']);
    await page.reload();
    assert.deepEqual(await page.locator('.conversation').allInnerTexts(), ['the second']);
  },
};

exports.keepsTextsWhereThereIsNoRoom = {
  async run({page, servers}) {
    await page.goto(servers.random);
    await answerWith(page, 'An answer of some length. '.repeat(100));
    await ask(page, 'before');
    const tokens = () => page.evaluate(() => Object.values(localStorage).filter(value => value.includes('"tokens":[[')).length);
    assert.equal(await tokens(), 1);
    await page.evaluate(() => {
      for (let size = 1 << 23; size >= 512; size /= 2) {
        try {
          localStorage.setItem('filler', (localStorage.getItem('filler') ?? '') + 'x'.repeat(size));
        } catch {
          // less fits
        }
      }
    });
    await page.click('#new-chat');
    await ask(page, 'after');
    assert.equal(await tokens(), 0);
    await page.reload();
    assert.match(await text(lastAnswer(page)), /^An answer of some length\./);
    await page.getByRole('button', {name: 'before', exact: true}).click();
    assert.match(await text(lastAnswer(page)), /^An answer of some length\./);
  },
};

exports.saysWhatTheModelReads = {
  async run({page, servers}) {
    await page.goto(servers.calculating);
    await ask(page, 'first');
    const sent = await requestOf(page, () => ask(page, 'second'));
    assert.deepEqual(sent.messages, [
      {role: 'user', content: 'first'},
      {role: 'assistant', content: [
        {type: 'text', text: 'a'}, {type: 'python', text: '9+3'}, {type: 'python_output', text: '12'}, {type: 'text', text: '.'}]},
      {role: 'user', content: 'second'},
    ]);
  },
};

exports.continuesTexts = {
  async run({page, servers}) {
    await page.goto(servers.text);
    await page.getByPlaceholder('Begin a text that the model goes on with').waitFor();
    await page.click('#settings-open');
    await page.locator('[name="maxTokens"]').first().fill('6');
    await page.keyboard.press('Escape');
    await ask(page, 'a *b* a');
    assert.equal(await text(lastAnswer(page)), 'bcabca');
    await lastAnswer(page).locator('.token').nth(1).hover();
    assert.equal(await page.locator('#token-card .token-head').innerText(), 'c\n100 %');
    const [request] = await Promise.all([page.waitForRequest('**/v1/completions'), ask(page, 'c')]);
    assert.equal(request.postDataJSON().prompt, 'a *b* abcabcac');
    assert.equal(await text(lastAnswer(page)), 'abcabc');
  },
};

exports.showsTools = {
  async run({page, servers, picture}) {
    await page.goto(servers.calculating);
    await ask(page, 'What is 9 + 3?');
    assert.equal(await page.getByLabel('Call of a tool').locator('code').innerText(), '9+3');
    assert.equal(await page.getByLabel('Result of the tool').locator('code').innerText(), '12');
    await picture();
  },
};

exports.showsProbabilities = {
  async run({page, servers, picture}) {
    await page.goto(servers.random);
    await page.click('#settings-open');
    for (const [name, value] of [['temperature', '1'], ['seed', '8'], ['maxTokens', '48']]) {
      await page.locator(`[name="${name}"]`).first().fill(value);
    }
    await page.keyboard.press('Escape');
    const request = await requestOf(page, () => ask(page, 'hello'));
    const again = await page.request.post(`${servers.random}/v1/chat/completions`, {data: request});
    const tokens = (await again.text()).split('\n').filter(line => line.startsWith('data: {')).map(line => JSON.parse(line.slice(6)))
        .flatMap(chunk => chunk.choices[0]?.logprobs?.content ?? []);
    const isPlain = token => /^[A-Za-z0-9]$/.test(token.token); // not a part of a character
    const at = tokens.findIndex((token, index) => isPlain(token) && index > 0 && isPlain(tokens[index - 1]));
    const token = page.locator(`.token[data-token="${at}"]`).first();
    await token.hover();
    const card = page.locator('#token-card');
    await card.waitFor();
    assert.equal(await card.locator('.token-head code').innerText(), tokens[at].token);
    assert.equal(parseFloat(await card.locator('.token-head strong').innerText()), shown(tokens[at].logprob));
    const others = await card.locator('li:not(.chosen) .number').allInnerTexts();
    const expected = tokens[at].top_logprobs.filter(each => each.logprob !== tokens[at].logprob).map(each => shown(each.logprob));
    assert.deepEqual(others.map(each => parseFloat(each.replace('< ', ''))), expected);
    await picture();
    await page.locator('#question').hover();
    await card.waitFor({state: 'hidden'});
    await page.locator('.answer .token[tabindex="0"]').focus();
    await card.waitFor();
    const first = await page.evaluate(() => document.activeElement.dataset.token);
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await page.evaluate(() => document.activeElement.dataset.token), first);
    assert.ok(await card.isVisible());
    await page.keyboard.press('Escape');
    await card.waitFor({state: 'hidden'});
  },
};

/** As the card rounds it. */
function shown(logprob) {
  const percent = 100 * Math.exp(Math.round(logprob * 1000) / 1000);
  return percent >= 99.95 ? 100 : percent >= 10 ? Number(percent.toFixed(0)) : percent >= 0.1 ? Number(percent.toFixed(1)) : 0.1;
}

exports.sendsItsSettings = {
  async run({page, servers, picture}) {
    await page.goto(servers.calculating);
    await page.click('#settings-open');
    await page.fill('[name="system"]', 'Be brief.');
    await page.check('[name="compare"]');
    for (const [name, a, b] of [['temperature', '0.5', '1'], ['topK', '7', '9'], ['topP', '0.9', '0.8'], ['maxTokens', '30', '31'], ['seed', '1', '2']]) {
      await page.locator(`[name="${name}"]`).first().fill(a);
      await page.locator(`[name="${name}"]`).last().fill(b);
    }
    await picture('settings');
    await page.getByRole('button', {name: 'Done'}).click();
    const requests = [];
    page.on('request', request => request.url().endsWith('/v1/chat/completions') && requests.push(request.postDataJSON()));
    await ask(page, 'hello');
    await until(page, () => document.querySelectorAll('.answer[data-state="done"]').length === 2);
    await picture('pair');
    const said = requests.map(({temperature, top_k, top_p, max_tokens, seed}) => [temperature, top_k, top_p, max_tokens, seed]);
    assert.deepEqual(said, [[0.5, 7, 0.9, 30, 1], [1, 9, 0.8, 31, 2]]);
    assert.deepEqual(requests[0].messages[0], {role: 'system', content: 'Be brief.'});
    await page.getByRole('button', {name: 'Go on with this'}).click();
    assert.equal(await page.locator('.side-by-side[data-chosen="true"] .how b').innerText(), 'B');
    await page.reload();
    assert.equal(await page.locator('.side-by-side[data-chosen="true"] .how b').innerText(), 'B');
  },
};

exports.comparesTwoModels = {
  async run({page, servers}) {
    await page.route('**/v1/models', route => route.fulfill({json: {object: 'list', data: [{id: 'base'}, {id: 'sft'}, {id: 'rl'}]}}));
    await page.goto(servers.random);
    await until(page, () => document.getElementById('model').textContent === 'base · sft · rl');
    await answerWith(page, 'An answer.');
    await page.click('#settings-open');
    await page.check('[name="compare"]');
    await page.getByRole('combobox').last().selectOption('rl');
    await page.getByRole('button', {name: 'Done'}).click();
    const asked = [];
    page.on('request', request => request.url().endsWith('/v1/chat/completions') && asked.push(request.postDataJSON().model));
    await ask(page, 'hello');
    await until(page, () => document.querySelectorAll('.answer[data-state="done"]').length === 2);
    assert.deepEqual(asked, ['base', 'rl']);
    assert.deepEqual(await page.locator('.how').allInnerTexts(), ['A\nbase', 'B\nrl'].map(text => text.replace('\n', '')));
  },
};

exports.isWrittenByKeys = {
  async run({page, servers}) {
    await page.goto(servers.calculating);
    await page.locator('#settings-open').focus();
    await page.keyboard.press('/');
    await page.keyboard.type('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two / three');
    await page.keyboard.press('Enter');
    await until(page, () => document.querySelectorAll('.answer[data-state="done"]').length === 1);
    assert.equal(await page.locator('.question .said').innerText(), 'one\ntwo / three');
    await page.keyboard.press('ArrowUp');
    assert.equal(await page.getByLabel('Your message, edited').inputValue(), 'one\ntwo / three');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.question .said').innerText(), 'one\ntwo / three');
  },
};

exports.showsMarkdown = {
  async run({page, servers, picture}) {
    await page.goto(servers.random);
    await answerWith(page, '## Head\n\nSome **bold** and `code`, [a link](https://example.org/).\n\n1. one\n2. two\n\n```java\nvar x = 1;\n```\n\n'
        + '| a | b |\n| --- | ---: |\n| 1 | 2 |\n');
    await ask(page, 'markdown');
    const body = page.locator('.answer .body');
    assert.equal(await body.locator('h2').innerText(), 'Head');
    assert.equal(await body.locator('strong').innerText(), 'bold');
    assert.deepEqual(await body.locator('ol li').allInnerTexts(), ['one', 'two']);
    assert.equal(await body.locator('td[align="right"]').evaluate(cell => getComputedStyle(cell).textAlign), 'right');
    assert.match(await body.locator('a').getAttribute('rel'), /noopener/);
    await body.getByLabel('Copy the code').click();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'var x = 1;');
    assert.equal(await page.evaluate(() => [...document.querySelectorAll('.answer .token')].map(token => token.textContent).join('')
        .replace(/\s/g, '')), 'HeadSomeboldandcode,alink.onetwovarx=1;ab12');
    await picture();
  },
};
