// Runs what is done with a page, each in a browser context of its own, and writes a line of JSON for each.
//
//   node main.cjs SERVERS FOLDER CASES...     JSON that cases are given, where pictures go, files of cases
//
// Without npm or Chromium it says so: {"skipped": WHY}.
const {execFileSync} = require('child_process');
const fs = require('fs');
const path = require('path');

const [servers, folder, ...files] = process.argv.slice(2);
const installed = name => require(require.resolve(name, {paths: [path.resolve(folder)]}));

const TIMEOUT = 60000; // a machine may have other things to do

function output(...command) {
  try {
    return execFileSync(command[0], command.slice(1), {stdio: ['ignore', 'pipe', 'inherit']}).toString().trim();
  } catch {
    return ''; // it is not there, or does not work, which it has said
  }
}

/** Why nothing can be run; null if all is there. */
function lack(executablePath) {
  if (!executablePath) {
    return 'there is no chromium';
  }
  fs.mkdirSync(folder, {recursive: true});
  fs.copyFileSync(path.join(__dirname, 'package.json'), path.join(folder, 'package.json'));
  return output('npm', 'install', '--prefix', folder, '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts') ? null : 'npm cannot install what package.json names';
}

async function main() {
  const executablePath = ['chromium', 'chromium-browser', 'google-chrome'].map(name => output('which', name)).find(Boolean);
  const skipped = lack(executablePath);
  if (skipped) {
    console.log(JSON.stringify({skipped}));
    return;
  }
  const {chromium} = installed('playwright-core');
  const axe = installed('axe-core').source;
  const browser = await chromium.launch({executablePath, args: ['--no-sandbox']});
  const cases = Object.assign({}, ...files.map(file => require(path.resolve(file))));
  for (const [name, run] of Object.entries(cases)) {
    const context = await browser.newContext({viewport: {width: 1200, height: 800}, reducedMotion: 'reduce', ...run.options});
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
    page.setDefaultTimeout(TIMEOUT);
    const problems = [];
    page.on('pageerror', error => problems.push(`the page threw: ${error.message}`));
    page.on('request', request => /^(blob:)?https?:\/\/localhost:/.test(request.url()) || problems.push(`the page called ${request.url()}`));
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
