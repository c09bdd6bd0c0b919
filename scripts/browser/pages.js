// Uses the pages that scripts/browser-test made: node pages.js PAGES SCREENSHOTS. Ends with 1 at the first thing that is wrong.
"use strict";

const assert = require("node:assert/strict");
const path = require("node:path");
const { chromium } = require("playwright-core");

const [pages, shots] = process.argv.slice(2);
const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args });
  let count = 0;
  try {
    for (const width of [390, 1280]) {
      for (const scheme of ["light", "dark"]) {
        for (const [name, test] of [["explain", explain], ["text", text], ["stats", stats]]) {
          const page = await browser.newPage({ viewport: { width, height: 844 }, colorScheme: scheme });
          const wrong = [];
          page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
          page.on("pageerror", (error) => wrong.push(error.message));
          page.on("request", (request) => request.url().startsWith("file:") || wrong.push(`asks for ${request.url()}`));
          await page.goto(`file://${path.resolve(pages, name)}.html`);
          await test(page, width, (part) => page.screenshot({ path: `${shots}/${name}-${width}-${scheme}-${part}.png` }));
          await fits(page, name, width);
          await contrast(page, name, scheme);
          await theme(page, scheme);
          assert.deepEqual(wrong, [], `${name} at ${width} in ${scheme}`);
          await page.close();
          count += 1;
        }
      }
    }
  } finally {
    await browser.close();
  }
  console.log(`browser test: ${count} pages used, nothing wrong`);
}

// A click, a filter, the keys and the views of an explained page.
async function explain(page, width, shoot) {
  await shoot("top");
  const why = page.locator("#why");
  // A long run of cuts is folded.
  if (!(await page.locator(".cut:visible").count())) await page.locator(".run summary").first().click();
  const cut = page.locator(".cut:visible").first();
  const rule = await cut.getAttribute("data-r");
  await cut.click();
  assert.match(await why.innerText(), new RegExp(`Removed by\\s+${rule}`));
  await shoot("click");

  const kept = page.locator("#text > p:not(.cut)").first();
  await page.keyboard.press("Escape");
  await kept.click();
  assert.match(await why.innerText(), /Kept by/);
  await page.keyboard.press("Escape");

  const first = await page.locator(".cut").first().getAttribute("id");
  await page.keyboard.press("j");
  assert.equal(await page.locator("[aria-current]").count(), 1);
  const chosen = await page.locator("[aria-current]").getAttribute("id");
  assert.equal(await page.evaluate(() => document.activeElement.id), chosen);
  await page.keyboard.press("j");
  const second = await page.locator("[aria-current]").getAttribute("id");
  assert.notEqual(second, chosen);
  await page.keyboard.press("k");
  assert.equal(await page.locator("[aria-current]").getAttribute("id"), chosen);
  assert.match(await page.locator("#count").innerText(), /^cut \d+ of \d+$/);
  assert.notEqual(await outline(page), "none", "the focus shows");
  assert.ok(first);

  const filter = page.locator(".families button").first();
  const family = await filter.getAttribute("data-f");
  const all = page.locator(`.cut[data-f="${family}"]`);
  assert.ok((await all.count()) > 0);
  await page.keyboard.press("Escape");
  await filter.click();
  assert.equal(await filter.getAttribute("aria-pressed"), "false");
  assert.equal(await all.locator("visible=true").count(), 0);
  await shoot("filter");
  await page.locator("#all").click();
  assert.equal(await page.locator(".cut[hidden]").count(), 0);

  await page.keyboard.press("2");
  assert.equal(await page.locator(".cut:visible").count(), 0);
  await page.keyboard.press("3");
  assert.equal(await page.locator("#text > p:not(.cut, .note):visible").count(), 0);
  await page.keyboard.press("1");

  await page.keyboard.press("?");
  assert.ok(await page.locator("#keys").isVisible());
  await shoot("keys");
  await page.keyboard.press("Escape");
  assert.ok(!(await page.locator("#keys").isVisible()));
}

async function text(page, width, shoot) {
  await page.keyboard.press("ArrowRight");
  assert.match(await page.locator("#why").innerText(), /Removed by/);
  await shoot("cut");
}

async function stats(page, width, shoot) {
  assert.ok((await page.locator("svg.bar rect").count()) > 10);
  const bars = await page.locator("section svg.bar").first().boundingBox();
  assert.ok(bars.width > 40 && bars.height > 3, "the chart has bars");
  await page.keyboard.press("?");
  assert.ok(await page.locator("#keys").isVisible());
  await page.keyboard.press("?");
  await shoot("top");
  await page.screenshot({ path: `${shots}/stats-${width}-whole.png`, fullPage: true });
}

const outline = (page) => page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);

// Nothing is wider than the window.
async function fits(page, name, width) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= width, `${name}: ${wide} pixels wide at ${width}`);
}

// WCAG AA: 4.5 to 1 for all text that stands on the paper or the sheet.
async function contrast(page, name, scheme) {
  const low = await page.evaluate(() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgb = (colour) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => {
      const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const ground = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const colour = rgb(getComputedStyle(at).backgroundColor);
        if (colour[3] === 255) return colour;
      }
      return [255, 255, 255];
    };
    const found = [];
    for (const element of document.querySelectorAll("body *")) {
      const says = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
      if (!says || !element.checkVisibility()) continue;
      const [a, b] = [light(rgb(getComputedStyle(element).color)), light(ground(element))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < 4.5) found.push(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
    }
    return found.slice(0, 5);
  });
  assert.deepEqual(low, [], `${name} in ${scheme}: contrast below 4.5`);
}

// The button goes from the system's theme to light, to dark, and back.
async function theme(page, scheme) {
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const before = await paper();
  await page.locator("#theme").click();
  const light = await paper();
  await page.locator("#theme").click();
  const dark = await paper();
  assert.notEqual(light, dark);
  assert.equal(before, scheme === "light" ? light : dark);
  await page.locator("#theme").click();
  assert.equal(await paper(), before);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
