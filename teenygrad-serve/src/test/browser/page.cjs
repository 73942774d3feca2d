// What is done with the page again and again, and answers that a model of the tests would not give.
const assert = require('node:assert/strict');

const DONE = '.answer:not([data-state="writing"])';

/** Asks and waits for the answer to be there. */
async function ask(page, question) {
  const before = await page.locator(DONE).count();
  await page.fill('#question', question);
  await page.keyboard.press('Enter');
  await page.locator(DONE).nth(before).waitFor();
  await page.locator('#send').waitFor();
}

/** Asks and waits for the first words. */
async function begin(page, question) {
  await page.fill('#question', question);
  await page.keyboard.press('Enter');
  await page.locator('.answer[data-state="writing"] .token').nth(5).waitFor();
}

const lastAnswer = page => page.locator('.answer').last();
const text = async locator => (await locator.locator('.body').innerText()).trim();

/** Server-sent events of an answer of these words, each a token that had `probability`. */
function events(words, probability = 0.6) {
  const token = (said, share) => ({token: said, logprob: Math.log(share), bytes: [...Buffer.from(said)]});
  const chunk = (delta, content = null, finish = null) =>
      ({model: 'tiny', choices: [{index: 0, delta, logprobs: content && {content}, finish_reason: finish}]});
  const chunks = words.map(word => chunk({content: word}, [{...token(word, probability), top_logprobs: [token(word, probability), token(' else', 0.1)]}]));
  return [...chunks, chunk({}, null, 'stop')].map(each => `data: ${JSON.stringify(each)}\n\n`).join('') + 'data: [DONE]\n\n';
}

/** From now on the server answers with this text. */
async function answerWith(page, answer) {
  await page.unroute('**/v1/chat/completions');
  await page.route('**/v1/chat/completions', route => route.fulfill({contentType: 'text/event-stream', body: events(answer.match(/\s*\S{1,6}|\s+$/g))}));
}

/** What a request said. */
async function requestOf(page, action) {
  const [request] = await Promise.all([page.waitForRequest('**/v1/chat/completions'), action()]);
  return request.postDataJSON();
}

/** Waits until a check of the page holds. */
async function until(page, check, argument) {
  await page.waitForFunction(check, argument);
}

const noSideways = async page => assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);

/** Whether everybody can read and use what is on the page. */
const contrast = async (page, axe) => {
  await page.evaluate(axe);
  const {violations} = await page.evaluate(() => globalThis.axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice']}));
  assert.deepEqual(violations.map(({id, nodes}) => `${id}: ${nodes.map(node => node.html).join(' ')}`), []);
};

module.exports = {answerWith, ask, assert, begin, contrast, events, lastAnswer, noSideways, requestOf, text, until};
