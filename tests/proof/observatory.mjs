// Scores a site that serves http and https on two ports: node observatory.mjs PACKAGE HOST HTTP_PORT HTTPS_PORT
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [, , folder, host, httpPort, httpsPort] = process.argv;

// The package would fetch both lists; a host of this machine is on neither.
mkdirSync(join(folder, "conf"), { recursive: true });
for (const [list, nothing] of [["hsts-preload.json", "{}"], ["tld-list.json", "[]"]]) {
    const file = join(folder, "conf", list);
    if (!existsSync(file)) {
        writeFileSync(file, nothing);
    }
}

const { retrieve } = await import(join(folder, "src/retriever/retriever.js"));
const { ALL_TESTS } = await import(join(folder, "src/constants.js"));
const { getGradeForScore, getScoreModifier } = await import(join(folder, "src/grader/grader.js"));
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await import(join(folder, "src/grader/charts.js"));

const seen = await retrieve(host, { httpPort, httpsPort });
const results = ALL_TESTS.map((test) => test(seen)).filter(({ result }) => result);
const tests = results.map(({ constructor, result, pass }) =>
    ({ name: constructor.name, result, pass, points: getScoreModifier(result) }));
const lost = tests.reduce((sum, { points }) => sum + Math.min(points, 0), 0);
const won = tests.reduce((sum, { points }) => sum + Math.max(points, 0), 0);
// As its scan() counts: points above 100 only for who has nearly lost none.
const score = Math.max(0, 100 + lost + (100 + lost >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? won : 0));
console.log(JSON.stringify({ ...getGradeForScore(score), score, tests }));
