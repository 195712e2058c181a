import type { Browser } from 'playwright-core';

const PAGES = 20;

/** Two versions of one document, of which one amount differs. */
export interface PaperPair {
  readonly mediaType: 'image/png' | 'application/pdf';
  readonly versions: readonly [older: Buffer, newer: Buffer];
}

/** Draws the papers that a case is compared with: a scan of one page, and a list of expenses over twenty pages with a picture on each. The amount on the last line is another in the second version. */
export async function drawPairs(browser: Browser): Promise<{ readonly scan: PaperPair; readonly pages: PaperPair }> {
  const page = await browser.newPage({ viewport: { width: 1240, height: 1754 } });
  try {
    const scan: Buffer[] = [];
    const pages: Buffer[] = [];
    for (const amount of ['31,200.50', '31,800.50']) {
      await page.setContent(`<body>${sheet(1, amount)}</body>`);
      scan.push(await page.screenshot());
      await page.setContent(`<body>${Array.from({ length: PAGES }, (_, n) => sheet(n + 1, n + 1 === PAGES ? amount : '2,400.00')).join('')}</body>`);
      await page.evaluate(SPECKLE);
      pages.push(await page.pdf({ format: 'A4' }));
    }
    return {
      scan: { mediaType: 'image/png', versions: [scan[0]!, scan[1]!] },
      pages: { mediaType: 'application/pdf', versions: [pages[0]!, pages[1]!] },
    };
  } finally {
    await page.close();
  }
}

const sheet = (number: number, amount: string): string =>
  `<section style="page-break-after: always; font: 22px sans-serif"><h1>费用清单（演示）第 ${number} 页</h1><canvas width="600" height="400"></canvas>
   ${Array.from({ length: 20 }, (_, line) => `<p>项目 ${line + 1}　化疗药品　数量 1　金额 ¥1,000.00</p>`).join('')}<p>合计 ¥${amount}</p></section>`;

/** Grain as a scanner leaves it, the same in both versions: pictures that do not shrink to nothing. */
const SPECKLE = `for (const canvas of document.querySelectorAll('canvas')) {
  const [pen, dots] = [canvas.getContext('2d'), new ImageData(600, 400)];
  for (let at = 0, seed = 1; at < dots.data.length; at += 4) {
    seed = (seed * 48271) % 2147483647;
    dots.data.set([200 + seed % 40, 200 + seed % 40, 195 + seed % 40, 255], at);
  }
  pen.putImageData(dots, 0, 0);
  const image = new Image();
  image.src = canvas.toDataURL('image/jpeg', 0.8);
  canvas.replaceWith(image);
}
Promise.all([...document.images].map((image) => image.decode()))`;
