// How the page looks: sizes, colours, long texts; and whom it shuts out.
const {answerWith, ask, assert, begin, contrast, lastAnswer, noSideways, text, until} = require('./page.cjs');

const CODE = `Here is a function:\n\n\`\`\`python\n${'def f(x):\n    return x  # a comment that is so long that no phone has room for it, and many other screens have none\n\n'.repeat(12)}\`\`\`\n\n`
    + 'It returns `x`. averylongwordwithoutanyplacetobreakitthatiswiderthanaphone '.repeat(3);

/** Answers in which everything occurs. */
async function fill(page, url) {
  await page.goto(url);
  await answerWith(page, CODE);
  await ask(page, 'Show me some code, please, and then tell me what it does.');
}

exports.phone = {
  options: {viewport: {width: 380, height: 780}, hasTouch: true, isMobile: true},
  async run({page, servers, axe, picture}) {
    await page.goto(servers.random);
    await picture('welcome');
    await fill(page, servers.random);
    await noSideways(page);
    assert.ok(await page.locator('.code pre').evaluate(pre => pre.scrollWidth > pre.clientWidth));
    await picture('code');
    await page.locator('.token').first().tap();
    await page.locator('#token-card').waitFor();
    const card = await page.locator('#token-card').boundingBox();
    assert.ok(card.x >= 0 && card.x + card.width <= 380);
    await page.locator('#side-open').tap();
    await page.getByRole('button', {name: 'Show me some code'}).first().waitFor();
    await picture('side');
    await page.keyboard.press('Escape');
    await page.locator('#settings-open').tap();
    await noSideways(page);
    await picture('settings');
    await page.keyboard.press('Escape');
    await page.locator('#tab-engine').tap();
    await noSideways(page);
    await contrast(page, axe);
  },
};

exports.dark = {
  options: {colorScheme: 'dark'},
  async run({page, servers, axe, picture}) {
    await fill(page, servers.random);
    const lightness = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).reduce((sum, each) => sum + Number(each), 0));
    assert.ok(await lightness() < 150);
    await picture();
    await contrast(page, axe);
    await page.click('#theme');
    assert.ok(await lightness() > 600);
    await page.reload();
    assert.ok(await lightness() > 600);
    await page.click('#theme');
    assert.ok(await lightness() < 150);
  },
};

exports.light = {
  async run({page, servers, axe, picture}) {
    await fill(page, servers.random);
    await picture();
    await contrast(page, axe);
    await page.click('#settings-open');
    await page.check('[name="tint"]');
    await contrast(page, axe);
    await page.keyboard.press('Escape');
    await page.evaluate(() => document.getElementById('thread').scrollTop = 0);
    await picture('tint');
  },
};

exports.longConversation = {
  async run({page, servers, picture}) {
    await page.goto(servers.random);
    for (let i = 0; i < 12; i++) {
      await answerWith(page, `This is answer ${i}. ${'It has some sentences. '.repeat(20)}`);
      await ask(page, `Question ${i}?`);
    }
    const thread = page.locator('#thread');
    assert.ok(await thread.evaluate(it => it.scrollHeight - it.scrollTop - it.clientHeight < 2), 'stays at the end');
    await thread.evaluate(it => it.scrollTop = 0);
    await page.locator('#to-end').click();
    await until(page, () => document.getElementById('to-end').hidden);
    await thread.evaluate(it => it.scrollTop = 300);
    await picture();
    await page.reload();
    assert.equal(await page.locator('.answer').count(), 12);
    assert.match(await text(lastAnswer(page)), /^This is answer 11\./);
  },
};

exports.staysWhereItIsRead = {
  async run({page, servers}) {
    await page.goto(servers.endless);
    await page.setViewportSize({width: 500, height: 500});
    await begin(page, 'Go on');
    await until(page, () => document.getElementById('thread').scrollTop > 100);
    await page.locator('#thread').hover();
    await page.mouse.wheel(0, -10000);
    await until(page, () => document.getElementById('thread').scrollTop === 0);
    const length = (await text(lastAnswer(page))).length;
    await until(page, before => document.querySelector('.answer .body').innerText.length > before + 100, length);
    assert.equal(await page.locator('#thread').evaluate(it => it.scrollTop), 0);
    await page.keyboard.press('Escape');
  },
};

exports.nothingJumps = {
  async run({page, servers}) {
    await page.goto(servers.random);
    await until(page, () => document.getElementById('model').textContent !== '');
    await page.evaluate(() => {
      globalThis.shifts = [];
      new PerformanceObserver(list => list.getEntries().forEach(entry => globalThis.shifts.push(...entry.sources.map(source => source.node?.id || source.node?.className))))
          .observe({type: 'layout-shift', buffered: true});
    });
    await answerWith(page, CODE);
    await ask(page, 'one');
    await ask(page, 'two');
    await page.locator('.answer .token').nth(1).hover();
    const composer = await page.locator('#composer').boundingBox();
    assert.equal(composer.y + composer.height, 800);
    const outside = (await page.evaluate(() => globalThis.shifts)).filter(name => /composer|field|side|status|tabs|model/.test(name ?? ''));
    assert.deepEqual(outside, []);
  },
};

exports.hostileTextStaysText = {
  async run({page, servers, picture}) {
    await page.goto(servers.random);
    page.on('dialog', dialog => assert.fail(dialog.message()));
    const hostile = '<script>document.title = "taken"</script><img src="http://elsewhere.example/x.png" onerror="document.title=1">\n\n'
        + '<iframe src="http://elsewhere.example"></iframe>\n\n[click](javascript:document.title=2) ![seen](http://elsewhere.example/y.png) '
        + '[data](data:text/html,<script>alert(1)</script>) <a href="javascript:alert(2)">a</a> <style>body{display:none}</style>\n\n'
        + '<svg><script>alert(3)</script></svg> <form action="http://elsewhere.example"><input></form> <math><mtext></mtext></math>\n\n'
        + '```html"><img src=x onerror=alert(4)>\n<script>alert(5)</script>\n```\n';
    await answerWith(page, hostile);
    await ask(page, '<b onclick="alert(6)">mine</b><script>alert(7)</script>');
    const body = page.locator('.answer .body');
    assert.equal(await body.locator('script, img, iframe, style, form, input, math, svg:not([aria-hidden]), [onerror], [onclick]').count(), 0);
    assert.deepEqual(await body.locator('a[href]').evaluateAll(links => links.map(link => link.getAttribute('href'))), []);
    assert.match(await body.innerText(), /<script>document\.title = "taken"<\/script><img src="http/);
    assert.match(await body.locator('pre').innerText(), /<script>alert\(5\)<\/script>/);
    assert.equal(await page.locator('.question .said').innerText(), '<b onclick="alert(6)">mine</b><script>alert(7)</script>');
    assert.equal(await page.title(), 'teenygrad');
    await picture();
    await page.reload();
    assert.match(await page.locator('.answer .body').innerText(), /<script>document\.title/);
    assert.equal(await page.title(), 'teenygrad');
  },
};
