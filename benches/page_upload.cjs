// Uploads a file with the page's client in headless Chromium: `page_upload.cjs GATEWAY TOKEN FILE`.
//
// Prints one line of JSON: seconds from `quayside.upload(file)` until the service has answered that the upload is complete,
// the seconds of these until storage had every byte, the asset's id, and the browser's process id.
const { chromium } = require("playwright-core");

async function main([gateway, token, file]) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-background-networking"],
  });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(String(error)));
    // The gateway's origin, for which storage's CORS rules allow uploads, without the demonstration page around.
    await page.goto(`${gateway}/style.css`);
    await page.evaluate(() => {
      const input = document.createElement("input");
      input.type = "file";
      document.body.replaceChildren(input);
    });
    await page.setInputFiles("input", file);
    const measured = await page.evaluate(
      async ([gateway, token]) => {
        const { Quayside } = await import(`${gateway}/quayside.js`);
        const [file] = document.querySelector("input").files;
        const quayside = new Quayside({ baseUrl: gateway, token });
        const start = performance.now();
        const upload = quayside.upload(file);
        const reached = {};
        await new Promise((resolve, reject) => {
          upload.addEventListener("status", ({ detail: { status } }) => {
            reached[status] = (performance.now() - start) / 1000;
            if (status === "processing") resolve();
            if (status === "failed") reject(upload.problem);
          });
        });
        return { seconds: reached.processing, storedSeconds: reached.completing, id: upload.uploadId };
      },
      [gateway, token],
    );
    const fs = require("node:fs");
    console.log(JSON.stringify({ ...measured, peakRss: rendererPeak(fs) }));
  } finally {
    await browser.close();
  }
}

/** The most memory that the page's own process has had resident, in bytes. */
function rendererPeak(fs) {
  const parents = new Map();
  const peaks = new Map();
  for (const pid of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const status = fs.readFileSync(`/proc/${pid}/status`, "utf8");
      parents.set(Number(pid), Number(/^PPid:\s+(\d+)/m.exec(status)[1]));
      if (fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer")) {
        peaks.set(Number(pid), Number(/^VmHWM:\s+(\d+)/m.exec(status)[1]) * 1024);
      }
    } catch {
      // It has ended meanwhile.
    }
  }
  const isOurs = (pid) => pid === process.pid || (pid > 1 && isOurs(parents.get(pid) ?? 0));
  return Math.max(...[...peaks].filter(([pid]) => isOurs(pid)).map(([, peak]) => peak));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
