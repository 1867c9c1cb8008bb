/** A process that learns a baseline, with its state in a file. Each batch is a quarter of a minute after the one before. */
import { learningDesk } from "./learning-desk.ts";

const { alerting, feed } = learningDesk(process.argv[2]!);
let next = 0;
setInterval(() => {
  feed(next++);
  if (next === 20) void alerting.settled().then(() => console.log("learning"));
}, 5);
