// Opens a report page in a real browser and looks at it as a person would: it shows the verdict and
// the entries, searches, works by keyboard, needs no network, and hostile evidence stays text.
//
// usage: report_page.mjs PAGE BUNDLE_ID
import { chromium } from "playwright-core";
import { pathToFileURL } from "node:url";

const [page_file, bundle_id] = process.argv.slice(2);
const fail = (words) => {
  console.error("FAILED: " + words);
  process.exitCode = 1;
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const asked = [];
  const trouble = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("dialog", (dialog) => { trouble.push("a dialog opened"); dialog.dismiss(); });
  page.on("pageerror", (error) => trouble.push("script error: " + error.message));
  page.on("console", (message) => { if (message.type() === "error") trouble.push(message.text()); });
  await page.goto(pathToFileURL(page_file).href);

  const text = await page.innerText("body");
  if (!text.includes(bundle_id)) fail("the page does not name its bundle");
  if (!/verified/.test(text)) fail("the page does not show the verdict");
  if (!text.includes("sourceosctl evidence verify")) fail("the page does not say how to verify");
  if (asked.length !== 1) fail("the page asked for more than itself: " + asked.slice(1).join(" "));

  // Evidence is text: nothing of it became an element, a link or a handler.
  const made = await page.evaluate(() => ({
    images: document.images.length,
    links: [...document.querySelectorAll("a[href]")].filter((a) => !a.getAttribute("href").startsWith("#")).length,
    frames: document.querySelectorAll("iframe, object, embed, form").length,
    scripts: document.scripts.length,
    marked: window.__evidence_ran === true,
  }));
  if (made.images + made.links + made.frames > 0) fail("evidence became markup: " + JSON.stringify(made));
  if (made.scripts !== 2) fail("there are " + made.scripts + " script elements, expected data and code");
  if (made.marked) fail("a script from evidence ran");
  if (!text.includes("<img src=x onerror=")) fail("the hostile entry is not shown as text");

  // Search finds the entry; the keyboard alone reaches it.
  const search = page.locator("input[type=search]");
  await search.fill("hostile");
  await page.waitForTimeout(300);
  if (!(await page.innerText("body")).includes("hostile.log")) fail("the search does not find hostile.log");
  await page.keyboard.press("Tab");
  if ((await page.evaluate(() => document.activeElement?.tagName)) === "BODY") fail("Tab leaves the page");

  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    const [ink, paper] = await page.evaluate(() => {
      const style = getComputedStyle(document.body);
      return [style.color, style.backgroundColor];
    });
    if (ink === paper) fail("no contrast in the " + scheme + " scheme");
  }
  await page.emulateMedia({ media: "print" });
  if ((await page.pdf({ format: "A4" })).length < 10_000) fail("the print form is empty");
  for (const words of trouble) fail(words);
  if (process.env.SCREENSHOT) {
    await page.emulateMedia({ media: "screen", colorScheme: "light" });
    await search.fill("");
    await page.screenshot({ path: process.env.SCREENSHOT, fullPage: true });
  }
} finally {
  await browser.close();
}
