// Starts, pauses, resumes and stops a recording of the live call CALL_SID with Twilio's official Node library, whose
// requests go to SIMULATOR_URL.
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
const call = client.calls(process.env.CALL_SID);

const made = await call.recordings.create({ recordingChannels: "dual" });
const paused = await call.recordings("Twilio.CURRENT").update({ status: "paused", pauseBehavior: "skip" });
const seen = await call.recordings(made.sid).fetch();
const resumed = await call.recordings(made.sid).update({ status: "in-progress" });
const stopped = await call.recordings("Twilio.CURRENT").update({ status: "stopped" });
const listed = await call.recordings.list();
const kept = await client.recordings(made.sid).fetch();

let refused;
try {
  await call.recordings("Twilio.CURRENT").update({ status: "paused" });
} catch (error) {
  refused = { status: error.status, code: error.code };
}

console.log(
  JSON.stringify({
    made: { sid: made.sid, source: made.source, channels: made.channels },
    statuses: [made, paused, seen, resumed, stopped, kept].map((recording) => recording.status),
    current: paused.sid,
    listed: listed.map((recording) => recording.sid),
    mediaUrl: kept.mediaUrl,
    refused,
  }),
);
