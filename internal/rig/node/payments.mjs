// The four code samples of Twilio's Payment resource page, as a newcomer types them: start, capture, complete, cancel.
// Only the base URL differs (calls.mjs says how), and the SIDs are those of a call that is under way. A small server
// takes the status callbacks, checks their signatures with the official library, and tells when a capture is over.
import { createServer } from "node:http";
import { once } from "node:events";
import twilio from "twilio";

const base = process.env.SIMULATOR_URL;
const accountSid = process.env.TWILIO_ACCOUNT_SID;
const authToken = process.env.TWILIO_AUTH_TOKEN;
const callSid = process.env.CALL_SID;

const http = new twilio.RequestClient();
const moved = {
  request(options) {
    const url = new URL(options.uri);
    return http.request({ ...options, uri: base + url.pathname + url.search });
  },
};
const client = twilio(accountSid, authToken, { httpClient: moved });

const told = [];
let unsigned = 0;
const server = createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  const params = Object.fromEntries(new URLSearchParams(body));
  if (!twilio.validateRequest(authToken, request.headers["x-twilio-signature"], statusCallback, params)) unsigned += 1;
  told.push(params);
  response.writeHead(204).end();
  server.emit("told");
}).listen(0, "127.0.0.1");
await once(server, "listening");
const statusCallback = `http://127.0.0.1:${server.address().port}/`;

// until waits for a status callback that has what is wanted.
async function until(wanted) {
  for (;;) {
    const found = told.find(wanted);
    if (found) return found;
    await once(server, "told");
  }
}

async function createPayments(idempotencyKey) {
  const payment = await client
    .calls(callSid)
    .payments.create({
      idempotencyKey,
      statusCallback,
    });

  console.log(payment.accountSid);
  return payment.sid;
}

async function capture(paymentSid, field) {
  const payment = await client
    .calls(callSid)
    .payments(paymentSid)
    .update({
      capture: field,
      idempotencyKey: "request-4",
      statusCallback,
    });

  console.log(payment.accountSid);
}

async function complete(paymentSid) {
  const payment = await client
    .calls(callSid)
    .payments(paymentSid)
    .update({
      idempotencyKey: "IdempotencyKey",
      status: "complete",
      statusCallback,
    });

  console.log(payment.accountSid);
}

async function cancel(paymentSid) {
  const payment = await client
    .calls(callSid)
    .payments(paymentSid)
    .update({
      idempotencyKey: "IdempotencyKey",
      status: "cancel",
      statusCallback,
    });

  console.log(payment.accountSid);
}

async function refusal(request) {
  try {
    await request;
  } catch (error) {
    return { status: error.status, code: error.code };
  }
}

const first = await createPayments("IdempotencyKey");
await until((p) => p.Sid === first);
const early = await refusal(complete(first));
for (const field of ["payment-card-number", "expiration-date", "security-code", "postal-code"]) {
  await capture(first, field);
  await until((p) => p.Capture === field && p.PartialResult !== "true");
}
await complete(first);
const charged = await until((p) => p.Sid === first && "Result" in p);

const second = await createPayments("IdempotencyKey-2");
await cancel(second);
const cancelled = await until((p) => p.Sid === second && "Result" in p);

server.close();
server.closeAllConnections();
console.log(JSON.stringify({ first, second, unsigned, early, charged, cancelled, told: told.length }));
