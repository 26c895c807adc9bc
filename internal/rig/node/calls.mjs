// Creates, fetches, lists and ends a call with Twilio's official Node library. Only the base URL differs from
// what a newcomer would type: the library's client is given an HTTP client that sends every request to
// SIMULATOR_URL instead of api.twilio.com.
import twilio from "twilio";

const base = process.env.SIMULATOR_URL;
const http = new twilio.RequestClient();
const moved = {
  request(options) {
    const url = new URL(options.uri);
    return http.request({ ...options, uri: base + url.pathname + url.search });
  },
};
const client = twilio(process.env.TWILIO_ACCOUNT_SID, process.env.TWILIO_AUTH_TOKEN, { httpClient: moved });

const created = await client.calls.create({
  to: "+15550123456",
  from: "+15550100000",
  url: process.env.VOICE_URL,
  statusCallback: process.env.VOICE_URL + "/status",
  statusCallbackEvent: ["initiated", "ringing", "answered", "completed"],
});
const fetched = await client.calls(created.sid).fetch();
const listed = await client.calls.list({ to: "+15550123456", limit: 20 });
const ended = await client.calls(created.sid).update({ status: "completed" });

let refused;
try {
  await client.calls("CA" + "0".repeat(32)).fetch();
} catch (error) {
  refused = { status: error.status, code: error.code };
}

console.log(
  JSON.stringify({
    created: { sid: created.sid, accountSid: created.accountSid, status: created.status, direction: created.direction },
    fetched: { sid: fetched.sid, to: fetched.to, from: fetched.from },
    dateCreated: fetched.dateCreated instanceof Date && !Number.isNaN(fetched.dateCreated.getTime()),
    listed: listed.map((call) => call.sid),
    ended: { sid: ended.sid, status: ended.status },
    refused,
  }),
);
