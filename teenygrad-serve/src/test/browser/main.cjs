// Runs what is done with the page, each in a browser context of its own, and writes a line of JSON for each.
const {execFileSync} = require('child_process');
const path = require('path');

const [browserName, servers, folder] = process.argv.slice(2);
const installed = name => require(require.resolve(name, {paths: [path.resolve(folder)]}));
const {chromium} = installed('playwright-core');
const axe = installed('axe-core').source;

const TIMEOUT = 30000;

async function main() {
  const browser = await chromium.launch({executablePath: execFileSync('which', [browserName]).toString().trim(), args: ['--no-sandbox']});
  const cases = {...require('./chat.cjs'), ...require('./looks.cjs'), ...require('./server.cjs')};
  for (const [name, run] of Object.entries(cases)) {
    const context = await browser.newContext({viewport: {width: 1200, height: 800}, reducedMotion: 'reduce', ...run.options});
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
    page.setDefaultTimeout(TIMEOUT);
    const problems = [];
    page.on('pageerror', error => problems.push(`the page threw: ${error.message}`));
    page.on('request', request => /^https?:\/\/localhost:/.test(request.url()) || problems.push(`the page called ${request.url()}`));
    page.on('console', message => /Content Security Policy|Trusted/.test(message.text()) && problems.push(message.text()));
    let error = '';
    try {
      await run.run({page, servers: JSON.parse(servers), axe, picture: more => page.screenshot({path: path.join(folder, `${name}${more ? '-' + more : ''}.png`)})});
    } catch (thrown) {
      error = String(thrown.stack ?? thrown);
      await page.screenshot({path: path.join(folder, `${name}-failed.png`)}).catch(() => {});
    }
    console.log(JSON.stringify({name, error: [error, ...problems.filter(problem => !run.expects?.test(problem))].filter(Boolean).join('\n')}));
    await context.close();
  }
  await browser.close();
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
