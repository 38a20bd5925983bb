// Looks at one page in Chromium through playwright-core: node browser.mjs CHROMIUM PLAYWRIGHT AXE PAGE FOLDER
// It prints one JSON object a look: what the page tried to load, what axe-core says, where it is too wide.
import { createRequire } from "node:module";
import { readFileSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [program, playwright, axe, page, folder] = process.argv.slice(2);
const { chromium } = createRequire(import.meta.url)(playwright);
const source = readFileSync(axe, "utf8");
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-default-apps", "--host-resolver-rules=MAP * ~NOTFOUND"];
const address = pathToFileURL(page).href;
const looks = [];
for (const scheme of ["light", "dark"]) for (const width of [360, 768, 1280]) looks.push({ media: "screen", scheme, width });
looks.push({ media: "print", scheme: "light", width: 794 });

for (const look of looks) {
  const context = await chromium.launchPersistentContext(mkdtempSync(join(folder, "profile-")), {
    executablePath: program, headless: true, args: flags, offline: true, javaScriptEnabled: true,
    viewport: { width: look.width, height: 900 }, colorScheme: look.scheme, reducedMotion: "reduce",
  });
  const tab = await context.newPage();
  await tab.emulateMedia({ media: look.media, colorScheme: look.scheme });
  const asked = [], complaints = [];
  tab.on("request", (request) => asked.push(request.url()));
  tab.on("console", (message) => complaints.push(message.text()));
  tab.on("pageerror", (error) => complaints.push(String(error)));
  await tab.goto(address, { waitUntil: "load" });
  const wide = await tab.evaluate(() => ({
    scroll: document.documentElement.scrollWidth, window: innerWidth,
    outside: [...document.querySelectorAll("body *")].filter((each) => {
      const box = each.getBoundingClientRect();
      return box.width > 1 && getComputedStyle(each).position !== "absolute" && (box.right > innerWidth + 1 || box.left < -1);
    }).map((each) => each.outerHTML.slice(0, 80)),
    colour: getComputedStyle(document.body).backgroundColor, styled: getComputedStyle(document.querySelector(".strip")).display,
  }));
  const commands = await tab.evaluate(() => [...document.querySelectorAll("code")].map((each) => {
    getSelection().selectAllChildren(each);
    const copied = getSelection().toString(), line = parseFloat(getComputedStyle(each).lineHeight);
    getSelection().removeAllRanges();
    const broken = [...each.children].filter((word) => word.getBoundingClientRect().height > 1.5 * line);
    return { seen: each.innerText, copied, broken: broken.map((word) => word.textContent) };
  }));
  await tab.screenshot({ path: join(folder, `${look.media}-${look.scheme}-${look.width}.png`), fullPage: true });
  const order = [];
  if (look.media === "screen") {
    const links = await tab.locator("a").count();
    for (let step = 0; step < links; step++) {
      await tab.keyboard.press("Tab");
      order.push(await tab.evaluate(() => {
        const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
        return { name: at.getAttribute("href") ?? at.tagName, top: box.top,
          outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 };
      }));
    }
    await tab.locator("a.skip").focus();
    await tab.keyboard.press("Enter");
    order.push({ name: await tab.evaluate(() => document.activeElement.id), top: 0, outline: true });
  }
  // The page's own policy keeps axe out, so it is looked at once more without that.
  await context.close();
  const open = await chromium.launchPersistentContext(mkdtempSync(join(folder, "profile-")), {
    executablePath: program, headless: true, args: flags, offline: true, bypassCSP: true,
    viewport: { width: look.width, height: 900 }, colorScheme: look.scheme, reducedMotion: "reduce",
  });
  const second = await open.newPage();
  await second.emulateMedia({ media: look.media, colorScheme: look.scheme });
  await second.goto(address, { waitUntil: "load" });
  await second.evaluate(source);
  const found = await second.evaluate(() => axe.run(document, {
    runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
  }));
  if (look.media === "print") await second.pdf({ path: join(folder, "page.pdf"), preferCSSPageSize: true });
  await open.close();
  console.log(JSON.stringify({
    ...look, asked, complaints, wide, commands, order, passes: found.passes.length,
    violations: found.violations.map((each) => ({ id: each.id, nodes: each.nodes.map((node) => node.html.slice(0, 120)) })),
    unsure: found.incomplete.map((each) => each.id),
  }));
}
